"""Command handlers of the program's own, which strict runs in their task (E27)."""

from typing import Any

from executive_support import BRK, FAULT, NOP, RET, ExecutiveTest, Ran, call, command_record, section_image, step, svc
from support import Op, word

ASYNCHRONOUS = 2
OK, EFAIL = 0, 7


def program(handler: list[int], after: list[int], *, function: int = 2) -> tuple[list[int], int]:
    """A task that calls command 1:1 by 8:function and then does `after`; and where its handler is."""
    asking = [
        word(Op.LDI, 1, imm=0x101),
        word(Op.LDI, 2),
        word(Op.LDI, 3, imm=0x7F0),
        word(Op.LDI, 5, imm=55),
        svc(8, function),
    ]
    main = [*asking, *after]
    return [*main, *handler], 4 * len(main)


def loaded(handler: list[int], after: list[int], *, function: int = 2, at: int | None = None) -> dict[str, Any]:
    words, address = program(handler, after, function=function)
    record = command_record(address if at is None else at, flags=ASYNCHRONOUS)
    return call("load", image=section_image(words, (2, 1, record)))


COMPUTE = [word(Op.LDI, 0, imm=42), word(Op.LDI, 5, imm=1), word(Op.CMP, 0, 0, 0), RET]


class Calls(ExecutiveTest):
    def test_result(self) -> None:
        """Registers and flags are as before, but for R0 and R1."""
        ran = self.script("strict", loaded(COMPUTE, [BRK]), step(5), step(3), step(1), step(1))
        self.assertEqual(ran.types(1), ["cmd_invoked"])
        self.assertEqual((ran.types(2), ran.types(3)), ([], ["cmd_completed"]))
        self.assertEqual((ran.events(3)[0]["status"], ran.events(3)[0]["result"]), (OK, 42))
        task = ran.task(1)
        self.assertEqual((task["regs"][:2], task["regs"][5], task["psw"]), ([OK, 42], 55, 0))
        self.assertEqual((task["sp"], task["depth"], task["pc"], task["handler"]), (0xFFC0, 0, 24, None))
        self.assertEqual(task["steps"], 10)

    def test_while_it_runs(self) -> None:
        ran = self.script("strict", loaded(COMPUTE, [BRK]), step(6))
        task = ran.task(1)
        self.assertEqual((task["handler"], task["depth"], task["sp"]), (0x101, 1, 0xFFBC))
        self.assertEqual(task["mem"][-1], [0xFFBC, "14"])

    def test_calls_within(self) -> None:
        """Only the RET that comes back to where the handler was called ends it."""
        handler = [word(Op.CALL, 0, 0, 0, 2), RET, word(Op.LDI, 0, imm=7), RET]
        ran = self.script("strict", loaded(handler, [BRK]), step(10))
        self.assertEqual(ran.types(1), ["cmd_invoked", "cmd_completed", "debug_stop"])
        self.assertEqual(ran.task(1)["regs"][:2], [OK, 7])

    def test_no_handler_now(self) -> None:
        """An address that is none; a handler within a handler; a stack without room."""
        for at in (2, 0x400, 28):
            ran = self.script("strict", loaded([], [BRK], at=at), step(6))
            self.assertEqual(ran.events(1)[1]["status"], EFAIL)
            self.assertEqual(ran.task(1)["regs"][:2], [EFAIL, 0x101])
        nested = [word(Op.LDI, 1, imm=0x101), svc(8, 2), RET]
        ran = self.script("strict", loaded(nested, [BRK]), step(20))
        self.assertEqual([event.get("status") for event in ran.events(1)][:4], [None, None, EFAIL, OK])
        self.assertEqual(ran.task(1)["regs"][:2], [OK, EFAIL])

    def test_asynchronous(self) -> None:
        """The registers come back as they were after the call; the message has the result."""
        load = loaded(COMPUTE, [BRK], function=3)
        target = call("poke", pid=1, address=0x7F0, bytes=b"app:r\0".hex())
        ran = self.script("strict", load, target, step(20))
        self.assertEqual(ran.task(1)["regs"][:2], [OK, 4])
        self.assertEqual([message["data"] for message in ran.box("r")["queue"]], ["010100002a000000"])

    def test_by_the_host(self) -> None:
        """The reply is there before the handler is; its task goes on where it was."""
        words = [NOP, NOP, BRK]
        load = call("load", image=section_image([*words, *COMPUTE], (2, 1, command_record(12))))
        ran = self.script(
            "strict", load, step(1), call("cmd_call", oid=0x101), call("cmd_call", oid=0x101), step(4), step(2)
        )
        self.assertEqual(ran.ok(2), {"status": OK, "result": None})
        self.assertEqual(ran.types(2), ["cmd_invoked"])
        self.assertEqual(ran.ok(3), {"status": EFAIL, "result": None})
        self.assertEqual(ran.types(3), ["cmd_invoked", "cmd_completed"])
        self.assertEqual(ran.events(4)[0]["result"], 42)
        self.assertEqual((ran.task(1)["regs"][:2], ran.task(1)["pc"]), ([0, 0], 12))

    def test_a_paused_task_has_no_turn(self) -> None:
        load = call("load", image=section_image([NOP, RET], (2, 1, command_record(4))))
        ran = self.script("strict", load, call("pause", pid=1), call("cmd_call", oid=0x101))
        self.assertEqual(ran.ok(2)["status"], EFAIL)

    def test_the_task_ends_within(self) -> None:
        """The command is completed without a result, before the end is told."""

        def types(ran: Ran, number: int) -> list[str]:
            self.assertEqual(ran.events(number)[0].get("status"), EFAIL)
            return ran.types(number)

        for end, event in ((svc(1, 0), "exited"), (FAULT, "fault")):
            ran = self.script("strict", loaded([NOP, end], [BRK]), step(6), step(1))
            self.assertEqual(types(ran, 2), ["cmd_completed", event])
            self.assertEqual(ran.task(1)["handler"], None)
        ran = self.script("strict", loaded([NOP, NOP], [BRK]), step(6), call("kill", pid=1))
        self.assertEqual(types(ran, 2), ["cmd_completed"])
