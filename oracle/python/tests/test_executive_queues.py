"""The messages in mailboxes: single queues, fan-out and taps (facts 3.4 to 3.6)."""

from typing import Any

from executive_support import BIND, BOTH, OPEN, PEEK, RECV, SEND, TAP, Bench, ExecutiveTest

OK, WOULD_BLOCK, BAD_HANDLE, NO_DATA, TOO_LARGE, NO_ROOM, BAD = 0, 1, 2, 3, 4, 5, 0xFF
FANOUT, BLOCKING = 0x0B, 0x2B
BUFFER = 0x3000


class Single(ExecutiveTest):
    def test_send_and_receive(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, OPEN, "app:q")
            sent = bench.svc(5, SEND, 0x1_0004, b"hello", 5, 0x1234, 7)
            peeked = bench.svc(5, PEEK, 4)
            received = bench.svc(5, RECV, 4, BUFFER, 64, 0, 0x3800)
            empty = bench.svc(5, RECV, 4, BUFFER, 64, 0, 0x3820)
            memory = bench.call("peek", pid=1, address=BUFFER, length=5)
            info = bench.call("peek", pid=1, address=0x3800, length=52)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(sent)[:2], [OK, 5])
            self.assertEqual(ran.regs(peeked)[:4], [OK, 1, 13, 5])
            self.assertEqual(ran.regs(received), [OK, 5, 0x1234, 7, 1])
            self.assertEqual(ran.regs(empty), [NO_DATA, 0, BUFFER, 64, 0])
            self.assertEqual(ran.types(sent) + ran.types(received) + ran.types(empty), ["mailbox_send", "mailbox_recv"])
            self.assertEqual(ran.memory(memory), b"hello".hex())
            words = bytes.fromhex(ran.memory(info))
            self.assertEqual(
                [int.from_bytes(words[at : at + 4], "little") for at in (*range(0, 20, 4), *range(32, 52, 4))],
                [0, 5, 0x1234, 7, 1, 3, 0, 0, 0, 0],
            )

    def test_full(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, OPEN, "app:q")
            marks = [bench.svc(5, SEND, 4, BUFFER, length) for length in (57, 56, 1, 0)]
            rest = bench.svc(5, RECV, 4, BUFFER, 10, 0, 0)
            peeked = bench.svc(5, PEEK, 4)
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [TOO_LARGE, OK, WOULD_BLOCK, OK])
            self.assertEqual(ran.regs(marks[2])[1], 4)  # the handle: R1 is kept
            pressure = {"descriptor": 5, "policy": "single", "capacity": 64, "bytes_used": 64, "requested": 9}
            self.assertEqual(ran.events(marks[2]), [{"type": "mailbox_backpressure", **pressure}])
            self.assertEqual((ran.regs(rest)[1], ran.regs(peeked)[1:4]), (10, [0, 0, 0]))

    def test_edges_of_memory(self) -> None:
        """Reads are cut, an info block must fit, and a payload past the end is an affair of the profile [X2]."""
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, OPEN, "app:q")
            sent = bench.svc(5, SEND, 4, 0xFFFE, 8)
            bench.svc(5, RECV, 4, BUFFER, 64, 0, 0xFFED)
            self.assertEqual(bench.run(profile).regs(sent)[1], 2)
        bench = Bench()
        bench.svc(5, OPEN, "app:q")
        bench.svc(5, SEND, 4, b"abcd", 4)
        mark = bench.svc(5, RECV, 4, 0xFFFE, 64, 0, 0)
        self.assertEqual(bench.run("reference").raised["kind"], "memory_growth")
        self.assertEqual(bench.run("strict").regs(mark)[:2], [OK, 4])

    def test_payload_over_the_registers(self) -> None:
        """The window is memory: R5 changes, and R0 to R4 are written after it."""
        for profile, window in (("reference", 0x1000), ("strict", 0xFFC0)):
            bench = Bench()
            bench.svc(5, OPEN, "app:q")
            bench.svc(5, SEND, 4, b"abcdefgh" * 3, 24)
            mark = bench.svc(5, RECV, 4, window, 64, 0, 0)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark), [OK, 24, 0, 0, 1])
            self.assertEqual(ran.task(1)["regs"][5], int.from_bytes(b"efgh", "little"))


