"""Loading: names, memory, metadata, standard streams, and failures (facts 1.9, 4.4)."""

import json
import struct
from typing import Any

from executive_support import BOTH, NOP, RET, ExecutiveTest, call, command_record, load, section_image, step
from hxe_support import build

ONE = 0x3C00


def with_values(*values: tuple[int, int, int, int], key: int = 0, texts: bytes = b"", **fields: object) -> str:
    """Values by group, id, flags and bits; all with the same key, and the name and group name at these offsets."""
    name = 20 * len(values) if texts else 0
    records = b"".join(
        struct.pack(">BBBBHHHHHHHH", group, id_, flags, 0, bits, name, 0, 0, 0, 0, key, name)
        for group, id_, flags, bits in values
    )
    return section_image([RET], (1, len(values), records + texts), **fields)


def with_mailboxes(*mailboxes: dict[str, object]) -> str:
    return section_image([RET], (3, 0, json.dumps(mailboxes).encode()))


class Names(ExecutiveTest):
    def test_given(self) -> None:
        for profile in BOTH:
            for name, wanted in ((b"", "<stream:1>"), (b" app ", "app"), (b"x" * 32, "x" * 31)):
                ran = self.script(profile, call("load", image=section_image([RET], app_name=name)))
                self.assertEqual(ran.ok(0), {"pid": 1, "name": wanted})
                self.assertEqual(ran.task(1)["base"], wanted)

    def test_several(self) -> None:
        for profile in BOTH:
            for name, wanted in (
                (b"app", ["app", "app_#0", "app_#1"]),
                (b"y" * 31, ["y" * 31, "y" * 28 + "_#0", "y" * 28 + "_#1"]),
            ):
                one = call("load", image=section_image([RET], app_name=name))
                ran = self.script(
                    profile, one, one, one, call("load", image=section_image([RET], app_name=name, flags=0))
                )
                self.assertEqual([ran.ok(number)["name"] for number in range(3)], wanted)
                self.assertEqual(ran.result(3)["error"], "EEXIST")
                self.assertEqual(ran.state["next_pid"], 5)

    def test_free_again(self) -> None:
        for profile in BOTH:
            only = call("load", image=section_image([RET], app_name=b"app", flags=0))
            ran = self.script(profile, only, call("kill", pid=1), only)
            self.assertEqual(ran.ok(2), {"pid": 2, "name": "app"})


