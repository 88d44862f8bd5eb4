"""Who has the next turn, and what a turn does to its task (facts 1.2 to 1.7, spec 4.1 to 4.3)."""

from itertools import pairwise
from typing import Any

from executive_support import BOTH, BRK, FAULT, NOP, RET, YIELD, Bench, ExecutiveTest, Ran, call, load, step, svc
from support import Op, word

from executive_model import Unsupported

LOOP = word(Op.JMP)
EXIT = svc(1, 0)
ILLEGAL = word(0xEE)


class Turns(ExecutiveTest):
    def order(self, profile: str, programs: list[list[int]], turns: int, **config: Any) -> list[int]:
        """Whose turns there are: the task that each step of one instruction executed."""
        loads = [load(program) for program in programs]
        ran = self.script(profile, *loads, *[step(1)] * turns, **config)
        replies = [ran.ok(len(loads) + number) for number in range(turns)]
        return [reply["current"] for reply in replies if reply["executed"]]


class RoundRobin(Turns):
    def test_one_instruction_each(self) -> None:
        """The reference starts with the task loaded last, strict with the first."""
        programs = [[NOP, LOOP]] * 3
        self.assertEqual(self.order("reference", programs, 6), [3, 1, 2, 3, 1, 2])
        self.assertEqual(self.order("strict", programs, 6), [1, 2, 3, 1, 2, 3])

    def test_who_follows_one_that_cannot_go_on(self) -> None:
        """[E4]"""
        programs = [[NOP, LOOP], [RET], [NOP, LOOP]]
        self.assertEqual(self.order("reference", programs, 6), [3, 1, 2, 1, 3, 1])
        self.assertEqual(self.order("strict", programs, 6), [1, 2, 3, 1, 3, 1])

    def test_states(self) -> None:
        """The active task is running, a lone one ready; in strict all are ready."""
        for count, reference in ((1, ["ready"]), (2, ["running", "ready"])):
            loads = [load([NOP, LOOP])] * count
            self.assertEqual(self.states(self.script("reference", *loads, step(1))), reference)
            self.assertEqual(self.states(self.script("strict", *loads, step(1))), ["ready"] * count)

    def test_reply(self) -> None:
        for profile, first in (("reference", 2), ("strict", 1)):
            ran = self.script(profile, load([NOP, LOOP]), load([NOP, LOOP]), step(1), step(0))
            other = 3 - first
            wanted = {"executed": 1, "running": True, "pc": 4, "steps": 1, "sleep_pending": False, "paused": False}
            self.assertEqual(ran.ok(2), {**wanted, "current": first, "next": other})
            nothing = {**wanted, "executed": 0, "pc": 0, "steps": 0}
            self.assertEqual(ran.ok(3), {**nothing, "current": other, "next": other})

    def test_nobody(self) -> None:
        nothing = {"executed": 0, "running": False, "pc": None, "steps": 0, "sleep_pending": False, "paused": False}
        for profile in BOTH:
            ran = self.script(profile, step(5), load([RET]), call("kill", pid=1), step(5))
            for number in (0, 3):
                self.assertEqual(ran.ok(number), {**nothing, "current": None, "next": None})

    def test_one_task_only(self) -> None:
        for profile in BOTH:
            ran = self.script(profile, load([NOP, LOOP]), load([RET]), step(3, 1), step(3, 2), step(3, 2), step(1, 9))
            self.assertEqual([ran.ok(number)["executed"] for number in (2, 3, 4, 5)], [3, 1, 0, 0])
            self.assertEqual(ran.ok(2)["next"], 1)


