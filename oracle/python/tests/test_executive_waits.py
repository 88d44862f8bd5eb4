"""Tasks that wait for messages (facts 3.7, 3.10, 3.11)."""

from executive_support import BIND, BOTH, NOP, OPEN, RECV, SEND, START, TAP, Bench, ExecutiveTest, svc

BUFFER, INFO, FOREVER = 0x3000, 0x3800, 0xFFFF
FANOUT = 0x0B


def waiting(tasks: int = 2, *, timeout: int = FOREVER, mode: int = 3, info: int = INFO, ptr: int = BUFFER) -> Bench:
    """All tasks but the last wait on app:q; the last has it open, too, each through its handle 4."""
    bench = Bench(tasks=tasks)
    bench.svc(5, BIND, "app:q", 0, mode)
    for pid in range(1, tasks + 1):
        bench.svc(5, OPEN, "app:q", pid=pid)
    for pid in range(1, tasks):
        bench.svc(5, RECV, 4, ptr, 64, timeout, info, pid=pid)
    return bench


class Blocking(ExecutiveTest):
    def test_block(self) -> None:
        """No register changes; a poll does not block."""
        for profile in BOTH:
            for timeout, deadline in ((1, START + 1), (0xFFFE, START + 0xFFFE), (FOREVER, None)):
                bench = Bench()
                bench.svc(5, OPEN, "app:q")
                mark = bench.svc(5, RECV, 4, BUFFER, 64, timeout, INFO, r0=9)
                ran = bench.run(profile)
                self.assertEqual(ran.regs(mark), [9, 4, BUFFER, 64, timeout])
                wait = {"pid": 1, "descriptor": 5, "handle": 4, "timeout": timeout, "deadline": deadline}
                self.assertEqual(ran.events(mark), [{"type": "mailbox_wait", **wait}])
                self.assertEqual(ran.state["waits"], [{**wait, "ptr": BUFFER, "max": 64, "info": INFO}])
                self.assertEqual(ran.box("q")["waiters"], [1])
                self.assertEqual(ran.task(1)["state"], "waiting_mbx")

    def test_message(self) -> None:
        for profile in BOTH:
            bench = waiting()
            mark = bench.svc(5, SEND, 4, b"hello", 5, 3, 5, pid=2)
            memory = bench.call("peek", pid=1, address=BUFFER, length=5)
            info = bench.call("peek", pid=1, address=INFO, length=20)
            ran = bench.run(profile)
            self.assertEqual(ran.types(mark), ["mailbox_send", "mailbox_wake"])
            message = {"length": 5, "flags": 3, "channel": 5, "src_pid": 2}
            wake = {"type": "mailbox_wake", "pid": 1, "descriptor": 9, "handle": 4, "status": 0, **message}
            self.assertEqual(ran.events(mark)[1], {**wake, "descriptor": ran.box("q")["id"]})
            self.assertEqual(ran.task(1)["regs"][:5], [0, 5, 3, 5, 2])
            self.assertEqual(ran.memory(memory), b"hello".hex())
            self.assertEqual(
                ran.memory(info), bytes((0, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0)).hex()
            )
            self.assertEqual((ran.state["waits"], ran.task(1)["state"]), ([], "ready"))

    def test_registers_are_cut_and_the_block_is_not(self) -> None:
        for profile in BOTH:
            bench = waiting()
            bench.call("mailbox_send", target="app:q", data="01", flags=0x1_2345, channel=0x2_3456)
            info = bench.call("peek", pid=1, address=INFO + 8, length=8)
            ran = bench.run(profile)
            self.assertEqual(ran.task(1)["regs"][:5], [0, 1, 0x2345, 0x3456, 0])
            self.assertEqual(ran.memory(info), "4523010056340200")

    def test_timeout(self) -> None:
        """At its deadline, in the order of blocking, and whatever is queued."""
        for profile in BOTH:
            bench = waiting(tasks=3, timeout=10)
            marks = []
            for ms in (9, 1):
                bench.call("advance", ms=ms)
                marks.append(bench.call("step", n=0))
            bench.call("step", n=1)
            ran = bench.run(profile, rest=NOP)
            for pid in (1, 2):
                self.assertEqual(ran.task(pid)["regs"][:5], [7, 0, 0, 0, 0])
            if profile == "strict":
                self.assertEqual([[event["pid"] for event in ran.events(mark)] for mark in marks], [[], [1, 2]])
                self.assertEqual(ran.types(marks[1]), ["mailbox_timeout"] * 2)

    def test_first_come_first_served(self) -> None:
        for profile in BOTH:
            bench = waiting(tasks=3)
            marks = [bench.svc(5, SEND, 4, b"x", 1, pid=3) for _ in range(2)]
            ran = bench.run(profile)
            self.assertEqual([ran.events(mark)[-1]["pid"] for mark in marks], [1, 2])

    def test_fan_out_wakes_all(self) -> None:
        for profile in BOTH:
            bench = waiting(tasks=3, mode=FANOUT)
            mark = bench.svc(5, SEND, 4, b"x", 1, pid=3)
            self.assertEqual([event["pid"] for event in bench.run(profile).events(mark)], [3, 1, 2])

    def test_payload_over_the_registers_is_lost(self) -> None:
        for profile, window in (("reference", 0x1000), ("strict", 0xFFC0)):
            bench = waiting(ptr=window, info=0)
            bench.svc(5, SEND, 4, b"\xff" * 30, 30, pid=2)
            before = [4, window, 64, FOREVER, 0]
            regs = bench.run(profile).task(1)["regs"]
            self.assertEqual((regs[:5], regs[5]), ([0, 30, 0, 0, 2], before[4]))

    def test_an_info_block_over_the_registers(self) -> None:
        """In the reference the registers of a task that is not active are elsewhere."""
        for profile, info, wanted in (("reference", 0x1014, 0), ("strict", 0xFFD4, 2)):
            bench = waiting(info=info)
            bench.svc(5, SEND, 4, b"x", 1, pid=2)
            seen = bench.call("peek", pid=1, address=info, length=20)
            ran = bench.run(profile)
            self.assertEqual(ran.memory(seen)[-8:], "02000000")
            self.assertEqual(ran.task(1)["regs"][9], wanted)

    def test_past_the_end_of_memory(self) -> None:
        """[X2]"""
        bench = waiting(ptr=0xFFFE)
        bench.call("mailbox_send", target="app:q", data="010203")
        self.assertEqual(bench.run("reference").raised["kind"], "memory_growth")
        self.assertEqual(bench.run("strict").task(1)["regs"][1], 3)


