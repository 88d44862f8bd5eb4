"""The header, both versions: every constraint with the byte that breaks it, and the order of their names."""

import random
import struct
from typing import Any

from hxe_support import BOTH, CODE, LoaderTest, build, outcome_of, patched

from hxe_model.header import read
from hxe_model.profile import PROFILES
from hxe_model.rejection import Rejected

# Where the last byte of each field is: the number of bytes up to it.
VERSION, ENTRY, CODE_LEN, RO_LEN, BSS, APP_NAME, META_OFFSET = 6, 12, 16, 20, 24, 64, 68


class Accepted(LoaderTest):
    def test_version_1(self) -> None:
        outcome = self.accepted(build(b"\1\2\3\4\5\6\7\x08", b"data", version=1, flags=0xFFFF, entry=4, req_caps=9))
        crc32 = outcome["header"].pop("crc32")
        self.assertGreater(crc32, 0)
        self.assertEqual(
            outcome,
            {
                "result": "accepted",
                "header": {
                    "version": 1,
                    "flags": 0xFFFF,
                    "entry": 4,
                    "code_len": 8,
                    "ro_len": 4,
                    "bss_size": 0,
                    "req_caps": 9,
                    "app_name": None,
                    "meta_offset": 0,
                    "meta_count": 0,
                },
                "code": "0102030405060708",
                "rodata": b"data".hex(),
                "sections": [],
                "values": [],
                "commands": [],
                "mailboxes": [],
            },
        )

    def test_version_2(self) -> None:
        outcome = self.accepted(build(app_name=b"blinky", req_caps=0xFFFF_FFFF, bss_size=0x1_0000, meta_count=7))
        self.assertEqual(outcome["header"]["app_name"], "blinky")
        self.assertEqual((outcome["header"]["meta_offset"], outcome["header"]["meta_count"]), (0, 7))
        self.assertEqual((outcome["code"], outcome["rodata"], outcome["sections"]), (CODE.hex(), "", []))

    def test_app_name(self) -> None:
        for name, text in (
            (b"", None),
            (b" \t\0", None),  # a blank name is none
            (b" a b\x1f\0", "a b"),
            (b"x" * 32, "x" * 32),
            (b"a\0\xff\xff", "a"),  # nothing behind the first NUL is looked at
            (b"\x01\x7f", "\x01\x7f"),
        ):
            self.assertEqual(self.accepted(build(app_name=name, meta_offset=0xFFFF_FFFF))["header"]["app_name"], text)

    def test_extremes(self) -> None:
        largest = bytes(0x1_0000)
        for version in (1, 2):
            self.accepted(build(largest, largest, version=version, entry=0xFFFC, bss_size=0x1_0000))

    def test_a_table_of_none_may_be_anywhere_behind_rodata(self) -> None:
        for offset in (100, 101, 0xFFFF_FFFF):
            self.assertEqual(self.accepted(build(meta_offset=offset))["header"]["meta_offset"], offset)


class Rejections(LoaderTest):
    def test_magic(self) -> None:
        for at in range(4):
            self.expect(patched(build(), at, b"\0"), "bad_magic", at + 1)

    def test_version(self) -> None:
        self.expect(build(version=0), "unsupported_version", VERSION)
        self.expect(build(version=3), "unsupported_version", VERSION)
        self.expect(build(version=0x102), "unsupported_version", VERSION - 1)

    def test_sizes(self) -> None:
        for field, end, error in (
            ("code_len", CODE_LEN, "code_too_large"),
            ("ro_len", RO_LEN, "rodata_too_large"),
            ("bss_size", BSS, "bss_too_large"),
        ):
            for size, early in ((0x1_0004, 0), (0x1_0001, 0), (0x1_0100, 1), (0x2_0000, 2), (0x100_0000, 3)):
                for version in (1, 2):
                    fields: dict[str, Any] = {"version": version, field: size}
                    self.expect(build(**fields), error, end - early)

    def test_code_alignment(self) -> None:
        self.expect(build(code_len=6), "code_misaligned", CODE_LEN)

    def test_rodata_alignment(self) -> None:
        for size in (1, 2, 3):
            self.expect(build(rodata=bytes(size)), "rodata_misaligned", RO_LEN, ["strict"])
            self.accepted(build(rodata=bytes(size)), ["reference"])

    def test_entry_alignment(self) -> None:
        for entry in (1, 2, 3):
            self.expect(build(bytes(8), entry=entry), "entry_misaligned", ENTRY)
        self.expect(build(bytes(8), entry=0xFFFF), "entry_misaligned", ENTRY)

    def test_entry_before_the_length_is_known(self) -> None:
        """No code is longer than 0x10000."""
        self.expect(build(entry=0x1_0000), "entry_outside_code", ENTRY - 2)
        self.expect(build(entry=0x100_0000), "entry_outside_code", ENTRY - 3)

    def test_entry_against_a_length_that_is_partly_known(self) -> None:
        for entry, code_len, early in (
            (4, 4, 0),
            (0, 0, 0),
            (0xF8, 0, 0),
            (0xFC, 0, 1),  # 00 00 00 __ is 0xFC at most
            (0x1FC, 0x1FC, 1),
            (0x200, 0x100, 1),
            (0xFFF8, 0xFF00, 0),
            (0xFFFC, 0xFF00, 2),  # 00 00 __ __ is 0xFFFC at most
            (0xFFFC, 0xFFFC, 2),
        ):
            self.expect(build(entry=entry, code_len=code_len), "entry_outside_code", CODE_LEN - early)

    def test_entry_against_the_largest_length(self) -> None:
        """00 01 00 __ could be 0x100FC if it were not for the limit."""
        self.assertEqual(outcome_of("strict", build(entry=0xFFFC, code_len=0x1_0000))["error"], "truncated")

    def test_app_name(self) -> None:
        for at in (0, 1, 31):
            self.expect(build(app_name=b"x" * at + b"\x80"), "name_not_ascii", 33 + at)

    def test_reserved(self) -> None:
        for at in (0, 7, 23):
            self.expect(build(reserved=bytes(at) + b"\1"), "reserved_not_zero", 73 + at)

    def test_metadata_overlap(self) -> None:
        """The table may begin at 104; with no entries at all, too."""
        for count in (0, 1):
            for offset in (1, 95, 103):
                image = build(rodata=bytes(4), meta_offset=offset, meta_count=count)
                self.expect(image, "metadata_overlap", META_OFFSET)

    def test_metadata_overlap_that_is_certain_early(self) -> None:
        code = bytes(0x1_0000)  # the table may begin at 0x10060
        for offset, early in ((0x1_005F, 0), (0xFF00, 1), (0x100, 1), (0xFF, 0)):
            self.expect(build(code, meta_offset=offset), "metadata_overlap", META_OFFSET - early)
        self.expect(build(code, code, meta_offset=0x1_0000), "metadata_overlap", META_OFFSET - 2)

    def test_version_1_has_no_extension(self) -> None:
        """What would be name, reserved and metadata in version 2 is code."""
        outcome = self.accepted(build(b"\xff" * 64, version=1))
        self.assertEqual(outcome["code"], "ff" * 64)