class FanOut(ExecutiveTest):
    def box_of_two_readers(self, mode: int) -> Bench:
        """Task 1 writes; task 2 and the host read, each through its handle 4 and 1."""
        bench = Bench(tasks=2)
        bench.svc(5, BIND, "app:f", 0, mode)
        for pid in (1, 2):
            bench.svc(5, OPEN, "app:f", pid=pid)
        bench.call("mailbox_open", target="app:f")
        return bench

    def test_every_reader_gets_it(self) -> None:
        for profile in BOTH:
            bench = self.box_of_two_readers(FANOUT)
            bench.svc(5, SEND, 4, b"hello", 5)
            marks = [bench.call("mailbox_recv", handle=1) for _ in range(2)]
            kept = bench.svc(5, PEEK, 4, pid=2)
            last = bench.svc(5, RECV, 4, BUFFER, 64, 0, 0, pid=2)
            gone = bench.svc(5, PEEK, 4, pid=2)
            ran = bench.run(profile)
            self.assertEqual([ran.ok(mark)["status"] for mark in marks], [OK, NO_DATA])
            self.assertEqual([ran.regs(mark)[1] for mark in (kept, gone)], [1, 0])
            self.assertEqual(ran.regs(last)[:2], [OK, 5])

    def test_drop(self) -> None:
        """Who misses a message is told in the flags of the next one, once."""
        for profile in BOTH:
            bench = self.box_of_two_readers(FANOUT)
            marks = [bench.svc(5, SEND, 4, BUFFER, 8, number, 0) for number in range(5)]
            received = [bench.call("mailbox_recv", handle=1) for _ in range(2)]
            ran = bench.run(profile)
            overrun = ran.events(marks[4])[0]
            self.assertEqual(
                (overrun["type"], overrun["dropped_seq"], overrun["queue_depth"]), ("mailbox_overrun", 0, 3)
            )
            self.assertEqual([ran.ok(mark)["flags"] for mark in received], [1 | 8, 2])

    def test_block(self) -> None:
        for profile in BOTH:
            bench = self.box_of_two_readers(BLOCKING)
            marks = [bench.svc(5, SEND, 4, BUFFER, 8) for _ in range(5)]
            ran = bench.run(profile)
            self.assertEqual(ran.regs(marks[4])[0], WOULD_BLOCK)
            self.assertEqual(ran.events(marks[4])[0]["policy"], "fanout_block")

    def test_readers_start_at_the_tail(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, BIND, "app:f", 0, FANOUT)
            bench.svc(5, OPEN, "app:f")
            bench.svc(5, SEND, 4, b"hello", 5)
            bench.call("mailbox_open", target="app:f")
            mark = bench.call("mailbox_recv", handle=1)
            ran = bench.run(profile)
            self.assertEqual(ran.ok(mark), {"status": NO_DATA})
            # The host is the only reader, and has nothing to read: the message goes with its attempt.
            self.assertEqual(ran.box("f")["queue"], [])

    def test_who_receives_is_a_reader(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, BIND, "app:f", 0, FANOUT)
            bench.svc(5, OPEN, "app:f")
            bench.svc(5, SEND, 4, b"hello", 5)
            bench.svc(5, RECV, 4, BUFFER, 64, 0, 0)
            again = bench.svc(5, SEND, 4, BUFFER, 0)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(again)[:2], [OK, 0])
            self.assertTrue(ran.state["handles"][-1]["sender"])
            self.assertEqual(ran.box("f")["queue"], [])

    def test_a_new_mode_starts_all_anew(self) -> None:
        for profile in BOTH:
            bench = self.box_of_two_readers(FANOUT)
            bench.svc(5, SEND, 4, b"hello", 5)
            bench.call("mailbox_bind", target="app:f", mode=FANOUT)
            box = bench.run(profile).box("f")
            self.assertEqual((box["queue"], box["head_seq"], box["next_seq"]), ([], 1, 1))