class Stops(ExecutiveTest):
    def both(self, *words: int, turns: int = 3) -> tuple[Ran, Ran]:
        """The task with these words, and beside it one that goes on."""
        calls = (load(words), load([NOP, LOOP]), step(turns, 1), step(2))
        return self.script("reference", *calls), self.script("strict", *calls)

    def test_return(self) -> None:
        reference, strict = self.both(word(Op.LDI, 0, imm=5), RET)
        for ran in (reference, strict):
            task = ran.task(1)
            self.assertEqual((task["state"], task["exit_status"], task["pc"], task["steps"]), ("returned", 5, 4, 1))
            self.assertEqual((ran.ok(2)["executed"], ran.ok(2)["running"]), (2, False))
        self.assertEqual(strict.events(2), [{"type": "exited", "pid": 1, "status": 5}])
        self.assertEqual(reference.events(2), [])

    def test_fault(self) -> None:
        """[E6] In the reference it has R0, a state that says running, and a wasted turn each round."""
        reference, strict = self.both(FAULT)
        self.assertEqual((reference.ok(2)["executed"], strict.ok(2)["executed"]), (3, 1))
        self.assertEqual((reference.task(1)["state"], strict.task(1)["state"]), ("running", "faulted"))
        self.assertEqual((reference.task(1)["regs"][0], strict.task(1)["regs"][0]), (0xFFFF_FF05, 0))
        self.assertEqual((reference.task(1)["steps"], strict.task(1)["fault"]), (0, "divide_by_zero"))
        self.assertEqual(strict.events(2), [{"type": "fault", "pid": 1, "pc": 0, "fault": "divide_by_zero", "code": 2}])

    def test_illegal_opcode(self) -> None:
        reference, strict = self.both(ILLEGAL, NOP)
        self.assertEqual((reference.task(1)["state"], reference.task(1)["steps"]), ("stopped", 1))
        self.assertEqual((strict.task(1)["fault"], strict.task(1)["pc"]), ("illegal_opcode", 0))

    def test_beyond_the_code(self) -> None:
        """[E8] Everybody stops in the reference."""
        reference, strict = self.both(NOP)
        lost = {"pid": 1, "error": "pc_out_of_range", "pc": 4, "code_len": 4}
        stop = {"type": "debug_stop", **lost, "reason": "vm_error", "next_pc": 4, "steps": 1}
        self.assertEqual(reference.events(2), [{"type": "vm_error", **lost}, stop])
        self.assertEqual(
            (reference.task(1)["state"], reference.state["paused"], reference.ok(3)["executed"]), ("paused", True, 0)
        )
        self.assertEqual(
            strict.events(2), [{"type": "fault", "pid": 1, "pc": 4, "fault": "pc_out_of_range", "code": 6}]
        )
        self.assertEqual((strict.state["paused"], strict.ok(3)["executed"]), (False, 2))

    def test_break(self) -> None:
        reference, strict = self.both(BRK, NOP, LOOP)
        stop = {"pid": 1, "reason": "brk", "pc": 0, "next_pc": 4, "opcode": BRK, "code": 7, "steps": 1}
        for ran, everybody in ((reference, True), (strict, False)):
            self.assertEqual(ran.events(2), [{"type": "debug_stop", **stop}])
            self.assertEqual((ran.task(1)["state"], ran.state["paused"]), ("paused", everybody))
        self.assertEqual((reference.ok(3)["executed"], strict.ok(3)["executed"]), (0, 2))

    def test_after_a_break(self) -> None:
        """[E8] The reference executes one instruction more, and stops."""
        calls = (load([BRK, *[NOP] * 5]), step(1), call("resume", pid=1), step(5))
        reference, strict = self.script("reference", *calls), self.script("strict", *calls)
        self.assertEqual((reference.ok(3)["executed"], strict.ok(3)["executed"]), (1, 5))
        self.assertEqual((self.states(reference), self.states(strict)), (["stopped"], ["ready"]))

    def test_truncated_instruction(self) -> None:
        reference, strict = self.both(word(Op.LDI32, 1))
        self.assertEqual((reference.task(1)["state"], reference.task(1)["regs"][0]), ("running", 0))
        self.assertEqual(strict.task(1)["fault"], "truncated_ldi32")

    def test_what_raises(self) -> None:
        conversion = [word(Op.LDI32, 1), 0x7C00, word(Op.F2I, 2, 1)]
        ran = self.script("reference", load(conversion), step(5))
        self.assertEqual(ran.raised, {"call": 1, "kind": "invalid_conversion"})
        self.assertIsNone(ran.state)
        self.assertEqual(self.script("strict", load(conversion), step(2)).task(1)["regs"][2], 0x7FFF_FFFF)

    def test_stack_underflow(self) -> None:
        """SP is FFFCh or 10000h at the end of the stack, so that no word lies across the end of memory."""
        reference, strict = self.both(word(Op.CALL, imm=1), word(Op.POP, 1), word(Op.POP, 1), RET, turns=5)
        self.assertEqual((reference.raised, reference.task(1)["regs"][0]), (None, 0xFFFF_FF02))
        self.assertEqual(strict.task(1)["depth"], 1)


