"""The file system and the standard streams as files (facts 2.3, 5)."""

from executive_support import BOTH, Bench, ExecutiveTest

from executive_model import Unsupported

BAD_PATH, FAILED = 0xFFFF_FFEA, 0xFFFF_FFFF
OPEN, READ, WRITE, CLOSE, LIST, DELETE, RENAME, MKDIR = 0, 1, 2, 3, 10, 11, 12, 13


class Files(ExecutiveTest):
    def test_life_of_a_file(self) -> None:
        for profile in BOTH:
            bench = Bench()
            steps = [
                (bench.svc(4, OPEN, "a.txt"), 3),
                (bench.svc(4, OPEN, "a.txt"), 4),
                (bench.svc(4, WRITE, 3, b"hello", 5), 5),
                (bench.svc(4, READ, 4, 0x3000, 20), 5),
                (bench.svc(4, READ, 4, 0x3000, 20), 0),
                (bench.svc(4, WRITE, 4, 0xFFFE, 8), 2),
                (bench.svc(4, WRITE, 3, b"LO", 2), 2),
                (bench.svc(4, CLOSE, 3), 0),
                (bench.svc(4, CLOSE, 3), FAILED),
                (bench.svc(4, CLOSE, 1), FAILED),
                (bench.svc(4, READ, 3, 0x3000, 5), 0),
                (bench.svc(4, WRITE, 9, 0x3000, 5), 0),
                (bench.svc(4, DELETE, "/hello.txt"), 0),
                (bench.svc(4, DELETE, "/hello.txt"), FAILED),
                (bench.svc(4, MKDIR, "x"), 0),
                (bench.svc(4, 9), FAILED),
            ]
            memory = bench.call("peek", pid=1, address=0x3000, length=5)
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark, _ in steps], [wanted for _, wanted in steps])
            self.assertEqual(ran.memory(memory), b"hello".hex())
            self.assertEqual(ran.state["files"], [["a.txt", b"helloLO".hex()]])
            descriptor = [4, "a.txt", 7]
            self.assertEqual(ran.state["fds"], [descriptor if profile == "reference" else [1, *descriptor]])
            self.assertEqual(ran.state["next_fd"], 5 if profile == "reference" else [[1, 5]])

    def test_paths(self) -> None:
        """[paths]"""
        good = ("a//b", "./q", ".", " x", "a\\b", "b..", "...", " ", "\t")
        bad = ("", "/a", " /a", "\\a", "..", "a/../b", "a\\..", "c:d", "\u2003/a")
        for profile in BOTH:
            bench = Bench()
            marks = [bench.svc(4, OPEN, path) for path in (*good, *bad)]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [*range(3, 3 + len(good)), *[BAD_PATH] * len(bad)])
            self.assertEqual({name for name, _ in ran.state["files"]}, {"/hello.txt", *good})

    def test_listing(self) -> None:
        """By code point; cut to the room there is."""
        for profile in BOTH:
            bench = Bench()
            for name in ("b", "é", "B"):
                bench.svc(4, OPEN, name)
            mark = bench.svc(4, LIST, 0, 0x3000, 17)
            memory = bench.call("peek", pid=1, address=0x3000, length=18)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[0], 17)
            self.assertEqual(ran.memory(memory), "/hello.txt\nB\nb\né".encode()[:17].hex() + "00")

    def test_rename(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.svc(4, OPEN, "a")
            marks = [
                bench.svc(4, RENAME, old, new)
                for old, new in (("a", "a"), ("x", "y"), ("a", "/hello.txt"), ("a", "c:"))
            ]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [FAILED, FAILED, FAILED, 0])
            self.assertEqual([name for name, _ in ran.state["files"]], ["/hello.txt", "c:"])

    def test_stale_descriptors(self) -> None:
        """[X7]"""
        for spoil in ((DELETE, "a"), (RENAME, "a", "b")):
            for function in (READ, WRITE):
                bench = Bench()
                bench.svc(4, OPEN, "a")
                bench.svc(4, WRITE, 3, b"hello", 5)
                bench.svc(4, OPEN, "a")
                bench.svc(4, *spoil)
                mark = bench.svc(4, function, 4, 0x3000, 5)
                self.assertEqual(bench.run("reference").raised["kind"], "stale_fd")
                self.assertEqual(bench.run("strict").regs(mark)[0], 0 if spoil[0] == DELETE else 5)

    def test_a_file_made_anew_is_open_again(self) -> None:
        """A descriptor leads to a name; a read beyond the end moves back to it."""
        for profile in BOTH:
            bench = Bench()
            bench.svc(4, OPEN, "a")
            bench.svc(4, WRITE, 3, b"hello", 5)
            bench.svc(4, DELETE, "a")
            bench.svc(4, OPEN, "a")
            mark = bench.svc(4, READ, 3, 0x3000, 5)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[0], 0)
            self.assertEqual(ran.state["fds"][0][-2:], ["a", 0])

    def test_past_the_end_of_memory(self) -> None:
        """[X2]"""
        for function, arguments in ((READ, (3, 0xFFFE, 5)), (LIST, (0, 0xFFFE, 5))):
            bench = Bench()
            bench.svc(4, OPEN, "a")
            bench.svc(4, WRITE, 3, b"hello", 5)
            bench.svc(4, OPEN, "a")
            mark = bench.svc(4, function, *((4, *arguments[1:]) if function == READ else arguments))
            self.assertEqual(bench.run("reference").raised["kind"], "memory_growth")
            self.assertEqual(bench.run("strict").regs(mark)[0], 5)

    def test_whose_descriptors(self) -> None:
        """[E39]"""
        bench = Bench(tasks=2)
        marks = [bench.svc(4, OPEN, "a", pid=pid) for pid in (1, 2)]
        bench.svc(1, 0, pid=1)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual([reference.regs(mark)[0] for mark in marks], [3, 4])
        self.assertEqual([strict.regs(mark)[0] for mark in marks], [3, 3])
        self.assertEqual(strict.state["fds"], [[2, 3, "a", 0]])

    def test_when_the_file_system_is_new(self) -> None:
        """[X4]"""
        for end in ("pause", "kill"):
            bench = Bench(tasks=2)
            bench.svc(4, OPEN, "a")
            bench.call(end, pid=1)
            self.assertEqual(len(bench.run("reference").state["files"]), 1)
            self.assertEqual(len(bench.run("strict").state["files"]), 2)

    def test_too_large_for_a_machine(self) -> None:
        bench = Bench()
        bench.svc(4, OPEN, "a")
        for _ in range(17):
            bench.svc(4, WRITE, 3, 0, 0xFFFF)
        with self.assertRaises(Unsupported):
            bench.run("strict")


