"""Subject `hxe` on the reference: its loader, asked for the byte at which a rejection is certain.

The reference judges whole images only. A prefix of an image can still become a valid one exactly if the reference
accepts the prefix with a harmless rest behind it. So the byte that spoils an image is found by asking the reference
about prefixes, and its complaint about the first spoilt one is the reason. What no prefix shows (a wrong CRC, bytes
that are missing) is the reference's complaint about the image itself, certain at its end.

A harmless rest: fields of the header that are not there yet get the smallest value that fits the bytes that are;
entries of the metadata table that are not there are left out; a section whose bytes are not all there is replaced by
zeros, in which all that its entry says can still be judged; the CRC is made right.
"""

import re
import struct
import sys
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

_V1, _V2 = 32, 96
_ENTRY = struct.Struct(">IIII")
# What is larger than this is not built, only to be asked about.
_BUILDABLE = 1 << 20

_REASONS = {
    r"\.hxe file too small": "too_small",
    r"HXE header truncated": "header_truncated",
    r"Bad magic": "bad_magic",
    r"Unsupported HSXE version": "unsupported_version",
    r"Code section exceeds": "code_too_large",
    r"RODATA section exceeds": "rodata_too_large",
    r"BSS size exceeds": "bss_too_large",
    r"Code section must be": "code_misaligned",
    r"Entry address must be": "entry_misaligned",
    r"Entry point outside": "entry_outside_code",
    r"HXE app_name must be": "name_not_ascii",
    r"Reserved HXE header": "reserved_not_zero",
    r"Metadata table overlaps": "metadata_overlap",
    r"CRC mismatch": "crc_mismatch",
    r"\.hxe truncated": "truncated",
    r"metadata table outside": "table_outside",
    r"metadata section \d+ exceeds": "section_outside",
    r"(value|command|mailbox) metadata table truncated": "entries_truncated",
    r"metadata string offset": "text_outside",
    r"metadata string is not null-terminated": "text_unterminated",
    r"'utf-8' codec can't decode": "text_not_utf8",
    r"mailbox metadata missing name": "mailbox_unnamed",
    r"mailbox metadata|unknown mailbox mode|cannot convert float": "mailbox_json",
    r"Exceeds the limit \(4300 digits\)|maximum recursion depth exceeded": "mailbox_json",
}

# A program that loads an image at its top level has this many calls for itself and the reference.
_CALLS = 1000
# JSON of mailboxes that nests no deeper is followed by every Python. What is deeper is judged by Python 3.11's limits.
_FOLLOWED = 480


def run(host: ModuleType, profile: str, case: dict[str, Any]) -> dict[str, Any]:
    """The outcome of one case. The reference knows no pieces: an image is an image."""
    if profile != "reference":
        return {"unsupported": f"the reference has no profile {profile!r}"}
    image = bytes.fromhex(case["image"])
    if sys.version_info[:2] != (3, 11) and image.count(b"[") + image.count(b"{") > _FOLLOWED:
        return {"unsupported": "how deep JSON may nest depends on the Python, and is compared with 3.11 only"}
    try:
        header, code, rodata = _load(host, image)
    except Exception as complaint:
        return {"outcome": _rejection(host, image, complaint)}
    return {"outcome": _accepted(header, code, rodata)}


def _load(host: ModuleType, image: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """The reference's answer, with as many calls left to it as if a program had called it at its top level."""
    above, frame = 0, sys._getframe().f_back
    while frame is not None:
        above, frame = above + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_CALLS + above)
    try:
        return host.load_hxe_bytes(image)  # type: ignore[no-any-return]
    finally:
        sys.setrecursionlimit(limit)


def _rejection(host: ModuleType, image: bytes, complaint: Exception) -> dict[str, Any]:
    def objection(length: int) -> Exception | None:
        try:
            _load(host, _continued(image[:length]))
        except Exception as found:
            return found
        return None

    spoilt = _first(objection, len(image))
    reason = complaint if spoilt is None else objection(spoilt)
    text = str(reason)
    for pattern, name in _REASONS.items():
        if re.match(pattern, text):
            return {"result": "rejected", "error": name, "offset": len(image) if spoilt is None else spoilt}
    raise RuntimeError(f"the reference has a complaint that has no name: {text}")


def _first(objection: Callable[[int], Exception | None], length: int) -> int | None:
    """The shortest prefix that meets an objection; every longer one does too."""
    if objection(length) is None:
        return None
    good, bad = 0, length
    while bad - good > 1:
        middle = (good + bad) // 2
        if objection(middle) is None:
            good = middle
        else:
            bad = middle
    return bad


class _Field(NamedTuple):
    """A field of which a prefix may have only some bytes."""

    low: int
    high: int

    @classmethod
    def at(cls, prefix: bytes, offset: int, size: int) -> "_Field":
        known = prefix[offset : offset + size]
        missing = size - len(known)
        return cls(int.from_bytes(known + bytes(missing), "big"), int.from_bytes(known + b"\xff" * missing, "big"))

    def at_least(self, wanted: int) -> int:
        """The smallest value from `wanted` that fits the bytes; else one that fits them, but not the wish."""
        return min(max(self.low, wanted), self.high)


