"""Commands, and handlers of the host (facts 4.5, 4.7)."""

import struct
from typing import Any

from executive_support import BOTH, Bench, ExecutiveTest, chain, command_record

REGISTER, LOOKUP, CALL, ASYNC, HELP = range(5)
OK, ENOENT, EPERM, ENOSPC, EINVAL, EEXIST, ENOASYNC, EFAIL = range(8)
PIN, ASYNCHRONOUS = 1, 2
HEAD, TEXTS = 0x3000, 0x3800
BUFFER = 0x4000


def described(*texts: tuple[str, str], flags: int = 0, **config: Any) -> tuple[Bench, int]:
    """A bench whose task has registered 1:1 with a record for each pair of name and help."""
    bench = Bench(**config)
    records, data = [], b""
    for name, help_text in texts:
        places = []
        for text in (name, help_text):
            places.append(TEXTS + len(data))
            data += text.encode() + b"\0"
        records.append(struct.pack("<BBHH", 0x10, 0, *places))
    bench.call("poke", pid=1, address=TEXTS, bytes=data.hex())
    bench.call("poke", pid=1, address=HEAD, bytes=chain(HEAD, *records).hex())
    return bench, bench.svc(8, REGISTER, 1, 1, flags, HEAD if texts else 0)


class Registering(ExecutiveTest):
    def test_register(self) -> None:
        for profile in BOTH:
            bench, mark = described(("reset", "Reset it"), ("", "again"), flags=3)
            again = bench.svc(8, REGISTER, 1, 1, 0, 0)
            found = [bench.svc(8, LOOKUP, 1, id_) for id_ in (1, 2)]
            value_chain = bench.svc(8, REGISTER, 1, 2, 0, b"\2\0\xff\xff\0\0")
            other = bench.svc(8, 5)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[:2], [OK, 0x101])
            event = {"pid": 1, "oid": 0x101, "flags": 3, "auth_level": 0, "desc_head": 8}
            self.assertEqual(ran.events(mark), [{"type": "cmd_registered", **event}])
            self.assertEqual(
                [ran.regs(each)[0] for each in (again, *found, value_chain, other)],
                [EEXIST, OK, ENOENT, EINVAL, EINVAL],
            )
            [command] = ran.state["commands"]
            self.assertEqual((command["name"], command["help"], command["handler"]), ("reset", "again", 0))
            self.assertEqual(ran.state["strings"], len("reset.Reset it..again."))

    def test_help(self) -> None:
        """Of the first record, and as much as there is room for, with its NUL."""
        for profile in BOTH:
            bench, _ = described(("reset", "Reset it"), ("x", "other"))
            cases = ((32, BUFFER, 8), (4, BUFFER, 3), (1, BUFFER, 0), (0, BUFFER, 0), (9, 0xFFFC, 3), (9, 0xFFFF, 0))
            marks = []
            for most, at, _length in cases:
                bench.call("poke", pid=1, address=BUFFER, bytes="ff" * 10)
                marks.append(
                    (bench.svc(8, HELP, 0x101, at, most), bench.call("peek", pid=1, address=BUFFER, length=10))
                )
            missing = bench.svc(8, HELP, 0x999, BUFFER, 9)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(missing)[0], ENOENT)
            for (mark, memory), (most, at, length) in zip(marks, cases, strict=True):
                self.assertEqual(ran.regs(mark)[:2], [OK, length])
                written = b"Reset it"[:length] + b"\0" if most and at == BUFFER else b""
                self.assertEqual(bytes.fromhex(ran.memory(memory)), written.ljust(10, b"\xff"))
            bench, _ = described()
            mark = bench.svc(8, HELP, 0x101, BUFFER, 9)
            self.assertEqual(bench.run(profile).regs(mark)[0], ENOENT)


