"""Values (facts 4.1 to 4.4, 4.6)."""

import struct

from executive_support import BOTH, BRK, START, Bench, ExecutiveTest, chain, load, step, svc
from executive_values_support import (
    EBUSY,
    EEXIST,
    EINVAL,
    ENOENT,
    ENOSPC,
    EPERM,
    GET,
    HALF,
    HEAD,
    LIST,
    LOOKUP,
    NAME,
    OK,
    ONE,
    REGISTER,
    SET,
    described,
    named,
    persist,
    unit,
)
from support import Op, word


class Registering(ExecutiveTest):
    def test_register(self) -> None:
        for profile in BOTH:
            bench = Bench(tasks=2)
            marks = [bench.svc(7, REGISTER, 1, 2, 0, head, pid=pid) for head, pid in ((0xFFFF, 1), (0, 1), (0, 2))]
            cut = bench.svc(7, REGISTER, 0x101, 0x103, 0x1FF, 0)
            found = [bench.svc(7, LOOKUP, 1, id_, pid=2) for id_ in (3, 4)]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, EEXIST, EEXIST])
            event = {"pid": 1, "oid": 0x102, "flags": 0, "auth_level": 0, "desc_head": 0xFFFF}
            self.assertEqual(ran.events(marks[0]), [{"type": "value_registered", **event}])
            self.assertEqual(ran.regs(cut)[:2], [OK, 0x103])
            self.assertEqual(ran.state["values"][1]["flags"], 0xFF)
            self.assertEqual([ran.regs(mark)[:2] for mark in found], [[OK, 0x103], [ENOENT, 1]])

    def test_records(self) -> None:
        """A later text that is not empty wins; a later unit or persist record as a whole."""
        records = (
            struct.pack("<BBH", 1, 9, NAME),
            struct.pack("<BBH", 2, 0, NAME),
            struct.pack("<BBH", 2, 0, 0xFFFE),
            unit(b"deg\xb0", ONE, 7),
            unit(b"V", 0xFE01, 0),
            struct.pack("<BBHH", 4, 0, 0xFD00, 0x7C01),
            persist(3, 100),
        )
        for profile in BOTH:
            bench, mark = described(*records)
            ran = bench.run(profile)
            self.assertEqual(ran.regs(mark)[:2], [OK, 0x102])
            texts = {"group_name": "name", "name": "name", "unit": "V"}
            numbers = {"epsilon": 0xFE00, "rate_ms": 0, "min": 0xFE00, "max": 0x7E00, "key": 3, "debounce": 100}
            [value] = ran.state["values"]
            self.assertEqual({key: value[key] for key in (*texts, *numbers)}, {**texts, **numbers})
            self.assertEqual((value["desc_head"], ran.state["descriptor_bytes"]), (52, 58))
            self.assertEqual(ran.state["strings"], len("name\0\0"))

    def test_bad_chains(self) -> None:
        """They go before an id that exists."""
        record = struct.pack("<BBHH", 2, 0, 0xFFFF, NAME)
        for profile in BOTH:
            bench = Bench()
            bench.svc(7, REGISTER, 1, 2, 0, 0)
            for at, data in (
                (0x3000, b"\7\0\xff\xff"),
                (0x3010, b"\2\0\x10\x30\0\0"),
                (0x3020, b"\x10\0\xff\xff\0\0\0\0"),
                (0x3030, b"\2\0\0\0\0\0"),
                (0xFFFA, record),
            ):
                bench.call("poke", pid=1, address=at, bytes=data.hex())
            heads = (0x3000, 0x3010, 0x3020, 0x3030, 0xFFFE, 0xFFFB)
            marks = [bench.svc(7, REGISTER, 1, 2, 0, head) for head in heads]
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [EINVAL] * 6)

    def test_how_many(self) -> None:
        loop = [
            word(Op.LDI, 5, imm=1),
            word(Op.LDI, 7, imm=256),
            word(Op.LDI, 1, imm=1),
            svc(7, REGISTER),
            word(Op.ADD, 2, 2, 5),
            word(Op.CMP, 0, 2, 7),
            word(Op.JNZ, imm=8),
            word(Op.LDI, 1, imm=2),
            svc(7, REGISTER),
        ]
        for profile in BOTH:
            ran = self.script(profile, load([*loop, BRK]), step(2000))
            self.assertEqual(ran.task(1)["regs"][0], ENOSPC)
            self.assertEqual(len(ran.state["values"]), 256)

    def test_strings(self) -> None:
        """[E11] A text is kept once; of a registration that fails the reference keeps what it has stored."""
        bench = Bench()
        marks = []
        for number, (length, name) in enumerate(((2000, "n"), (2000, "n"), (92, "zz"), (89, "n"), (88, "n"))):
            group = bytes([ord("A") + number]) * length
            for address, data in ((0x5000, group + b"\0"), (NAME, named(name))):
                bench.call("poke", pid=1, address=address, bytes=data.hex())
            records = (struct.pack("<BBH", 1, 0, 0x5000), struct.pack("<BBH", 2, 0, NAME))
            bench.call("poke", pid=1, address=HEAD, bytes=chain(HEAD, *records).hex())
            marks.append(bench.svc(7, REGISTER, 1, number, 0, HEAD))
        wanted = {"reference": ([ENOSPC, OK], 4096, 48), "strict": ([OK, ENOSPC], 4094, 36)}
        for profile, (last, strings, pool) in wanted.items():
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, OK, ENOSPC, *last])
            self.assertEqual((ran.state["strings"], ran.state["descriptor_bytes"]), (strings, pool))


