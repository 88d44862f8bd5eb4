"""What the host does to tasks: pause, resume, kill, registers and memory (facts 1.8, spec 4.4, 4.5)."""

from executive_support import BOTH, BRK, NOP, RET, START, Bench, ExecutiveTest, call, load, step
from support import Op, word

LOOP = word(Op.JMP)
WINDOWS = {"reference": (0x1000, 0x1040), "strict": (0xFFC0, 0xFFC0)}


class Pausing(ExecutiveTest):
    def test_all(self) -> None:
        """[E10] The reference does not resume the task that was active."""
        calls = (load([NOP, LOOP]), load([NOP, LOOP]), call("pause"), step(4), call("resume"), step(4))
        for profile, states in (("reference", ["ready", "paused"]), ("strict", ["ready", "ready"])):
            ran = self.script(profile, *calls)
            self.assertEqual((ran.ok(3)["executed"], ran.ok(3)["paused"], ran.ok(5)["executed"]), (0, True, 4))
            self.assertEqual(self.states(ran), states)

    def test_one(self) -> None:
        for profile in BOTH:
            ran = self.script(
                profile,
                load([NOP, LOOP]),
                load([NOP, LOOP]),
                call("pause", pid=2),
                step(3),
                call("resume", pid=2),
                step(2),
            )
            self.assertEqual((ran.ok(3)["current"], ran.ok(5)["executed"]), (1, 2))
            self.assertEqual({task["steps"] for task in ran.state["tasks"]}, {4, 1})

    def test_over_a_state(self) -> None:
        """[X5] In strict a pause lies over the state, and over some only."""
        for words, state, paused in (
            ([RET], "returned", "returned"),
            ([NOP], "faulted", "faulted"),
            ([BRK], "paused", "paused"),
            ([LOOP], "ready", "paused"),
        ):
            calls = (load(words), step(2), call("pause", pid=1))
            self.assertEqual(self.states(self.script("strict", *calls[:2])), [state])
            self.assertEqual(self.states(self.script("strict", *calls)), [paused])
        self.assertEqual(self.states(self.script("reference", load([RET]), step(2), call("pause", pid=1))), ["paused"])

    def test_a_sleeper(self) -> None:
        """Its deadline goes on beneath."""
        bench = Bench()
        bench.svc(6, 0, r0=5)
        bench.call("pause", pid=1)
        bench.call("advance", ms=5)
        mark = bench.call("step", n=1)
        asleep = bench.run("strict")
        self.assertEqual(
            (asleep.types(mark), asleep.task(1)["state"], asleep.task(1)["sleep"]), (["sleep_complete"], "paused", None)
        )
        bench.call("resume", pid=1)
        self.assertEqual(bench.run("strict").task(1)["state"], "ready")

    def test_resuming_one_resumes_all(self) -> None:
        """Only in the reference, which does so for a task that does not exist, too."""
        for profile, paused in (("reference", False), ("strict", True)):
            for pid in (1, 9):
                ran = self.script(profile, load([LOOP]), call("pause"), call("resume", pid=pid))
                self.assertEqual(ran.state["paused"], paused)

    def test_resuming_what_has_ended(self) -> None:
        ran = self.script("reference", load([RET]), step(1), call("resume", pid=1), step(1), call("pause"))
        self.assertEqual((ran.ok(3)["executed"], self.states(ran)), (1, ["paused"]))
        ran = self.script("strict", load([RET]), step(1), call("resume", pid=1), step(1))
        self.assertEqual((ran.ok(3)["executed"], self.states(ran)), (0, ["returned"]))

    def test_nobody(self) -> None:
        for profile in BOTH:
            calls = [call("pause", pid=1), call("resume", pid=1), call("kill", pid=1), call("kill", pid=0)]
            calls += [call("sched", pid=1), call("reg_get", pid=1, reg=0), call("reg_set", pid=1, reg=0, value=0)]
            calls += [call("peek", pid=1, address=0, length=0), call("poke", pid=1, address=0, bytes="")]
            ran = self.script(profile, *calls, call("pause"), call("resume"))
            self.assertEqual([ran.result(number).get("error") for number in range(11)], ["ESRCH"] * 9 + [None] * 2)