class Policies(Turns):
    def test_of_strict(self) -> None:
        for policy in ("cooperative", "preemptive"):
            with self.assertRaises(Unsupported):
                self.script("reference", step(1), policy=policy)

    def test_cooperative(self) -> None:
        """A task goes on until it yields, ends, or cannot."""
        programs = [[NOP, YIELD, LOOP], [NOP, NOP, RET], [NOP, BRK]]
        order = self.order("strict", programs, 11, policy="cooperative")
        self.assertEqual(order, [1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 1])

    def test_cooperative_alone(self) -> None:
        self.assertEqual(self.order("strict", [[YIELD, LOOP]], 4, policy="cooperative"), [1] * 4)

    def urgent(self, turns: int, *attributes: tuple[int, int], program: list[int] | None = None) -> list[int]:
        """Whose turns there are among tasks of these priorities and quanta."""
        loads = [load(program or [NOP, LOOP])] * len(attributes)
        settings = [
            call("sched", pid=pid, priority=priority, quantum=quantum)
            for pid, (priority, quantum) in enumerate(attributes, 1)
        ]
        ran = self.script("strict", *loads, *settings, *[step(1)] * turns, policy="preemptive")
        return [ran.ok(number)["current"] for number in range(2 * len(loads), 2 * len(loads) + turns)]

    def test_equals_take_turns(self) -> None:
        self.assertEqual(self.urgent(6, (10, 1), (10, 1), (10, 1)), [1, 2, 3, 1, 2, 3])

    def test_quantum(self) -> None:
        self.assertEqual(self.urgent(8, (10, 3), (10, 2)), [1, 1, 1, 2, 2, 1, 1, 1])

    def test_the_most_urgent_first(self) -> None:
        self.assertEqual(self.urgent(6, (10, 5), (3, 1), (7, 1)), [1, 2, 2, 2, 2, 2])

    def test_ageing(self) -> None:
        """A task of priority 2 has its turn when it has waited for 64 turns times the difference."""
        order = self.urgent(140, (0, 1), (1, 1))
        self.assertEqual([number for number, pid in enumerate(order) if pid == 2], [64, 129])

    def test_nobody_starves(self) -> None:
        """A task waits 64 times its priority, and a quantum of each other one, at most."""
        attributes = ((0, 3), (2, 2), (1, 1), (0, 2))
        order = self.urgent(390, *attributes)
        for pid, (priority, _) in enumerate(attributes, 1):
            turns = [-1, *(number for number, each in enumerate(order) if each == pid)]
            longest = max(after - before for before, after in pairwise(turns))
            bound = 64 * priority + sum(quantum for _, quantum in attributes) + 1
            self.assertLessEqual(longest, bound)

    def test_yield(self) -> None:
        self.assertEqual(self.urgent(6, (10, 9), (10, 9), program=[YIELD, LOOP]), [1, 2, 1, 1, 2, 2])

    def test_who_wakes_is_more_urgent(self) -> None:
        bench = Bench(tasks=2, policy="preemptive")
        bench.svc(6, 0, r0=5)
        bench.call("sched", pid=1, priority=1)
        bench.call("sched", pid=2, quantum=100)
        before = bench.call("step", n=3)
        bench.call("advance", ms=5)
        marks = [bench.call("step", n=1) for _ in range(3)]
        ran = bench.run("strict", rest=LOOP)
        self.assertEqual(ran.ok(before)["current"], 2)
        self.assertEqual([ran.ok(mark)["current"] for mark in marks], [2, 1, 1])
