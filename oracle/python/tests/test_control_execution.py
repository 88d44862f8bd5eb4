"""`step` and `clock`: how many instructions, each way to stop, and the last instruction."""

from typing import Any

from control_support import (
    HALT,
    LOOP,
    NOBODY,
    NOP,
    OK_REASON,
    PC,
    WINDOW,
    ZEROS,
    ControlTest,
    call,
    image,
    init,
    loaded,
)
from support import U32, Op, registers, word

STEP = call("step")
RET = word(Op.RET)
SVC = word(Op.SVC, imm=0x312)


def result(pc: int, retired: int, **reason: object) -> dict[str, Any]:
    return {"pc": pc, "reason": reason or OK_REASON, "retired": retired, "cycles": retired}


class Length(ControlTest):
    def test_step_is_one_instruction(self) -> None:
        self.assertEqual(self.last([*loaded([NOP] * 4), STEP]), result(4, 1))

    def test_step_is_autorun_quanta(self) -> None:
        self.assertEqual(self.last([init(autorun_quanta=3), *loaded([NOP] * 4), STEP]), result(12, 3))
        found = self.results([init(autorun_quanta=3), *loaded([NOP, NOP, HALT, NOP]), STEP])
        self.assertEqual(found[-1], result(12, 3, kind="break", code=0))
        self.assertEqual(
            self.last([init(autorun_quanta=1000), *loaded([NOP, HALT]), STEP]), result(8, 2, kind="break", code=0)
        )

    def test_clock(self) -> None:
        for n in (1, 2, 1000):
            self.assertEqual(self.last([*loaded([LOOP]), call("clock", n=n)]), result(0, n))

    def test_clock_is_not_autorun_quanta(self) -> None:
        self.assertEqual(self.last([init(autorun_quanta=3), *loaded([NOP] * 4), call("clock", n=1)]), result(4, 1))

    def test_clock_of_nothing_tries_nothing(self) -> None:
        self.assertEqual(self.last([*loaded([0]), call("clock", n=0)]), result(0, 0))
        self.assertEqual(self.last([*loaded([SVC]), call("clock", n=0)]), result(0, 0))

    def test_nothing_is_tried_behind_the_last(self) -> None:
        self.assertEqual(self.last([*loaded([NOP, 0]), call("clock", n=1)]), result(4, 1))

    def test_starts_at_the_entry(self) -> None:
        self.assertEqual(self.last([*loaded([NOP] * 4, entry=8), STEP]), result(12, 1))


class Refusals(ControlTest):
    def test_nobody_is_active(self) -> None:
        for made in (STEP, call("clock", n=0)):
            self.refused("ESRCH", [], made)
            self.refused("ESRCH", [call("load", image=image())], made)
            self.refused("ESRCH", [*loaded(), call("unload", task=0)], made)

    def test_a_stopped_task(self) -> None:
        for words in ([0], [RET]):
            for made in (STEP, call("clock", n=0), call("clock", n=5)):
                self.refused("EBUSY", [*loaded(words), STEP], made)