class Numbers(ExecutiveTest):
    def test_bits_are_kept(self) -> None:
        """But the payload of a NaN is not, and what is above them does not count."""
        same = (0x8000, 0x0001, 0x03FF, 0x0400, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0xFE00)
        pairs = {**{bits: bits for bits in same}, 0x7C01: 0x7E00, 0xFFFF: 0xFE00, 0x12_3C00: 0x3C00}
        for profile in BOTH:
            bench, _ = described()
            marks = {}
            for given, kept in pairs.items():
                self.assertLess(bench.svc(7, SET, 0x102, given), 100)
                marks[bench.svc(7, GET, 0x1_0102)] = kept
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [*marks.values()])

    def test_who_may(self) -> None:
        for profile in BOTH:
            bench = Bench(tasks=2)
            bench.svc(7, REGISTER, 1, 2, 0, 0)
            bench.svc(7, REGISTER, 1, 3, 1, 0)
            marks = {
                bench.svc(7, SET, 0x102, ONE, pid=2): OK,
                bench.svc(7, GET, 0x102, pid=2): ONE,
                bench.svc(7, SET, 0x103, ONE): EPERM,
                bench.svc(7, SET, 0x103, ONE, pid=2): EPERM,
                bench.svc(7, SET, 0x104, ONE): ENOENT,
                bench.svc(7, GET, 0x104): ENOENT,
                bench.svc(7, 7): EINVAL,
                bench.svc(7, 255): EINVAL,
            }
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [*marks.values()])

    def test_change(self) -> None:
        for profile in BOTH:
            bench = Bench(tasks=2)
            bench.svc(7, REGISTER, 1, 2, 0x10, 0)
            bench.call("advance", ms=5)
            mark = bench.svc(7, SET, 0x102, ONE, pid=2)
            ran = bench.run(profile)
            event = {
                "pid": 1,
                "caller_pid": 2,
                "oid": 0x102,
                "old_f16": 0,
                "new_f16": ONE,
                "flags": 0x10,
                "auth_level": 0,
            }
            self.assertEqual(ran.events(mark), [{"type": "value_changed", **event}])
            self.assertEqual(ran.state["values"][0]["changed"], START + 5)

    def test_epsilon(self) -> None:
        """Smaller changes are none; nothing is smaller than 0, than less, or than NaN."""
        cases = (
            (HALF, 0x3400, False),
            (HALF, HALF, True),
            (0, 1, True),
            (0x8000, 0, True),
            (0xBC00, 0, True),
            (0x7E00, 0, True),
            (0x7C00, 0x7BFF, False),
            (0x7C00, 0x7C00, True),
        )
        for profile in BOTH:
            for epsilon, new, changes in cases:
                bench, _ = described(unit(b"", epsilon))
                mark = bench.svc(7, SET, 0x102, new)
                ran = bench.run(profile)
                self.assertEqual(
                    (ran.regs(mark)[0], ran.types(mark)), (OK, ["value_changed"] * changes), (epsilon, new)
                )

    def test_rate(self) -> None:
        for profile in BOTH:
            bench, _ = described(unit(b"", 0, 50))
            marks = []
            for ms in (0, 49, 1):
                bench.call("advance", ms=ms)
                marks.append(bench.svc(7, SET, 0x102, ONE))
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[0] for mark in marks], [OK, EBUSY, OK])

    def test_list(self) -> None:
        """The caller's own; as many as there is room for."""
        for profile in BOTH:
            bench = Bench(tasks=2)
            for id_ in (3, 2):
                bench.svc(7, REGISTER, 1, id_, 0, 0)
            cases = ((0xFF, 0x3000, 9, 2), (1, 0x3010, 1, 1), (7, 0x3020, 9, 0), (0xFF, 0xFFFF, 9, 0))
            marks = [bench.svc(7, LIST, *case[:3]) for case in cases]
            other = bench.svc(7, LIST, 0xFF, 0x3000, 9, pid=2)
            memory = bench.call("peek", pid=1, address=0x3000, length=20)
            ran = bench.run(profile)
            self.assertEqual([ran.regs(mark)[:2] for mark in marks], [[OK, case[3]] for case in cases])
            self.assertEqual(ran.regs(other)[1], 0)
            self.assertEqual(ran.memory(memory), "03010201" + "00" * 12 + "03010000")
