"""`reg_get`, `reg_set` and their forms for any task: numbers, values, policy, and the order of errors."""

from typing import Any

from control_support import HALT, NOBODY, NOP, PC, PSW, R0, SP, WINDOW, WP, ControlTest, call, image, init, loaded
from support import U32, Op, registers, word

BEGIN = call("load_begin")
STEP = call("step")
RET = word(Op.RET)
LOW = WINDOW - 0x1000
NO_REGISTER = (4, 15, 32, 33, U32)


def both(reg: int, value: int, task: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Setting a register of the active task, and of a task by its number."""
    return call("reg_set", reg=reg, value=value), call("reg_set_for", task=task, reg=reg, value=value)


class Get(ControlTest):
    def test_every_register(self) -> None:
        words = [word(Op.LDI, 1, imm=-1), word(Op.CMP, rs1=1, rs2=2), word(Op.PUSH, rs1=1), HALT]
        before = [*loaded(words), call("clock", n=3)]
        values = {PC: 12, SP: WINDOW - 4, PSW: 6, WP: WINDOW, R0: 0, 17: U32, 18: 0, 31: WINDOW - 4}
        for reg, value in values.items():
            self.assertEqual(self.last([*before, call("reg_get", reg=reg)]), value)
            self.assertEqual(self.last([*before, call("reg_get_for", task=0, reg=reg)]), value)

    def test_for_a_task_that_is_not_active(self) -> None:
        before = [*loaded([NOP] * 4), call("load", image=image([NOP, HALT], entry=4)), STEP]
        self.assertEqual(self.last([*before, call("reg_get_for", task=1, reg=PC)]), 4)
        self.assertEqual(self.state([*before, call("reg_get_for", task=1, reg=PC)])["active"], 0)

    def test_of_a_stopped_task(self) -> None:
        self.assertEqual(self.last([*loaded([NOP, 0]), call("clock", n=2), call("reg_get", reg=PC)]), 4)

    def test_refusals(self) -> None:
        for reg in NO_REGISTER:
            for before in ([], loaded()):
                self.refused("EINVAL", before, call("reg_get", reg=reg))
                self.refused("EINVAL", before, call("reg_get_for", task=0, reg=reg))
        self.refused("EINVAL", [BEGIN], call("reg_get_for", task=0, reg=4))
        self.refused("ESRCH", [call("load", image=image())], call("reg_get", reg=PC))
        self.refused("ESRCH", loaded(), call("reg_get_for", task=NOBODY, reg=PC))
        self.refused("EBUSY", [*loaded(), BEGIN], call("reg_get_for", task=1, reg=PC))


class Set(ControlTest):
    def test_every_register(self) -> None:
        for reg, value in ((PC, 0), (PC, 4), (PC, U32), (SP, LOW), (SP, LOW + 1), (SP, WINDOW), (PSW, 0), (PSW, 15)):
            for made, get in zip(both(reg, value), both_get(reg), strict=True):
                self.assertEqual(self.last([*loaded([NOP] * 2), made]), None)
                self.assertEqual(self.last([*loaded([NOP] * 2), made, get]), value)
        for n in range(16):
            for made in both(R0 + n, U32 - n):
                self.expect([*loaded(), made], {"regs": registers(**{f"r{n}": U32 - n}), "sp": WINDOW, "mem": []})

    def test_sp_alone(self) -> None:
        for made in both(SP, LOW):
            self.expect([*loaded(), made], {"sp": LOW, "regs": registers()})

    def test_for_a_task_that_is_not_active(self) -> None:
        calls = [*loaded(), call("load", image=image()), call("reg_set_for", task=1, reg=R0, value=5)]
        self.expect(calls, {"regs": registers()}, 0)
        self.expect(calls, {"regs": registers(r0=5)}, 1)
        self.assertEqual(self.state(calls)["active"], 0)

    def test_execution_sees_it(self) -> None:
        words = [HALT, word(Op.ADC, 2, 0, 1), word(Op.PUSH, rs1=2), HALT]
        calls = loaded(words)
        for reg, value in ((R0, 5), (R0 + 1, 6), (PSW, 2), (SP, LOW + 4), (PC, 4)):
            calls.append(call("reg_set", reg=reg, value=value))
        wanted = {"pc": 16, "regs": registers(r0=5, r1=6, r2=12, r15=LOW), "mem": [[LOW, "0c"]]}
        self.expect([*calls, call("clock", n=9)], wanted)

    def test_values(self) -> None:
        for made in (*both(SP, LOW - 1), *both(SP, 0), *both(SP, WINDOW + 1), *both(SP, U32)):
            self.refused("EINVAL", loaded(), made)
        for made in (*both(PSW, 16), *both(PSW, U32)):
            self.refused("EINVAL", loaded(), made)
        for made in (*both(WP, WINDOW), *both(WP, 0)):
            self.refused("EPERM", loaded(), made)
        low = WINDOW - 8
        self.assertEqual(self.last([init(stack_size_bytes=8), *loaded(), call("reg_set", reg=SP, value=low)]), None)
        self.refused("EINVAL", [init(stack_size_bytes=8), *loaded()], call("reg_set", reg=SP, value=low - 1))

    def test_nobody_and_loading(self) -> None:
        for reg, value in ((PC, 0), (SP, 0), (PSW, 99), (WP, 0), (R0, 0)):
            self.refused("ESRCH", [init(policy_flags=2)], call("reg_set", reg=reg, value=value))
            self.refused("ESRCH", [init(policy_flags=2)], call("reg_set_for", task=NOBODY, reg=reg, value=value))
            self.refused("EBUSY", [init(policy_flags=2), BEGIN], call("reg_set_for", task=0, reg=reg, value=value))

    def test_the_number_comes_first(self) -> None:
        for reg in NO_REGISTER:
            for before in ([], loaded(), [BEGIN], [init(policy_flags=2), *loaded()]):
                for made in both(reg, U32):
                    self.refused("EINVAL", before, made)


class Policy(ControlTest):
    def test_no_reg_set(self) -> None:
        for flags in (2, 6, U32):
            before = [init(policy_flags=flags), *loaded([0])]
            for reg, value in ((PC, 0), (SP, WINDOW), (SP, 0), (PSW, 99), (WP, 0), (R0, 1)):
                for made in both(reg, value):
                    self.refused("EPERM", before, made)
                    self.refused("EPERM", [*before, STEP], made)
            self.assertEqual(self.last([*before, call("reg_get", reg=PC)]), 0)

    def test_pc_of_a_stopped_task(self) -> None:
        for flags in (0, 1, 8):
            for words in ([0], [RET]):
                for made in both(PC, 0):
                    self.refused("EPERM", [init(policy_flags=flags), *loaded(words), STEP], made)

    def test_pc_revives_if_the_policy_allows(self) -> None:
        for flags in (4, 5, 12):
            for words in ([0, NOP], [RET, NOP]):
                for made in both(PC, 4):
                    calls = [init(policy_flags=flags), *loaded(words), STEP, made]
                    self.expect(calls, {"state": "ready", "fault_code": 0, "pc": 4})
                    self.expect([*calls, STEP], {"state": "ready", "pc": 8})

    def test_other_registers_of_a_stopped_task(self) -> None:
        for reg, value in ((SP, LOW), (PSW, 3), (R0, 1)):
            for made in both(reg, value):
                self.expect([*loaded([0]), STEP, made], {"state": "stopped", "fault_code": 5})
                self.assertEqual(self.last([*loaded([0]), STEP, made, call("reg_get", reg=reg)]), value)


def both_get(reg: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return call("reg_get", reg=reg), call("reg_get_for", task=0, reg=reg)