class Calling(ExecutiveTest):
    def test_nothing_to_run(self) -> None:
        """R1 is kept if there is no result."""
        for profile in BOTH:
            bench, _ = described()
            mark = bench.svc(8, CALL, 0x1_0101, 0)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[:2], [OK, 0x1_0101])
            command = {"pid": 1, "oid": 0x101, "owner_pid": 1, "flags": 0, "auth_level": 0}
            completed = {"type": "cmd_completed", **command, "status": OK, "result": None}
            self.assertEqual(ran.events(mark), [{"type": "cmd_invoked", **command}, completed])

    def test_who_may(self) -> None:
        opened: dict[str | None, dict[int | str, int]] = {
            None: {0: EPERM, "1234": EPERM},
            "1234": {0: EPERM, "1234": OK, "123": EPERM, "": EPERM},
        }
        for profile in BOTH:
            for pin, tokens in opened.items():
                bench = Bench(tasks=2, pin=pin)
                bench.svc(8, REGISTER, 1, 1, PIN, 0)
                marks = {bench.svc(8, CALL, 0x101, token): status for token, status in tokens.items()}
                marks[bench.svc(8, CALL, 0x101, "1234", pid=2)] = EPERM
                marks[bench.svc(8, CALL, 0x999, 0)] = ENOENT
                ran = bench.run(profile)
                self.assertEqual([ran.regs(mark)[0] for mark in marks], [*marks.values()])

    def test_asynchronous(self) -> None:
        for profile in BOTH:
            bench, _ = described(flags=ASYNCHRONOUS)
            bench.svc(8, REGISTER, 1, 2, 0, 0)
            mark = bench.svc(8, ASYNC, 0x101, 0, "app:r")
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[:2], [OK, 4])
            self.assertEqual(ran.types(mark), ["cmd_invoked", "cmd_completed"])
            self.assertEqual([message["data"] for message in ran.box("r")["queue"]], ["01010000"])

    def test_asynchronous_failures(self) -> None:
        """An error closes the handle, and uses up its number."""
        for profile in BOTH:
            bench, _ = described(flags=ASYNCHRONOUS)
            bench.svc(8, REGISTER, 1, 2, 0, 0)
            bench.svc(8, REGISTER, 1, 3, PIN | ASYNCHRONOUS, 0)
            cases = (
                (0x101, "", EINVAL),
                (0x101, "pid:zz", EINVAL),
                (0x999, "app:r", ENOENT),
                (0x102, "app:r", ENOASYNC),
                (0x103, "app:r", EPERM),
            )
            marks = [bench.svc(8, ASYNC, oid, 0, target) for oid, target, _ in cases]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[:2] for mark in marks], [[status, oid] for oid, _, status in cases])
            self.assertEqual((len(ran.state["handles"]), ran.state["next_handles"]), (3, [[1, 7]]))

    def test_a_lost_result(self) -> None:
        """[async-lost]"""
        for profile in BOTH:
            for capacity, messages in ((12, 1), (8, 0)):
                bench, _ = described(flags=ASYNCHRONOUS, mailboxes={"capacity": capacity})
                marks = [bench.svc(8, ASYNC, 0x101, 0, "app:r") for _ in range(2)]
                ran = bench.run(profile)
                self.assertEqual([ran.regs(mark)[:2] for mark in marks], [[OK, 4], [OK, 5]])
                self.assertEqual((len(ran.box("r")["queue"]), len(ran.state["handles"])), (messages, 5))

    def test_by_the_host(self) -> None:
        for profile in BOTH:
            bench, _ = described(flags=ASYNCHRONOUS)
            bench.svc(8, REGISTER, 1, 2, PIN, 0)
            cases = (
                ({"oid": 0x101}, OK, True),
                ({"oid": 0x101, "pid": 1, "async": True}, OK, True),
                ({"oid": 0x101, "pid": 0}, EPERM, False),
                ({"oid": 0x102}, EPERM, False),
                ({"oid": 0x102, "async": True}, ENOASYNC, False),
                ({"oid": 0x999}, ENOENT, False),
            )
            marks = [bench.call("cmd_call", **arguments) for arguments, _, _ in cases]
            lists = [bench.call("cmd_list", **which) for which in ({}, {"pid": 2}, {"group": 1})]
            ran = bench.run(profile)
            self.assertEqual(
                [ran.ok(mark) for mark in marks], [{"status": status, "result": None} for _, status, _ in cases]
            )
            self.assertEqual([ran.ok(mark) for mark in lists], [[0x101, 0x102], [], [0x101, 0x102]])
            if profile == "strict":
                self.assertEqual([bool(ran.events(mark)) for mark in marks], [runs for _, _, runs in cases])


class HostHandlers(ExecutiveTest):
    def test_results(self) -> None:
        """[run] Only the reference asks the host."""
        minus_one, large = ({"kind": "int", "value": value} for value in (-1, 1 << 33))
        fail, none = {"kind": "fail"}, {"kind": "none"}
        expected = {
            1: (OK, 0xFFFF_FFFF, -1, "01010000ffffffff"),
            2: (EFAIL, 0, "fail", "01010700"),
            3: (OK, 0x101, None, "01010000"),
            4: (OK, 0, 1 << 33, "0101000000000000"),
            5: (OK, 0x101, None, "01010000"),
        }
        for handler, (status, r1, result, message) in expected.items():
            bench = Bench(handlers=[minus_one, fail, none, large])
            mark = bench.svc(8, CALL, 0x101, 0)
            asynchronous = bench.svc(8, ASYNC, 0x101, 0, "app:r")
            host = bench.call("cmd_call", oid=0x101)
            ran = bench.run("reference", sections=((2, 1, command_record(handler, flags=ASYNCHRONOUS)),))
            self.assertEqual(ran.regs(mark)[:2], [status, r1])
            self.assertEqual(ran.events(mark)[1]["result"], result)
            self.assertEqual(ran.regs(asynchronous)[:2], [OK, 4])
            self.assertEqual(ran.box("r")["queue"][0]["data"], message)
            self.assertEqual(ran.ok(host), {"status": status, "result": result})
