"""The header: its layout, and what a beginning of it can still become (facts 2; D29).

A header is judged byte by byte [earliest-byte]. A field of which some bytes are unknown can have any value between the
one with zeros and the one with ones in their place, as all fields are big-endian: `_Fields` of a padded prefix are the
least and the most that each can be. The fields are held to one another in this way too: an entry address that arrives
before the length of the code is good while some length would do.

[header-order] When one byte breaks several constraints, the error is the one that stands first in `_flaw`.
"""

import struct
from bisect import bisect_left
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
    least, most = _bounds(prefix)
    if _flaw(prefix, least, most, profile):
        raise _earliest(prefix, profile)
    if len(prefix) < SMALLEST or len(prefix) < SIZES[least.version]:
        return None
    extended = least.version == 2
    return Header(
        *least[1:9],  # from the version to the CRC they have the same order
        app_name=(_before_nul(least.app_name).decode("ascii").strip() or None) if extended else None,
        meta_offset=least.meta_offset if extended else 0,
        meta_count=least.meta_count if extended else 0,
    )


def _earliest(prefix: bytes, profile: Profile) -> Rejected:
    """The rejection of a beginning with a flaw. A flaw never goes away again, so the shortest beginning that has one is
    where it became certain."""

    def flaw(length: int) -> Error | None:
        beginning = prefix[:length]
        return _flaw(beginning, *_bounds(beginning), profile)

    length = bisect_left(range(len(prefix)), True, key=lambda length: bool(flaw(length)))
    error = flaw(length)
    assert error
    return Rejected(error, length)


def _flaw(prefix: bytes, least: _Fields, most: _Fields, profile: Profile) -> Error | None:
    """The first constraint that no header which begins with `prefix` meets."""
    if not least.magic <= MAGIC <= most.magic:
        return "bad_magic"
    if least.version not in SIZES and not any(least.version <= version <= most.version for version in SIZES):
        return "unsupported_version"
    if least.code_len > CAPACITY:
        return "code_too_large"
    if least.ro_len > CAPACITY:
        return "rodata_too_large"
    if least.bss_size > CAPACITY:
        return "bss_too_large"
    if least.code_len > _aligned(most.code_len):
        return "code_misaligned"
    if least.ro_len > _aligned(most.ro_len) and profile.rodata_alignment:
        return "rodata_misaligned"
    if least.entry > _aligned(most.entry):
        return "entry_misaligned"
    if least.entry >= min(_aligned(most.code_len), CAPACITY):
        return "entry_outside_code"
    if least.version == most.version == 2:
        if not _before_nul(prefix[_NAME]).isascii():
            return "name_not_ascii"
        if prefix[_RESERVED].strip(b"\0"):
            return "reserved_not_zero"
        # Both lengths are known when the first byte of meta_offset comes. 0 is no overlap: it says "no metadata".
        if least.meta_offset and most.meta_offset < LARGEST + least.code_len + least.ro_len:
            return "metadata_overlap"
    return None


def _bounds(prefix: bytes) -> tuple[_Fields, _Fields]:
    """The least and the most that each field can be."""
    least = _padded(prefix, b"\0")
    return least, least if len(prefix) >= LARGEST else _padded(prefix, b"\xff")


def _padded(prefix: bytes, filler: bytes) -> _Fields:
    return _Fields(*_LAYOUT.unpack(prefix[:LARGEST].ljust(LARGEST, filler)))


def _aligned(most: int) -> int:
    """The largest multiple of 4 up to `most`."""
    return most // 4 * 4


def _before_nul(name: bytes) -> bytes:
    return name.partition(b"\0")[0]
