"""Which tasks there are: numbers, `pids`, `set_context`, `unload`; tasks do not share anything."""

from control_support import HALT, NOBODY, NOP, R0, WINDOW, ControlTest, call, image, init, loaded
from support import Op, registers, word

LOAD = call("load", image=image())
BEGIN = call("load_begin")


class Pids(ControlTest):
    def test_none(self) -> None:
        self.assertEqual(self.last([call("pids")]), [])

    def test_every_state_in_ascending_order(self) -> None:
        calls = [*loaded([0]), call("step"), LOAD, LOAD, call("unload", task=1), BEGIN, call("pids")]
        rows = self.last(calls)
        assert isinstance(rows, list)
        self.assertEqual(
            [(row["task"], row["state"], row["fault_code"]) for row in rows],
            [(0, "stopped", 5), (2, "ready", 0), (3, "loading", 0)],
        )
        for row in rows:
            self.assertEqual([*row], ["task", "state", "fault_code", "stack", "heap"])
            self.assertEqual((row["stack"], row["heap"]), ([WINDOW - 0x1000, WINDOW], [WINDOW - 0x1000] * 2))
        self.assertEqual([task["task"] for task in self.state(calls)["tasks"]], [0, 2, 3])


class SetContext(ControlTest):
    def test_only_it_makes_a_task_active(self) -> None:
        calls = [LOAD, LOAD, call("step"), call("reg_get_for", task=1, reg=R0)]
        self.assertEqual(self.state(calls)["active"], None)
        self.assertEqual(self.state([*calls, call("set_context", task=1)])["active"], 1)
        self.assertEqual(
            self.state([*calls, call("set_context", task=1), call("set_context", task=0), LOAD])["active"], 0
        )

    def test_a_stopped_task_can_be_active(self) -> None:
        calls = [*loaded([0]), call("step"), LOAD, call("set_context", task=1), call("set_context", task=0)]
        self.assertEqual(self.last(calls), None)
        self.assertEqual(self.state(calls)["active"], 0)

    def test_refusals(self) -> None:
        self.refused("ESRCH", [], call("set_context", task=0))
        self.refused("ESRCH", loaded(), call("set_context", task=NOBODY))
        self.refused("ESRCH", [*loaded(), LOAD, call("unload", task=1)], call("set_context", task=1))
        self.refused("EBUSY", [*loaded(), BEGIN], call("set_context", task=1))


class Unload(ControlTest):
    def test_in_every_state(self) -> None:
        for calls in ([LOAD], loaded(), [*loaded([0]), call("step")], [BEGIN]):
            outcome = self.outcome([*calls, call("unload", task=0)])
            self.assertEqual(outcome["results"][-1], {"ok": None})
            state = outcome["state"]
            self.assertEqual((state["active"], state["loading"], state["tasks"]), (None, None, []))

    def test_another_stays_active(self) -> None:
        self.assertEqual(self.state([*loaded(), LOAD, call("unload", task=1)])["active"], 0)

    def test_refusals(self) -> None:
        self.refused("ESRCH", loaded(), call("unload", task=NOBODY))
        self.refused("ESRCH", [*loaded(), call("unload", task=0)], call("unload", task=0))
        self.refused("ESRCH", [*loaded(), init()], call("unload", task=0))


class Numbers(ControlTest):
    def test_count_what_was_reported(self) -> None:
        calls = [BEGIN, call("load_write", task=0, bytes=b"X"), LOAD, call("load", image=b""), BEGIN]
        self.assertEqual(self.results(calls), [{"task": 0}, "EBADMSG", {"task": 1}, "EBADMSG", {"task": 2}])

    def test_never_come_again(self) -> None:
        calls = [LOAD, call("unload", task=0)] * 9
        self.assertEqual(self.results(calls)[:3], [{"task": 0}, None, {"task": 1}])
        self.assertEqual(self.last([LOAD, call("unload", task=0), LOAD, call("unload", task=1), LOAD]), {"task": 2})


class Isolation(ControlTest):
    def test_tasks_share_nothing(self) -> None:
        words = [word(Op.LDI, 1, imm=7), word(Op.PUSH, rs1=1), word(Op.CMP, rs1=2, rs2=1), HALT]
        calls = [*loaded(words), call("load", image=image(words)), call("clock", n=3)]
        self.expect(calls, {"pc": 12, "sp": WINDOW - 4, "psw": 4, "regs": registers(r1=7, r15=WINDOW - 4)}, 0)
        self.expect(calls, {"pc": 0, "sp": WINDOW, "psw": 0, "regs": registers(), "mem": []}, 1)

    def test_switching_there_and_back_loses_nothing(self) -> None:
        words = [word(Op.CALL, imm=2), HALT, word(Op.LDI, 1, imm=7), word(Op.RET), NOP]
        straight = [*loaded(words), LOAD, *[call("step")] * 4]
        calls = [*loaded(words), LOAD]
        for _ in range(4):
            calls += [call("set_context", task=0), call("step"), call("set_context", task=1)]
        self.assertEqual(self.state(calls)["tasks"], self.state(straight)["tasks"])
