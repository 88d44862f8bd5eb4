"""The header: its layout, and what a beginning of it can still become (facts 2; D29).

A header is judged byte by byte [earliest-byte]. A field of which some bytes are unknown can have any value between the
one with zeros and the one with ones in their place, as all fields are big-endian: `_Fields` of a padded prefix are the
least and the most that each can be. The fields are held to one another in this way too: an entry address that arrives
before the length of the code is good while some length would do.

[header-order] When one byte breaks several constraints, the error is the one that stands first in `_flaws`.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from .profile import Profile
from .rejection import Error, Rejected

MAGIC = 0x4853_5845  # "HSXE"
CAPACITY = 0x1_0000  # of code, rodata and bss, each
SIZES = {1: 32, 2: 96}  # by version
SMALLEST, LARGEST = SIZES[1], SIZES[2]
CRC_FIELD = 0x1C

_LAYOUT = struct.Struct(">IHHIIIIII32sII24s")  # version 1 ends before the name
_NAME = slice(32, 64)
_RESERVED = slice(72, 96)


class _Fields(NamedTuple):
    magic: int
    version: int
    flags: int
    entry: int
    code_len: int
    ro_len: int
    bss_size: int
    req_caps: int
    crc32: int
    app_name: bytes
    meta_offset: int
    meta_count: int
    reserved: bytes


class Header(NamedTuple):
    """A good header, without what is the same in all of them."""

    version: int
    flags: int
    entry: int
    code_len: int
    ro_len: int
    bss_size: int
    req_caps: int
    crc32: int
    app_name: str | None
    meta_offset: int
    meta_count: int

    @property
    def size(self) -> int:
        return SIZES[self.version]

    @property
    def rodata_offset(self) -> int:
        return self.size + self.code_len

    @property
    def rodata_end(self) -> int:
        return self.rodata_offset + self.ro_len


def read(prefix: bytes, profile: Profile) -> Header | None:
    """The header at the start of `prefix`, or None if that ends within it; raises `Rejected` at the earliest byte."""
    if _flaw(prefix, profile):
        # A flaw never goes away again, so the shortest beginning that has one is where it became certain.
        length = bisect_left(range(len(prefix)), True, key=lambda length: bool(_flaw(prefix[:length], profile)))
        error = _flaw(prefix[:length], profile)
        assert error
        raise Rejected(error, length)
    if len(prefix) < SMALLEST:
        return None
    fields = _padded(prefix, b"\0")
    if len(prefix) < SIZES[fields.version]:
        return None
    extended = fields.version == 2
    return Header(
        version=fields.version,
        flags=fields.flags,
        entry=fields.entry,
        code_len=fields.code_len,
        ro_len=fields.ro_len,
        bss_size=fields.bss_size,
        req_caps=fields.req_caps,
        crc32=fields.crc32,
        app_name=(_before_nul(fields.app_name).decode("ascii").strip() or None) if extended else None,
        meta_offset=fields.meta_offset if extended else 0,
        meta_count=fields.meta_count if extended else 0,
    )


def _flaw(prefix: bytes, profile: Profile) -> Error | None:
    return next(_flaws(prefix, profile), None)


def _flaws(prefix: bytes, profile: Profile) -> Iterator[Error]:
    """The constraints that no header which begins with `prefix` meets."""
    least = most = _padded(prefix, b"\0")
    if len(prefix) < LARGEST:
        most = _padded(prefix, b"\xff")
    if not least.magic <= MAGIC <= most.magic:
        yield "bad_magic"
    if least.version not in SIZES and not any(least.version <= version <= most.version for version in SIZES):
        yield "unsupported_version"
    if least.code_len > CAPACITY:
        yield "code_too_large"
    if least.ro_len > CAPACITY:
        yield "rodata_too_large"
    if least.bss_size > CAPACITY:
        yield "bss_too_large"
    if least.code_len > _aligned(most.code_len):
        yield "code_misaligned"
    if least.ro_len > _aligned(most.ro_len) and profile.rodata_alignment:
        yield "rodata_misaligned"
    if least.entry > _aligned(most.entry):
        yield "entry_misaligned"
    if least.entry >= min(_aligned(most.code_len), CAPACITY):
        yield "entry_outside_code"
    if least.version == most.version == 2:
        if not _before_nul(prefix[_NAME]).isascii():
            yield "name_not_ascii"
        if prefix[_RESERVED].strip(b"\0"):
            yield "reserved_not_zero"
        # Both lengths are known when the first byte of meta_offset comes. 0 is no overlap: it says "no metadata".
        if least.meta_offset and most.meta_offset < LARGEST + least.code_len + least.ro_len:
            yield "metadata_overlap"


def _padded(prefix: bytes, filler: bytes) -> _Fields:
    return _Fields._make(_LAYOUT.unpack(prefix[:LARGEST].ljust(LARGEST, filler)))


def _aligned(most: int) -> int:
    """The largest multiple of 4 up to `most`."""
    return most // 4 * 4


def _before_nul(name: bytes) -> bytes:
    return name.partition(b"\0")[0]