class Stops(ControlTest):
    def test_svc_and_brk_go_on_behind_themselves(self) -> None:
        for stop, reason in (
            (SVC, {"kind": "svc", "module": 3, "function": 0x12}),
            (word(Op.BRK, imm=0x1AB), {"kind": "break", "code": 0xAB}),
        ):
            calls = [*loaded([NOP, stop, NOP]), call("clock", n=9), STEP]
            self.assertEqual(self.results(calls)[2:], [result(8, 2, **reason), result(12, 1)])
            self.expect(calls[:-1], {"state": "ready", "fault_code": 0, "pc": 8})

    def test_the_stop_of_the_last_instruction_is_told(self) -> None:
        self.assertEqual(self.last([*loaded([SVC]), STEP]), result(4, 1, kind="svc", module=3, function=0x12))

    def test_last_ret(self) -> None:
        calls = [*loaded([word(Op.LDI, 0, imm=7), RET]), call("clock", n=9)]
        self.assertEqual(self.last(calls), result(4, 1, kind="returned", status=7))
        self.expect(calls, {"state": "stopped", "fault_code": 0, "pc": 4, "sp": WINDOW})

    def test_call_and_ret(self) -> None:
        words = [word(Op.CALL, imm=2), HALT, RET]
        calls = [*loaded(words), call("clock", n=9)]
        self.assertEqual(self.last(calls), result(8, 3, kind="break", code=0))
        self.expect(calls, {"sp": WINDOW, "regs": registers(r15=WINDOW), "mem": [[WINDOW - 4, "04"]]})

    def test_faults_are_latched(self) -> None:
        for code, fault, words, retired, pc in (
            (4, "stack_underflow", [word(Op.POP, 2)] * 17, 16, 64),
            (3, "stack_overflow", [word(Op.PUSH)] * 3, 2, 8),
            (1, "memory", [word(Op.LDI, 1, imm=-1), word(Op.LD, 2, 1)], 1, 4),
            (2, "divide_by_zero", [word(Op.DIV)], 0, 0),
            (5, "illegal_opcode", [0], 0, 0),
            (6, "pc_out_of_range", [NOP], 1, 4),
            (7, "truncated_ldi32", [word(Op.LDI32)], 0, 0),
            (9, "misaligned", [word(Op.LDI, 1, imm=2), word(Op.LD, 2, 1)], 1, 4),
            (9, "misaligned", [word(Op.JMP, imm=2), NOP], 1, 2),
        ):
            with self.subTest(fault=fault):
                calls = [init(stack_size_bytes=8), *loaded(words), call("clock", n=99)]
                self.assertEqual(self.last(calls), result(pc, retired, kind="fault", fault=fault))
                self.expect(calls, {"state": "stopped", "fault_code": code, "pc": pc})
                rows = self.last([*calls, call("pids")])
                assert isinstance(rows, list)
                self.assertEqual([(row["state"], row["fault_code"]) for row in rows], [("stopped", code)])

    def test_a_fault_changes_nothing(self) -> None:
        calls = [*loaded([word(Op.LDI, 1, imm=7), word(Op.DIV, 0, 1, 2)]), call("clock", n=9)]
        self.expect(calls, {"regs": registers(r1=7), "psw": 0, "mem": []})

    def test_instructions_are_those_of_strict(self) -> None:
        """V of MUL is signed overflow, a data address above 0xFFFF a fault."""
        calls = [*loaded([word(Op.LDI, 1, imm=-1), word(Op.MUL, 2, 1, 1)]), call("clock", n=2)]
        self.expect(calls, {"psw": 2})


class TheLast(ControlTest):
    ASK = (call("last_pc"), call("last_opcode"), call("last_regs"))
    ADD = word(Op.ADD, 1, 1, 2)

    def ask(self, calls: list[dict[str, Any]]) -> list[object]:
        return self.results([*calls, *self.ASK])[len(calls) :]

    def test_before_the_first(self) -> None:
        self.assertEqual(self.ask([]), [0, 0, None])
        self.assertEqual(self.ask([init(keep_last_regs=1)]), [0, 0, ZEROS])
        self.assertEqual(self.ask([*loaded(entry=0), call("clock", n=0)]), [0, 0, None])

    def test_registers_are_those_before_it(self) -> None:
        words = [word(Op.LDI, 1, imm=5), word(Op.LDI, 2, imm=6), self.ADD, HALT]
        for keep in (1, U32):
            calls = [init(keep_last_regs=keep), *loaded(words), call("clock", n=3)]
            self.assertEqual(self.ask(calls), [8, self.ADD, registers(r1=5, r2=6)])
        self.assertEqual(self.ask([*loaded(words), call("clock", n=3)]), [8, self.ADD, None])

    def test_it_counts_if_it_faults_or_returns(self) -> None:
        for words, at, opcode in (
            ([NOP, 0xABCD_EF01], 4, 0xABCD_EF01),
            ([NOP, RET], 4, RET),
            ([NOP, word(Op.DIV)], 4, word(Op.DIV)),
            ([SVC], 0, SVC),
            ([word(Op.LDI32), 0x1234_5678], 0, word(Op.LDI32)),
        ):
            calls = [*loaded(words), call("clock", n=1), call("step")] if at else [*loaded(words), STEP]
            self.assertEqual(self.ask(calls)[:2], [at, opcode])
            self.assertEqual(self.state(calls)["last"], {"pc": at, "opcode": opcode})

    def test_what_cannot_be_fetched_is_no_instruction(self) -> None:
        for words in ([NOP], [word(Op.JMP, imm=2), NOP]):
            self.assertEqual(self.ask([*loaded(words), STEP, STEP])[:2], [0, words[0]])

    def test_of_whichever_task(self) -> None:
        other = [call("load", image=image([NOP, HALT])), call("set_context", task=1), call("clock", n=2)]
        self.assertEqual(self.ask([*loaded([SVC]), STEP, *other])[:2], [4, HALT])

    def test_it_outlives_its_task_but_not_init(self) -> None:
        calls = [*loaded([SVC]), STEP, call("unload", task=0)]
        self.assertEqual(self.ask(calls)[:2], [0, SVC])
        self.assertEqual(self.ask([*calls, init(keep_last_regs=1)]), [0, 0, ZEROS])

    def test_a_refused_call_leaves_it(self) -> None:
        calls = [*loaded([SVC, 0]), STEP, call("set_context", task=NOBODY), call("reg_set", reg=PC, value=4)]
        self.assertEqual(self.ask(calls)[:2], [0, SVC])