class Order(LoaderTest):
    def test_names_of_one_byte(self) -> None:
        """Several constraints broken by the same byte."""
        self.expect(build(code_len=0x1_0001), "code_too_large", CODE_LEN)
        self.expect(build(ro_len=0x1_0001), "rodata_too_large", RO_LEN)
        self.expect(build(entry=0xF8, code_len=2), "code_misaligned", CODE_LEN)

    def test_the_earlier_byte_counts_before_the_order(self) -> None:
        self.expect(build(magic=0x4853_5846, version=0x900), "bad_magic", 4)
        self.expect(build(entry=2, code_len=0x2_0000), "entry_misaligned", ENTRY)
        self.expect(build(ro_len=0x2_0000, bss_size=0xFFFF_FFFF, app_name=b"\xff"), "rodata_too_large", RO_LEN - 2)
        self.expect(build(meta_offset=5, reserved=b"\1"), "metadata_overlap", META_OFFSET)


class Certainty(LoaderTest):
    """The byte of a rejection is the earliest: all before it could still have become a good header."""

    def test_what_comes_before_can_be_completed(self) -> None:
        rng = random.Random(1)
        lengths = (0, 3, 4, 0x100, 0x1FC, 0xFFFC, 0x1_0000, 0x1_0001, 0x1_0100, 0x200_0000)
        rejected = 0
        for _ in range(3000):
            version = rng.choice((1, 2, 2, 2, 2, 3))
            image = build(
                version=version,
                entry=rng.choice((0, 0, 4, 0xFC, 0xF8, 0x1FC, 0xFFFC, 0x1_0000)),
                code_len=rng.choice(lengths),
                ro_len=rng.choice((0, 4, 8, 9)),
                bss_size=rng.choice((0, 0x1_0000, 0x1_0001)),
                app_name=rng.choice((b"", b"a\0\xff", b"ab\xff")),
                meta_offset=rng.choice((0, 1, 96, 0x200, 0x1_0000, 0x1_0070, 0x100_0000)),
                reserved=rng.choice((b"", bytes(9) + b"\1")),
            )
            for profile in BOTH:
                try:
                    read(image[:96], PROFILES[profile])
                except Rejected as rejection:
                    rejected += 1
                    prefix = image[: rejection.offset - 1]
                    self.assertIsNotNone(read(completed(prefix), PROFILES[profile]), prefix.hex())
        self.assertGreater(rejected, 2000)


def completed(prefix: bytes) -> bytes:
    """A good header that begins with the prefix, built field by field."""
    least = prefix.ljust(96, b"\0")
    most = prefix.ljust(96, b"\xff")

    def field(of: bytes, at: int, size: int) -> int:
        return int.from_bytes(of[at : at + size], "big")

    code_len = min(field(most, 12, 4) & ~3, 0x1_0000)
    meta_offset = field(least, 64, 4) and field(most, 64, 4)
    good = struct.pack(
        ">4sHHIIIIII32sII24s",
        b"HSXE",
        field(least, 4, 2) or 1,
        0,
        field(least, 8, 4),
        code_len,
        field(least, 16, 4),
        field(least, 20, 4),
        0,
        0,
        least[32:64],
        meta_offset,
        0,
        bytes(24),
    )
    return prefix + good[len(prefix) :]
