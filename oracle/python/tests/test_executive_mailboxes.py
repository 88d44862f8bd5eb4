"""Mailboxes: names, boxes and handles, and the host's calls (facts 3.1 to 3.3, 3.8)."""

from executive_support import BIND, BOTH, CLOSE, OPEN, PEEK, RECV, SEND, TAP, Bench, ExecutiveTest

OK, WOULD_BLOCK, BAD_HANDLE, NO_DATA, TOO_LARGE, NO_ROOM, BAD = 0, 1, 2, 3, 4, 5, 0xFF
FANOUT, BLOCKING = 0x0B, 0x2B
BUFFER = 0x3000


class Names(ExecutiveTest):
    def test_grammar(self) -> None:
        names = {
            "q": (1, "q", "1"),
            "svc:q@7": (1, "q", "7"),
            "svc:q@": (1, "q", "1"),
            "hal:uart:0": (1, "hal:uart:0", "1"),
            "APP:q": (1, "APP:q", "1"),
            "@3": (1, "", "3"),
            "app:q": (2, "q", None),
            "app:q@7": (2, "q", "7"),
            "app:": (2, "", None),
            "shared:q@7": (3, "q", None),
            "pid:": (0, "pid:1", "1"),
            "pid: +1_0 ": (0, "pid:10", "10"),
            "pid:-03": (0, "pid:-3", "-3"),
            "app:" + "n" * 40: (2, "n" * 28, None),
        }
        for profile in BOTH:
            for target, wanted in names.items():
                bench = Bench()
                mark = bench.svc(5, OPEN, target)
                ran = bench.run(profile)
                number = ran.state["handles"][-1]["descriptor"]
                box = next(box for box in ran.state["mailboxes"] if box["id"] == number)
                self.assertEqual(ran.regs(mark)[:2], [OK, 4])
                self.assertEqual((box["namespace"], box["name"], box["owner"]), wanted)

    def test_bad_pids(self) -> None:
        """[E23] The host is told in both profiles."""
        for target in ("pid:abc", "pid:0x1", "svc:x@q", "x@1@2", "shared:f@?", "pid:1__0", "pid:_1", "pid:+ 1"):
            for function in (OPEN, BIND):
                bench = Bench()
                host = bench.call("mailbox_open", target=target)
                mark = bench.svc(5, function, target)
                reference, strict = bench.run("reference"), bench.run("strict")
                self.assertEqual(reference.raised["kind"], "bad_target")
                self.assertEqual(strict.regs(mark)[0], BAD)
                self.assertEqual(
                    strict.events(mark), [{"type": "mailbox_error", "pid": 1, "fn": function, "status": BAD}]
                )
                self.assertEqual(strict.result(host)["error"], "EINVAL")

    def test_empty(self) -> None:
        for profile in BOTH:
            for target in (b"\0", b"\xff\xfe\0"):
                bench = Bench()
                mark = bench.svc(5, OPEN, target)
                ran = bench.run(profile)
                self.assertEqual(ran.regs(mark)[0], BAD)
                self.assertEqual(ran.types(mark), ["mailbox_error"])

    def test_ascii(self) -> None:
        """[E22]"""
        for target in ("app:é", "a" * 40 + "é"):
            bench = Bench()
            mark = bench.svc(5, OPEN, target)
            self.assertEqual(bench.run("reference").regs(mark)[0], OK)
            self.assertEqual(bench.run("strict").regs(mark)[0], BAD)