class Odd(ExecutiveTest):
    def test_a_paused_task_and_its_message(self) -> None:
        """[X5] The reference un-pauses it."""
        bench = waiting()
        bench.call("pause", pid=1)
        bench.svc(5, SEND, 4, b"x", 1, pid=2)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual(reference.task(1)["state"], "ready")
        self.assertEqual(strict.task(1)["state"], "paused")
        self.assertEqual(strict.task(1)["regs"][:2], [0, 1])
        bench.call("resume", pid=1)
        self.assertEqual(bench.run("strict").task(1)["state"], "ready")

    def test_a_resumed_task_waits_on(self) -> None:
        """In the reference it executes one instruction first."""
        bench = waiting()
        bench.call("resume", pid=1)
        mark = bench.call("step", n=1, pid=1)
        reference, strict = bench.run("reference", rest=NOP), bench.run("strict", rest=NOP)
        self.assertEqual([ran.ok(mark)["executed"] for ran in (reference, strict)], [1, 0])
        self.assertEqual([ran.task(1)["state"] for ran in (reference, strict)], ["waiting_mbx"] * 2)

    def test_a_message_to_itself(self) -> None:
        """A waiting task that the reference resumes completes its own wait within its SEND."""
        bench = Bench()
        bench.svc(5, OPEN, "app:q")
        bench.svc(5, RECV, 4, BUFFER, 5, FOREVER, 0)
        bench.call("resume", pid=1)
        mark = bench.op(svc(5, SEND))
        ran = bench.run("reference")
        self.assertEqual(ran.regs(mark), [0, 5, FOREVER, 0, 1])
        self.assertEqual(ran.types(mark), ["mailbox_send", "mailbox_wake"])
        self.assertEqual((ran.state["waits"], ran.task(1)["steps"]), ([], 3))

    def test_a_ghost(self) -> None:
        """[ghosts, E11]"""
        bench = waiting()
        bench.call("kill", pid=1)
        mark = bench.svc(5, SEND, 4, b"x", 1, pid=2)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual(reference.types(mark), ["mailbox_send", "mailbox_wake"])
        self.assertEqual(strict.types(mark), ["mailbox_send"])
        self.assertEqual([len(ran.box("q")["queue"]) for ran in (reference, strict)], [0, 1])

    def test_a_closed_handle(self) -> None:
        """[X6] The reference leaves its task waiting for ever."""
        bench = waiting()
        closed = bench.call("mailbox_close", pid=1, handle=4)
        bench.svc(5, SEND, 4, b"x", 1, pid=2)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual((reference.task(1)["state"], reference.state["waits"]), ("waiting_mbx", []))
        self.assertEqual(strict.task(1)["regs"][:5], [2, 0, 0, 0, 0])
        [wake] = strict.events(closed)
        self.assertEqual((wake["type"], wake["status"]), ("mailbox_wake", 2))

    def test_a_tap_that_waits(self) -> None:
        """[E21] In the reference an empty one stops those behind it; in strict they go before it."""
        for rate, reference, strict in ((0, [3, 1, 2], [3, 2, 1]), (1, [3], [3, 2])):
            bench = Bench(tasks=3, mailboxes={"tap_rate": rate})
            for pid in (1, 2, 3):
                bench.svc(5, OPEN, "app:q", pid=pid)
            bench.svc(5, TAP, 4, 1)
            bench.svc(5, SEND, 4, b"old", 3, pid=3)
            for pid in (1, 2):
                bench.svc(5, RECV, 4, BUFFER, 64, 0, 0, pid=pid)
            for pid in (1, 2):
                bench.svc(5, RECV, 4, BUFFER, 64, FOREVER, 0, pid=pid)
            mark = bench.svc(5, SEND, 4, b"new", 3, pid=3)
            for profile, wanted in (("reference", reference), ("strict", strict)):
                events = bench.run(profile).events(mark)
                self.assertEqual([event["pid"] for event in events if "pid" in event], wanted)

    def test_zero_length_serves_waiters(self) -> None:
        """A notice of a value wakes nobody in the reference, but the next SEND does, even an empty one."""
        bench = Bench(tasks=2)
        for pid in (1, 2):
            bench.svc(5, OPEN, "app:q", pid=pid)
        bench.svc(7, 0, 1, 2, 0, 0, pid=2)
        bench.svc(7, 5, 0x102, "app:q", pid=2)
        bench.svc(5, RECV, 4, BUFFER, 64, FOREVER, 0)
        notice = bench.svc(7, 3, 0x102, 0x3C00, pid=2)
        empty = bench.svc(5, SEND, 4, 0, 0, pid=2)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual(
            (reference.types(notice), reference.types(empty)), (["value_changed"], ["mailbox_send", "mailbox_wake"])
        )
        self.assertEqual(
            (strict.types(notice), strict.types(empty)), (["value_changed", "mailbox_wake"], ["mailbox_send"])
        )
