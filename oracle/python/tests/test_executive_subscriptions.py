"""Who is told of values, how they are kept, and what the host does to them (facts 4.3, 4.6)."""

from executive_support import BOTH, NOP, Bench, ExecutiveTest
from executive_values_support import (
    EINVAL,
    ENOENT,
    EPERM,
    HALF,
    HEAD,
    OK,
    ONE,
    PERSIST,
    REGISTER,
    SET,
    SUB,
    TWO,
    described,
    persist,
    unit,
)


class Subscribing(ExecutiveTest):
    def test_notices(self) -> None:
        """[E29] Two rounds after a SET of a task in the reference, one after that of the host and in strict."""
        bench, _ = described()
        handles = [bench.svc(7, SUB, 0x102, "app:ev") for _ in range(2)]
        bench.svc(7, SET, 0x102, ONE)
        long, short = "02010000003c", "0201003c"
        for profile, wanted in (("reference", [long, long, short, short]), ("strict", [long, long])):
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[:2] for mark in handles], [[OK, 4], [OK, 5]])
            self.assertEqual([message["data"] for message in ran.box("ev")["queue"]], wanted)
            self.assertEqual(ran.state["values"][0]["subscribers"], [[1, 4], [1, 5]])
        bench, _ = described()
        bench.svc(7, SUB, 0x102, "app:ev")
        bench.call("val_set", oid=0x102, f16=ONE)
        self.assertEqual(len(bench.run("reference").box("ev")["queue"]), 1)

    def test_a_change_too_small_is_told_by_the_reference(self) -> None:
        bench, _ = described(unit(b"", ONE))
        bench.svc(7, SUB, 0x102, "app:ev")
        bench.svc(7, SET, 0x102, HALF)
        self.assertEqual([message["data"] for message in bench.run("reference").box("ev")["queue"]], ["02010000"])
        self.assertEqual(bench.run("strict").box("ev")["queue"], [])

    def test_who_cannot_be_told_is_dropped(self) -> None:
        for profile in BOTH:
            bench, _ = described(mailboxes={"capacity": 14})
            bench.svc(7, SUB, 0x102, "app:ev")
            marks = [bench.svc(7, SET, 0x102, ONE) for _ in range(2)]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, OK])
            self.assertEqual(ran.types(marks[1]), ["value_changed", "mailbox_backpressure"])
            self.assertEqual(ran.state["values"][0]["subscribers"], [])
            self.assertEqual(len(ran.state["handles"]), 3)

    def test_failures(self) -> None:
        """[X8] The handle of a subscription to nothing stays open in the reference; its number is used up in both."""
        for profile, handles in (("reference", 4), ("strict", 3)):
            bench = Bench(mailboxes={"handles": 4})
            marks = [bench.svc(7, SUB, 0x999, target) for target in ("", "pid:zz", "app:ev")]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [EINVAL, EINVAL, ENOENT])
            self.assertEqual(len(ran.state["handles"]), handles)
            self.assertEqual(ran.state["next_handles"], [[1, 5]])

    def test_a_task_that_ends(self) -> None:
        """[E11, E35]"""
        bench = Bench(tasks=2)
        bench.svc(7, REGISTER, 1, 2, 0, 0)
        bench.svc(7, REGISTER, 1, 3, 0, 0, pid=2)
        bench.svc(7, SUB, 0x103, "app:ev")
        bench.svc(1, 0)
        self.assertEqual(len(bench.run("reference").state["values"]), 2)
        [value] = bench.run("strict").state["values"]
        self.assertEqual((value["oid"], value["subscribers"]), (0x103, []))


class Keeping(ExecutiveTest):
    def test_stored_and_read_back(self) -> None:
        for profile in BOTH:
            bench, _ = described(persist(0x77), flags=2, persisted=[[5, 1]])
            bench.svc(7, SET, 0x102, 0x4700)
            again = bench.svc(7, REGISTER, 1, 3, 2, HEAD)
            bench.svc(7, PERSIST, 0x102, 0)
            bench.svc(7, SET, 0x102, ONE)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(again)[0], OK)
            self.assertEqual(ran.state["persisted"], [[5, 1], [0x77, 0x4700]])
            self.assertEqual([value["f16"] for value in ran.state["values"]], [ONE, 0x4700])

    def test_modes(self) -> None:
        for profile in BOTH:
            bench, _ = described()
            marks = [
                bench.svc(7, PERSIST, oid, mode) for oid, mode in ((0x102, 3), (0x102, 0x102), (0x102, 1), (0x999, 1))
            ]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [EINVAL, OK, OK, ENOENT])
            [value] = ran.state["values"]
            self.assertEqual((value["flags"], value["key"], value["desc_head"]), (2, 0, 0))
            bench = Bench(tasks=2)
            bench.svc(7, REGISTER, 1, 2, 0, 0)
            mark = bench.svc(7, PERSIST, 0x102, 1, pid=2)
            self.assertEqual(bench.run(profile).regs(mark)[0], EPERM)

    def test_no_key(self) -> None:
        """[E32]"""
        for profile, stored in (("reference", [[0xFFFF, ONE]]), ("strict", [])):
            bench, _ = described(persist(0xFFFF), flags=2)
            bench.svc(7, SET, 0x102, ONE)
            self.assertEqual(bench.run(profile).state["persisted"], stored)


class Host(ExecutiveTest):
    def test_calls(self) -> None:
        for profile in BOTH:
            bench = Bench()
            for id_ in (3, 2):
                bench.svc(7, REGISTER, 1, id_, 0, 0)
            bench.svc(7, REGISTER, 2, 1, 1, 0)
            none = bench.call("val_get", oid=9)
            marks = [bench.call("val_set", oid=0x102, f16=0xFE01, pid=9), bench.call("val_get", oid=0x102)]
            refused = bench.call("val_set", oid=0x201, f16=0)
            lists = [bench.call("val_list", **which) for which in ({}, {"group": 1}, {"pid": 9})]
            ran = bench.run(profile)
            self.assertEqual(ran.ok(none), {"status": ENOENT})
            self.assertEqual([ran.ok(mark) for mark in marks], [{"status": 0, "f16": 0xFE00}] * 2)
            self.assertEqual(ran.ok(refused), {"status": EPERM})
            self.assertEqual([ran.ok(mark) for mark in lists], [[0x102, 0x103, 0x201], [0x102, 0x103], []])

    def test_a_change_by_the_host(self) -> None:
        """[X1] Strict tells it at once, the reference in the next turn."""
        bench = Bench()
        bench.svc(7, REGISTER, 1, 2, 0, 0)
        bench.call("val_set", oid=0x102, f16=TWO)
        mark = bench.call("val_set", oid=0x102, f16=ONE)
        turn = bench.call("step", n=1)
        reference, strict = bench.run("reference", rest=NOP), bench.run("strict", rest=NOP)
        self.assertEqual((len(reference.events(mark)), len(reference.events(turn))), (0, 2))
        self.assertEqual((len(strict.events(mark)), len(strict.events(turn))), (1, 0))
        self.assertEqual(strict.events(mark)[0]["caller_pid"], 1)