class Boxes(ExecutiveTest):
    def test_bind_tells_the_id(self) -> None:
        """[E12]"""
        for profile in BOTH:
            bench = Bench()
            marks = [bench.svc(5, BIND, "app:b", capacity, 0) for capacity in (0, 16, 0)]
            host = bench.call("mailbox_bind", target="app:b", mode=FANOUT)
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[:2] for mark in marks], [[OK, 5]] * 3)
            self.assertEqual(ran.ok(host), {"descriptor": 5, "capacity": 16, "mode": FANOUT})

    def test_a_smaller_box_drops_the_oldest(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(5, OPEN, "app:b")
            for _ in range(4):
                bench.svc(5, SEND, 4, BUFFER, 8)
            bench.svc(5, BIND, "app:b", 40, 0)
            box = bench.run(profile).box("b")
            self.assertEqual(
                ([message["seq"] for message in box["queue"]], box["head_seq"], box["next_seq"]), ([2, 3], 2, 4)
            )

    def test_limits(self) -> None:
        """A box that was made for a handle that there is no room for stays."""
        for profile in BOTH:
            bench = Bench(mailboxes={"descriptors": 5, "handles": 4})
            marks = [bench.svc(5, OPEN, target) for target in ("app:a", "app:b", "app:a")]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, NO_ROOM, NO_ROOM])
            full = {"reason": "descriptor_pool_full", "namespace": 2, "name": "b", "owner": None, "max_descriptors": 5}
            self.assertEqual(ran.events(marks[1])[0], {"type": "mailbox_exhausted", **full})
            limit = {"reason": "handle_limit", "pid": 1, "handle_limit": 4, "handles": 4}
            self.assertEqual(ran.events(marks[2])[0], {"type": "mailbox_exhausted", **limit})
            self.assertEqual(ran.types(marks[2])[1:], ["mailbox_error"])

    def test_numbers_are_not_used_again(self) -> None:
        for profile in BOTH:
            bench = Bench()
            marks = [
                bench.svc(5, OPEN, "app:q"),
                bench.svc(5, CLOSE, 4),
                bench.svc(5, CLOSE, 4),
                bench.svc(5, OPEN, "app:q"),
            ]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, OK, BAD_HANDLE, OK])
            self.assertEqual(ran.regs(marks[3])[1], 5)

    def test_no_such_handle(self) -> None:
        """Only R0 changes, and the step is told."""
        for profile in BOTH:
            bench = Bench()
            marks = {fn: bench.svc(5, fn, 99, 1, 2, 3) for fn in (SEND, RECV, PEEK, TAP, CLOSE)}
            other = bench.svc(5, 7, 1)
            ran = bench.run(profile)
            for function, mark in marks.items():
                self.assertEqual(ran.regs(mark), [BAD_HANDLE, 99, 1, 2, 3])
                error = {"type": "mailbox_error", "pid": 1, "fn": function, "status": BAD_HANDLE}
                self.assertEqual(ran.events(mark), [error])
            self.assertEqual((ran.regs(other)[0], ran.events(other)), (BAD, []))

    def test_standard_streams(self) -> None:
        for profile in BOTH:
            bench = Bench()
            mark = bench.call("mailbox_stdio", stream="out", mode=FANOUT)
            kept = bench.call("mailbox_stdio", stream="in", mode=0, update=False)
            ran = bench.run(profile)
            self.assertEqual((ran.ok(mark), ran.ok(kept)), ({"updated": [2]}, {"updated": []}))
            self.assertEqual([box["mode"] for box in ran.state["mailboxes"]], [3, FANOUT, 3, 3])
            self.assertEqual(ran.state["stdio_modes"], [0, FANOUT, 3])

    def test_boxes_that_are_left(self) -> None:
        """[E11] A box goes when its creator is gone, nobody lives who owns it, and nobody has it open."""
        bench = Bench(tasks=2)
        for pid in (1, 2):
            bench.svc(5, OPEN, "app:both", pid=pid)
        bench.svc(5, BIND, "app:mine", 0, 0)
        bench.svc(5, BIND, "svc:yours@2", 0, 0)
        bench.call("kill", pid=1)
        names = {box["name"] for box in bench.run("strict").state["mailboxes"]}
        self.assertEqual(names, {"both", "yours", "stdio.in", "stdio.out", "stdio.err", "pid:2"})
        bench.svc(5, CLOSE, 4, pid=2)
        names = {box["name"] for box in bench.run("strict").state["mailboxes"]}
        self.assertEqual(names, {"yours", "stdio.in", "stdio.out", "stdio.err", "pid:2"})
        self.assertEqual(len(bench.run("reference").state["mailboxes"]), 11)


class Host(ExecutiveTest):
    def test_errors(self) -> None:
        for profile in BOTH:
            bench = Bench(mailboxes={"descriptors": 5, "handles": 3})
            marks = {
                bench.call("mailbox_open", target=""): "EINVAL",
                bench.call("mailbox_send", data=""): "EINVAL",
                bench.call("mailbox_send", data="", handle=0, target=""): "EINVAL",
                bench.call("mailbox_close", handle=1): "EBADF",
                bench.call("mailbox_recv", handle=1, pid=9): "EBADF",
                bench.call("mailbox_peek", handle=0): "EBADF",
                bench.call("mailbox_tap", handle=1, enable=False): "EBADF",
                bench.call("mailbox_send", data="", handle=7): "EBADF",
                bench.call("mailbox_send", data="00" * 57, handle=1, pid=1): "EMSGSIZE",
                bench.call("mailbox_open", target="app:q", pid=1): "ENOHANDLE",
                bench.call("mailbox_bind", target="app:r"): "ENODESC",
            }
            ran = bench.run(profile)
            self.assertEqual([ran.result(mark)["error"] for mark in marks], [*marks.values()])

    def test_send_by_target(self) -> None:
        """The handle is closed again, but its number is used up; a message too large for the box uses up two."""
        for profile in BOTH:
            bench = Bench()
            bench.call("mailbox_send", target="app:q", data="0102", flags=0x1_2345, channel=0x2_3456)
            bench.call("mailbox_send", target="app:q", data="00" * 57)
            bench.call("mailbox_send", handle=99, target="app:q", data="03")
            ran = bench.run(profile)
            self.assertEqual(ran.state["next_handles"], [[0, 5], [1, 4]])
            self.assertEqual([handle["pid"] for handle in ran.state["handles"]], [1, 1, 1])
            wanted = {"data": "0102", "flags": 0x1_2345, "channel": 0x2_3456, "src": 0, "seq": 0}
            self.assertEqual(ran.box("q")["queue"][0], wanted)

    def test_peek(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.call("mailbox_bind", target="app:f", mode=FANOUT)
            for pid in (0, 1):
                bench.call("mailbox_open", target="app:f", pid=pid)
            bench.call("mailbox_send", handle=1, data="0102")
            mark = bench.call("mailbox_peek", handle=4, pid=1)
            sizes = {"depth": 1, "bytes_used": 10, "capacity": 64, "next_len": 2}
            self.assertEqual(bench.run(profile).ok(mark), {**sizes, "head_seq": 0, "next_seq": 0, "mode": FANOUT})

    def test_receive_is_cut(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.call("mailbox_open", target="app:q")
            bench.call("mailbox_send", handle=1, data="010203")
            mark = bench.call("mailbox_recv", handle=1, max=1)
            ran = bench.run(profile)
            self.assertEqual(ran.ok(mark)["data"], "01")
            self.assertEqual(ran.box("q")["queue"], [])