class Killing(ExecutiveTest):
    def test_who_is_active_then(self) -> None:
        """[X5] In the reference the lowest PID, whatever it was doing; in strict the next task."""
        three = [load([LOOP])] * 3
        for killed, reference, strict in ((1, 2, 2), (2, 1, 1), (3, 1, 1)):
            for profile, active in (("reference", reference), ("strict", strict)):
                ran = self.script(profile, *three, call("kill", pid=killed))
                self.assertEqual(ran.state["current"], active)
        ran = self.script("strict", *three, step(1), call("kill", pid=2))
        self.assertEqual(ran.state["current"], 3)

    def test_a_stopped_task_comes_to_life(self) -> None:
        """What the reference's one machine did last goes over to the task that is active next."""
        stopped = (load([BRK]), step(1), call("resume"))
        ran = self.script("reference", *stopped, load([LOOP]), call("kill", pid=2), load([LOOP]))
        self.assertEqual((ran.task(1)["state"], ran.task(1)["running"]), ("running", False))

    def test_priority_is_kept(self) -> None:
        for profile in BOTH:
            ran = self.script(profile, load([LOOP]), call("sched", pid=1, priority=0, quantum=9), call("sched", pid=1))
            self.assertEqual((ran.task(1)["priority"], ran.task(1)["quantum"]), (0, 9))


class RegistersAndMemory(ExecutiveTest):
    def test_registers(self) -> None:
        """[X5] To set one the reference activates the task, and so un-pauses it."""
        calls = (load([LOOP]), load([LOOP]), call("pause", pid=1), call("reg_set", pid=1, reg=3, value=0xFFFF_FFFF))
        for profile, state, active in (("reference", "ready", 1), ("strict", "paused", 1)):
            ran = self.script(profile, *calls, call("reg_get", pid=1, reg=3))
            self.assertEqual(ran.ok(4), 0xFFFF_FFFF)
            self.assertEqual((ran.task(1)["state"], ran.state["current"]), (state, active))

    def test_memory(self) -> None:
        for profile in BOTH:
            calls = (call("poke", pid=1, address=0xFFFE, bytes="010203"), call("peek", pid=1, address=0xFFFD, length=9))
            whole = call("peek", pid=1, address=0, length=0x1_0000)
            ran = self.script(profile, load([LOOP]), *calls, whole, call("peek", pid=1, address=0, length=0))
            self.assertEqual((ran.ok(2), ran.ok(4)), ("000102", ""))
            self.assertEqual(len(ran.ok(3)), 2 * 0x1_0000)

    def test_the_window(self) -> None:
        """[registers-apart] It is the registers, but of a task that is not active in the reference."""
        for profile, (window, other) in WINDOWS.items():
            for pid, address in ((1, window), (2, other)):
                active = profile == "strict" or pid == 2
                poke = call("poke", pid=pid, address=address + 4, bytes="2a000000")
                reads = (call("reg_get", pid=pid, reg=1), call("peek", pid=pid, address=address + 4, length=4))
                ran = self.script(profile, load([NOP, LOOP]), load([NOP, LOOP]), poke, *reads, step(2), *reads)
                self.assertEqual([ran.ok(number) for number in (3, 4)], [42 if active else 0, "2a000000"])
                self.assertEqual([ran.ok(number) for number in (6, 7)], [42, "2a000000"] if active else [0, "00000000"])


class Events(ExecutiveTest):
    """[pending]"""

    def test_those_of_nobody_are_lost(self) -> None:
        bench = Bench()
        bench.svc(7, 0, 1, 2, 0, 0)
        bench.call("pause", pid=1)
        mark = bench.call("val_set", oid=0x102, f16=1)
        bench.call("resume", pid=1)
        turn = bench.call("step", n=1)
        reference, strict = bench.run("reference", rest=NOP), bench.run("strict", rest=NOP)
        self.assertEqual(reference.types(turn), [])
        self.assertEqual(strict.types(mark), ["value_changed"])

    def test_those_that_are_saved_come_again(self) -> None:
        """A store keeps a copy, which comes when the task is activated, before what is there."""
        bench = Bench(tasks=2)
        bench.svc(7, 0, 1, 2, 0, 0, pid=2)
        bench.call("val_set", oid=0x102, f16=1)
        bench.call("poke", pid=2, address=0, bytes="")  # stores the active task
        before = bench.run("reference").state["pending"]
        self.assertEqual(
            [len(before["active"]), [[pid, len(events)] for pid, events in before["tasks"]]], [1, [[2, 1]]]
        )
        bench.call("reg_set", pid=1, reg=0, value=0)
        bench.call("reg_set", pid=2, reg=0, value=0)
        turn = bench.call("step", n=1)
        self.assertEqual(bench.run("reference", rest=NOP).types(turn), ["value_changed"] * 2)

    def test_strict_has_no_list(self) -> None:
        self.assertIsNone(self.script("strict", load([LOOP])).state["pending"])

    def test_time(self) -> None:
        for profile in BOTH:
            ran = self.script(profile, call("advance", ms=5), call("advance", ms=100_000_000))
            self.assertEqual(ran.state["now"], START + 100_000_005)