class Memory(ExecutiveTest):
    def test_start(self) -> None:
        code, rodata = struct.pack(">II", NOP, RET), b"read only"
        for profile, window, stack in (("reference", 0x1000, [0xEFFC, 0xFFFC]), ("strict", 0xFFC0, [0xEFC0, 0xFFC0])):
            data = build(code, rodata.ljust(12, b"\0"), version=1, entry=4)
            task = self.script(profile, call("load", image=data.hex())).task(1)
            self.assertEqual(
                (task["pc"], task["sp"], task["psw"], task["depth"], task["steps"]), (4, stack[1], 0, 0, 0)
            )
            self.assertEqual((task["reg_base"], task["stack"], task["regs"]), (window, stack, [0] * 16))
            self.assertEqual(task["mem"][0][0], 0x4000)
            self.assertEqual((task["priority"], task["quantum"], task["stdio"], task["fault"]), (10, 1, True, None))

    def test_layouts(self) -> None:
        """[layouts] What a killed task had is given to the next."""
        one = load([RET])
        ran = self.script("reference", one, one, one, call("kill", pid=2), one)
        self.assertEqual(
            [(task["reg_base"], task["stack"][1]) for task in ran.state["tasks"]],
            [(0x1000, 0xFFFC), (0x1080, 0xDFFC), (0x1040, 0xEFFC)],
        )
        ran = self.script("strict", one, one)
        self.assertEqual(
            {(task["reg_base"], *task["stack"]) for task in ran.state["tasks"]}, {(0xFFC0, 0xEFC0, 0xFFC0)}
        )

    def test_how_many(self) -> None:
        """[lost-window]"""
        one = load([RET])
        ran = self.script("reference", *[one] * 15, call("kill", pid=1), one, one)
        self.assertEqual((ran.ok(13)["pid"], ran.result(14)["error"], ran.ok(16)["pid"]), (14, "ENOSPC", 16))
        self.assertEqual(ran.result(17)["error"], "ENOSPC")
        ran = self.script("strict", one, one, one, call("kill", pid=1), one, tasks=2)
        self.assertEqual((ran.result(2)["error"], ran.ok(4)["pid"]), ("ENOSPC", 4))

    def test_how_large(self) -> None:
        """[E2]"""
        for profile, error in (("reference", None), ("strict", "ENOSPC")):
            largest = 0xEFC0 - 0x4000
            fits, not_quite = (load([RET], bss_size=size) for size in (largest, largest + 1))
            ran = self.script(profile, fits, not_quite)
            self.assertEqual((ran.result(0).get("error"), ran.result(1).get("error")), (None, error))

    def test_rodata_is_cut(self) -> None:
        """At the stack, and at the window if that lies in it."""
        data = build(struct.pack(">I", RET), b"\xff" * 0xC000, version=1)
        task = self.script("reference", call("load", image=data.hex())).task(1)
        self.assertEqual([(at, len(run) // 2) for at, run in task["mem"]], [(0x4000, 0xAFFC), (0xFFFC, 4)])


class Metadata(ExecutiveTest):
    def test_values(self) -> None:
        for profile in BOTH:
            data = with_values((1, 2, 1, ONE), (1, 3, 0, 0xFE01), texts=b"nm\0")
            ran = self.script(profile, call("load", image=data), step(1))
            if profile == "reference":
                first, second = ran.state["values"]
                self.assertEqual(
                    (first["f16"], first["flags"], first["name"], first["group_name"]), (ONE, 1, "nm", "nm")
                )
                self.assertEqual((second["f16"], second["changed"]), (0x7E00, 0))
                self.assertEqual(ran.events(1), [])  # of the first image they are lost
            else:
                self.assertEqual([event["oid"] for event in ran.events(0)], [0x102, 0x103])

    def test_stored(self) -> None:
        """[E31, E32]"""
        for key, reference, strict in ((7, ONE, 0x4000), (0xFFFF, ONE, ONE)):
            data = with_values((1, 2, 0, ONE), key=key)
            for profile, wanted in (("reference", reference), ("strict", strict)):
                ran = self.script(profile, call("load", image=data), persisted=[[key, 0x4000]])
                [value] = ran.state["values"]
                self.assertEqual(value["f16"], wanted)
                kept = key == 7 or profile == "reference"
                self.assertEqual((value["flags"], value["key"]), (2, key) if kept else (0, 0))

    def test_events_of_a_second_image_come_twice(self) -> None:
        """[events-twice]"""
        bench_words = load([NOP, NOP, RET])
        data = with_values((1, 2, 0, ONE))
        calls = (bench_words, call("val_set", oid=0x102, f16=0), call("load", image=data), step(1), step(1), step(1))
        ran = self.script("reference", *calls)
        self.assertEqual([ran.types(number) for number in (3, 4, 5)], [["value_registered"], [], []])

    def test_mailboxes(self) -> None:
        """[skipped-mailbox]"""
        boxes = with_mailboxes(
            {"target": " app:a ", "capacity": 16, "mode": "RW|FANOUT"},
            {"target": "b", "owner_pid": 9},
            {"target": "app:c"},
        )
        for profile in BOTH:
            ran = self.script(profile, call("load", image=boxes), mailboxes={"descriptors": 6})
            self.assertEqual((ran.box("a")["capacity"], ran.box("a")["mode"]), (16, 11))
            self.assertEqual((ran.box("b")["owner"], ran.box("b")["mode"]), ("9", 3))
            self.assertEqual(len(ran.state["mailboxes"]), 6)
            self.assertEqual(ran.task(1)["state"], "running" if profile == "reference" else "ready")

    def test_shared_group(self) -> None:
        """[E52]"""
        value, command = struct.pack(">BBBB8H", 0xF0, 1, 0, 0, *[0] * 8), b"\xf0" + command_record(0)[1:]
        data = section_image([NOP, RET], (1, 1, value), (2, 1, command))
        one = call("load", image=data)
        self.assertEqual(self.script("reference", one, one).result(1)["error"], "EEXIST")
        strict = self.script("strict", one, one)
        self.assertEqual(strict.ok(1)["pid"], 2)
        self.assertEqual([value["owner"] for value in strict.state["values"] + strict.state["commands"]], [1, 1])


class Failures(ExecutiveTest):
    def test_order(self) -> None:
        bad = call("load", image="00" * 40)
        for profile in BOTH:
            ran = self.script(profile, bad, call("load", image=""), load([RET]))
            self.assertEqual([ran.result(0)["error"], ran.result(1)["error"]], ["EBADMSG"] * 2)
            self.assertEqual(ran.ok(2)["pid"], 3)

    def test_a_value_that_exists(self) -> None:
        """[E11] In the reference the values before it and its memory stay; in strict only the PID is used up."""
        first, second = with_values((1, 2, 0, 0)), with_values((1, 3, 0, 0), (1, 2, 0, 0))
        for profile, oids, window in (("reference", [0x102, 0x103], 0x1080), ("strict", [0x102], 0xFFC0)):
            ran = self.script(profile, call("load", image=first), call("load", image=second), load([RET]))
            self.assertEqual(ran.result(1)["error"], "EEXIST")
            self.assertEqual([value["oid"] for value in ran.state["values"]], oids)
            self.assertEqual((ran.ok(2)["pid"], ran.task(3)["reg_base"]), (3, window))

    def test_mailboxes(self) -> None:
        """A task without streams is left behind in the reference, and will have its turns."""
        cases: tuple[tuple[dict[str, int], dict[str, Any], str], ...] = (
            ({"descriptors": 7}, load([NOP]), "ENODESC"),
            ({"handles": 2}, load([NOP]), "ENOHANDLE"),
            ({}, call("load", image=with_mailboxes({"target": "pid:zz"})), "EINVAL"),
        )
        for quotas, second, error in cases:
            for profile in BOTH:
                ran = self.script(profile, load([NOP]), second, mailboxes=quotas)
                failed = 0 if error == "ENOHANDLE" else 1
                self.assertEqual(ran.result(failed)["error"], error)
                if profile == "reference":
                    task = ran.state["tasks"][failed]
                    self.assertEqual((task["state"], task["stdio"]), ("running", False))
                else:
                    self.assertEqual(len(ran.state["tasks"]), failed)
                    self.assertTrue(all(box["owner"] == "1" for box in ran.state["mailboxes"]))

    def test_who_is_active(self) -> None:
        """In the reference the new task, in strict the one that was."""
        for profile, active in (("reference", 2), ("strict", 1)):
            ran = self.script(profile, load([NOP]), load([NOP]))
            self.assertEqual(ran.state["current"], active)