def _continued(prefix: bytes) -> bytes:
    """The prefix, with a rest that does no harm."""
    version = _Field.at(prefix, 4, 2).at_least(1)
    size = _V2 if version == 2 else _V1
    entry = _Field.at(prefix, 8, 4).low
    code_len = _code_length(_Field.at(prefix, 12, 4), entry)
    ro_len = _Field.at(prefix, 16, 4).low
    fields = (code_len, ro_len, _Field.at(prefix, 20, 4).low, _Field.at(prefix, 24, 4).low, 0)
    header = bytearray(prefix[:size].ljust(size, b"\0"))
    header[:4] = prefix[:4] + b"HSXE"[len(prefix[:4]) :]
    header[4:6] = version.to_bytes(2, "big")
    header[8:32] = struct.pack(">6I", entry, *fields)
    end = size + code_len + ro_len
    body = bytearray(prefix[size:])
    if end <= 4 * _BUILDABLE:
        body = body.ljust(end - size, b"\0")
    if version == 2:
        _continue_metadata(prefix, header, body, end)
    header[28:32] = zlib.crc32(header[:28] + body).to_bytes(4, "big")
    return bytes(header + body)


def _code_length(field: _Field, entry: int) -> int:
    """Behind the entry, a multiple of 4, no larger than code may be; if that cannot be, as many of these as can."""
    wanted = min(max(field.low, entry + 1) + 3 & ~3, 0x1_0000)
    if field.low <= wanted <= field.high:
        return wanted
    aligned = field.high & ~3
    return aligned if field.low <= aligned else field.high


def _continue_metadata(prefix: bytes, header: bytearray, body: bytearray, end: int) -> None:
    """A table of the entries that the prefix has, as far as they can be judged. It stands behind everything else,
    because sections may lie over the table, and what they say must not change."""
    offset = _Field.at(prefix, 0x40, 4)
    table = offset.low if offset.low == 0 or len(prefix) >= 0x44 else offset.at_least(end)
    count = _Field.at(prefix, 0x44, 4).low
    there = min(count, max(0, len(prefix) - table) // _ENTRY.size) if table >= end and len(prefix) >= 0x48 else 0
    entries = bytearray()
    for index in range(there):
        entry = bytes(body[table - _V2 + index * _ENTRY.size :][: _ENTRY.size])
        kind, start, size, number = _ENTRY.unpack(entry)
        not_there = start >= _V2 and start + size > len(prefix)
        entries += _harmless(body, kind, size, number) if not_there else entry
    header[0x40:0x48] = struct.pack(">II", _V2 + len(body) if there else table, there)
    body += entries


def _harmless(body: bytearray, kind: int, size: int, entries: int) -> bytes:
    """The entry of a section whose bytes are not all there yet, moved to zeros behind the image."""
    smallest = {1: 20, 2: 16}.get(kind)
    if smallest is None:
        return _ENTRY.pack(9, _V2, 0, 0)
    if size > _BUILDABLE:
        # Not built: what counts is whether the entries fit, and that is the same for fewer of them.
        entries, size = (1, 0) if entries * smallest > size else (0, 0)
    start = _V2 + len(body)
    body.extend(bytes(size))
    return _ENTRY.pack(kind, start, size, entries)


def _accepted(header: dict[str, Any], code: bytes, rodata: bytes) -> dict[str, Any]:
    metadata = header["metadata"]
    names = ("version", "flags", "entry", "code_len", "ro_len", "bss_size", "req_caps", "crc32", "app_name")
    return {
        "result": "accepted",
        "header": {name: header[name] for name in (*names, "meta_offset", "meta_count")},
        "code": code.hex(),
        "rodata": rodata.hex(),
        "sections": [
            {
                "kind": section["type"],
                "offset": section["offset"],
                "size": section["size"],
                "count": section["entry_count"],
            }
            for section in metadata["sections"]
        ],
        "values": [_value(entry) for entry in metadata["values"]],
        "commands": [_command(entry) for entry in metadata["commands"]],
        "mailboxes": [_mailbox(entry) for entry in metadata["mailboxes"]],
    }


def _value(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "group": entry["group_id"],
        "id": entry["value_id"],
        "flags": entry["flags"],
        "auth": entry["auth_level"],
        "init": entry["init_raw"],
        "name": entry["name"],
        "unit": entry["unit"],
        "epsilon": entry["epsilon_raw"],
        "min": entry["min_raw"],
        "max": entry["max_raw"],
        "persist_key": entry["persist_key"],
        "group_name": entry["group_name"],
    }


def _command(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "group": entry["group_id"],
        "id": entry["cmd_id"],
        "flags": entry["flags"],
        "auth": entry["auth_level"],
        "handler": entry["handler_offset"],
        "name": entry["name"],
        "help": entry["help"],
        "group_name": entry["group_name"],
        "reserved": entry["reserved"],
    }


def _mailbox(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "target": entry["target"],
        "capacity": _integer(entry["capacity"]),
        "mode": entry["mode_mask"],
        "owner_pid": _integer(entry["owner_pid"]),
        "bindings": [{"pid": _integer(binding["pid"]), "flags": binding["flags"]} for binding in entry["bindings"]],
    }


def _integer(number: int | None) -> int | str | None:
    """A number if it fits 64 bits with a sign, else its digits."""
    return str(number) if number is not None and number.bit_length() > 63 and number != -(2**63) else number
