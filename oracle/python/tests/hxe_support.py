"""What the tests of the loader share: a builder of images, good ones and spoilt ones, and what to expect of them."""

import struct
import unittest
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from hxe_model import run
from hxe_model.loader import Loader, load
from hxe_model.outcome import accepted, rejected
from hxe_model.profile import PROFILES
from hxe_model.rejection import Rejected

BOTH = ("reference", "strict")
VALUES, COMMANDS, MAILBOXES = 1, 2, 3

CODE = bytes.fromhex("7f000001")
TABLE = 96 + len(CODE)  # where the table of `build` is, unless there is rodata or other code

_V1 = struct.Struct(">IHHIIIIII")
_V2 = struct.Struct(">32sII24s")


class Entry(NamedTuple):
    """An entry of the table, as it is written."""

    kind: int
    offset: int
    size: int
    records: int


def build(
    code: bytes = CODE, rodata: bytes = b"", table: Sequence[Entry] = (), body: bytes = b"", **fields: Any
) -> bytes:
    """Header, code, rodata, table, body. `fields` are header fields that shall be other than right."""
    size = 32 if fields.get("version", 2) == 1 else 96
    right = {
        "magic": 0x4853_5845,
        "version": 2,
        "flags": 0,
        "entry": 0,
        "code_len": len(code),
        "ro_len": len(rodata),
        "bss_size": 0,
        "req_caps": 0,
        "crc32": 0,
        "app_name": b"",
        "meta_offset": size + len(code) + len(rodata) if table else 0,
        "meta_count": len(table),
        "reserved": b"",
    }
    header = [*{**right, **fields}.values()]
    extension = b"" if size == 32 else _V2.pack(*header[9:])
    image = _V1.pack(*header[:9]) + extension + code + rodata + b"".join(struct.pack(">IIII", *row) for row in table)
    return image + body if "crc32" in fields else sealed(image + body)


def sealed(image: bytes) -> bytes:
    """The image with the right CRC, if it is long enough to have one."""
    if len(image) < 32:
        return image
    size = 96 if image[4:6] == b"\0\2" else 32
    return image[:28] + struct.pack(">I", zlib.crc32(image[:28] + image[size:])) + image[32:]


def patched(image: bytes, at: int, data: bytes) -> bytes:
    """The image with other bytes at `at`, and the right CRC for them."""
    return sealed(image[:at] + data + image[at + len(data) :])


def with_sections(*sections: tuple[int, int, bytes], **fields: Any) -> bytes:
    """An image with these sections (kind, count, content) in a row right behind the table."""
    return build(table=table_of(*sections), body=b"".join(content for _, _, content in sections), **fields)


def table_of(*sections: tuple[int, int, bytes]) -> list[Entry]:
    offset = TABLE + 16 * len(sections)
    table = []
    for kind, count, content in sections:
        table.append(Entry(kind, offset, len(content), count))
        offset += len(content)
    return table


def value(group: int = 1, id_: int = 1, name: int = 0, unit: int = 0, group_name: int = 0) -> bytes:
    return struct.pack(">BBBBHHHHHHHH", group, id_, 0, 0, 0, name, unit, 0, 0, 0, 0, group_name)


def command(group: int = 1, id_: int = 1, name: int = 0, help_: int = 0, group_name: int = 0) -> bytes:
    return struct.pack(">BBBBIHHHH", group, id_, 0, 0, 0, name, help_, 0, group_name)


def mailbox(name: int, depth: int = 0, flags: int = 0) -> bytes:
    return struct.pack(">IHHQ", name, depth, flags, 0)


def outcome_of(profile: str, image: bytes) -> dict[str, Any]:
    return run(profile, {"image": image.hex()})


def outcome_in_pieces(profile: str, image: bytes, sizes: Iterable[int]) -> dict[str, Any]:
    """The outcome of the image in pieces of these sizes, the last ones empty if it is too short, and then its rest."""
    ends = [0, *accumulate(sizes), len(image)]
    pieces = [image[start:end] for start, end in pairwise(ends)]
    try:
        return accepted(load(PROFILES[profile], pieces))
    except Rejected as rejection:
        return rejected(rejection)


def rejection(profile: str, pieces: Iterable[bytes]) -> tuple[str, int] | None:
    """The error and its offset, if one of the pieces brings it; the end does not come."""
    loader = Loader(PROFILES[profile])
    try:
        for piece in pieces:
            loader.write(piece)
    except Rejected as rejected:
        return rejected.error, rejected.offset
    return None


class LoaderTest(unittest.TestCase):
    def accepted(self, image: bytes, profiles: Iterable[str] = BOTH) -> dict[str, Any]:
        """The outcome, which must be the same in all of `profiles`."""
        first, *others = (outcome_of(profile, image) for profile in profiles)
        self.assertEqual(first["result"], "accepted", first)
        self.assertTrue(all(other == first for other in others))
        return first

    def expect(self, image: bytes, error: str, offset: int, profiles: Iterable[str] = BOTH) -> None:
        """Rejected at the byte number `offset`, and not before it, whatever comes behind."""
        for profile in profiles:
            with self.subTest(profile=profile, error=error):
                wanted = {"result": "rejected", "error": error, "offset": offset}
                self.assertEqual(outcome_of(profile, image), wanted)
                self.assertEqual(rejection(profile, [image[: offset - 1]]), None)
                self.assertEqual(rejection(profile, [image[:offset]]), (error, offset))

    def expect_at_end(self, image: bytes, error: str, profiles: Iterable[str] = BOTH) -> None:
        """Rejected only because there is no more of the image."""
        for profile in profiles:
            with self.subTest(profile=profile, error=error):
                wanted = {"result": "rejected", "error": error, "offset": len(image)}
                self.assertEqual(outcome_of(profile, image), wanted)
                self.assertEqual(rejection(profile, [image]), None)