class Taps(ExecutiveTest):
    def tapped(self, mode: int = 3, **config: Any) -> Bench:
        """Task 1 writes through handle 4; the host taps through its handle 1."""
        bench = Bench(**config)
        bench.svc(5, BIND, "app:t", 0, mode)
        bench.svc(5, OPEN, "app:t")
        bench.call("mailbox_open", target="app:t")
        bench.call("mailbox_tap", handle=1)
        return bench

    def test_copies(self) -> None:
        for profile in BOTH:
            bench = self.tapped()
            bench.svc(5, SEND, 4, b"hi", 2, 5, 6)
            copy = bench.call("mailbox_recv", handle=1)
            own = bench.svc(5, RECV, 4, BUFFER, 64, 0, 0)
            ran = bench.run(profile)
            self.assertEqual(ran.ok(copy), {"status": 0, "flags": 5, "channel": 6, "src": 1, "data": "6869"})
            self.assertEqual(ran.regs(own)[:2], [OK, 2])

    def test_a_full_tap_drops_the_oldest(self) -> None:
        for profile in BOTH:
            bench = self.tapped()
            for number in range(3):
                bench.svc(5, SEND, 4, BUFFER, 24, number, 0)
                bench.svc(5, RECV, 4, BUFFER, 64, 0, 0)
            marks = [bench.call("mailbox_recv", handle=1) for _ in range(3)]
            ran = bench.run(profile)
            self.assertEqual([ran.ok(mark).get("flags") for mark in marks], [1 | 8, 2, None])

    def test_switch(self) -> None:
        """Twice on keeps the copies; off loses them. From a task bit 0 counts."""
        for profile in BOTH:
            for arguments, copies in (((1,), 1), ((3,), 1), ((2,), 0), ((0, 1), 0)):
                bench = Bench()
                bench.svc(5, OPEN, "app:t")
                bench.svc(5, TAP, 4, 1)
                bench.svc(5, SEND, 4, b"hi", 2)
                for argument in arguments:
                    bench.svc(5, TAP, 4, argument)
                taps = bench.run(profile).box("t")["taps"]
                self.assertEqual(sum(len(tap["queue"]) for tap in taps), copies)

    def test_rate(self) -> None:
        for profile in BOTH:
            bench = self.tapped(mailboxes={"tap_rate": 2})
            marks = []
            for ms in (0, 999, 0, 1):
                bench.call("advance", ms=ms)
                marks.append(bench.svc(5, SEND, 4, b"x", 1))
            ran = bench.run(profile)
            self.assertEqual(
                [ran.types(mark)[0] for mark in marks], ["mailbox_send"] * 2 + ["mailbox_backpressure", "mailbox_send"]
            )
            limit = {"descriptor": 5, "policy": "tap_rate_limit", "tap_pid": 0, "tap_handle": 1, "limit": 2}
            self.assertEqual(ran.events(marks[2])[0], {"type": "mailbox_backpressure", **limit})
            self.assertTrue(ran.state["handles"][0]["tap_overrun"])

    def test_a_tap_holds_nothing_back(self) -> None:
        """[E21]"""
        bench = self.tapped(FANOUT)
        bench.svc(5, SEND, 4, b"hi", 2)
        bench.svc(5, RECV, 4, BUFFER, 64, 0, 0)
        self.assertEqual(len(bench.run("reference").box("t")["queue"]), 1)
        self.assertEqual(len(bench.run("strict").box("t")["queue"]), 0)