class Streams(ExecutiveTest):
    def test_a_write_is_a_message(self) -> None:
        """A message too large, a full box and a closed handle take nothing, and say no more."""
        for profile in BOTH:
            bench = Bench()
            out = bench.svc(4, WRITE, 1, b"hello", 5)
            too_large = bench.svc(4, WRITE, 2, 0x3000, 57)
            fills = bench.svc(4, WRITE, 2, 0x3000, 56)
            full = bench.svc(4, WRITE, 2, 0x3000, 1)
            into = bench.svc(4, WRITE, 0, b"abc", 3)
            nothing = bench.svc(4, WRITE, 1, 0x3000, 0)
            bench.svc(5, 6, 2)
            closed = bench.svc(4, WRITE, 1, b"hello", 5)
            ran = bench.run(profile)
            marks = (out, too_large, fills, full, into, nothing, closed)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [5, 0, 56, 0, 3, 0, 0])
            wanted = {"type": "mailbox_send", "pid": 1, "descriptor": 2, "handle": 2, "length": 5, "flags": 1}
            self.assertEqual(ran.events(out), [{**wanted, "channel": 0, "src_pid": 1}])
            self.assertEqual(
                [ran.types(mark) for mark in (too_large, full, closed)], [[], ["mailbox_backpressure"], []]
            )
            self.assertEqual([ran.box(f"stdio.{name}")["bytes_used"] for name in ("in", "out", "err")], [11, 13, 64])

    def test_who_waits_is_woken(self) -> None:
        """[E13]"""
        bench = Bench(tasks=2)
        bench.svc(5, 0, "svc:stdio.out@2")
        bench.svc(5, 3, 4, 0x3000, 64, 0xFFFF, 0)
        mark = bench.svc(4, WRITE, 1, b"hello", 5, pid=2)
        self.assertEqual(bench.run("reference").types(mark), ["mailbox_send"])
        self.assertEqual(bench.run("strict").types(mark), ["mailbox_send", "mailbox_wake"])
