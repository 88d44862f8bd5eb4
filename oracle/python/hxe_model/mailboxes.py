"""Mailboxes: a section of kind 3, in one of its two forms, JSON or binary records (facts 2).

[mailbox-form] NULs alone, or nothing, declare no mailboxes. Otherwise the section is JSON if { or [ is the first byte
that is not ASCII white space, else binary. The count in the table is for the binary form only.

[json-values] The JSON form is as lenient as Python: an integer may be whatever `int` takes, of up to 4300 digits;
"nothing" is whatever equals null, "" or 0, so false and 0.0 too; a version may be whatever equals 1. Members that have
no meaning are passed over. Of equal keys the last one counts. NaN and Infinity are numbers, but no integers.

[json-target] A target stands in the outcome as it was written, white space around it included. It must be text: one
with half of a surrogate pair is not.

[json-depth] JSON that nests deeper than Python follows is refused. How deep that is depends on the Python and on who
calls; the law is what Python 3.11 does with an image that is loaded at the top level of a program. Of the document it
follows 991 objects and lists within each other. What is declared it then copies: for each object or list around a value
it takes two of the calls that are left, for one with nothing in it two more, for a number, a word, a text or a key
three.
"""

import json
import re
import struct
import sys
from collections.abc import Mapping
from typing import NamedTuple

from .rejection import Flaw
from .texts import text

RECORD = struct.Struct(">IHHQ")

DEEPEST = 991
CALLS_LEFT = 988

# What does not count in a document: whatever stands in a text.
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

# Room to follow what is not too deep, whoever calls.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 4 * DEEPEST))

RDONLY, WRONLY, RDWR, TAP, FANOUT, FANOUT_DROP, FANOUT_BLOCK = 1, 2, 3, 4, 8, 16, 32
MODES = {
    "RDONLY": RDONLY,
    "READONLY": RDONLY,
    "RO": RDONLY,
    "WRONLY": WRONLY,
    "WRITEONLY": WRONLY,
    "WO": WRONLY,
    "RDWR": RDWR,
    "RW": RDWR,
    "TAP": TAP,
    "FANOUT": FANOUT,
    "FANOUT_DROP": FANOUT_DROP,
    "FANOUT_BLOCK": FANOUT_BLOCK,
}


class Binding(NamedTuple):
    """A process that the mailbox is bound to from the start."""

    pid: int
    flags: int


class Mailbox(NamedTuple):
    """A mailbox that the program wants; a capacity of None is the machine's default."""

    target: str
    capacity: int | None
    mode: int
    owner_pid: int | None = None
    bindings: tuple[Binding, ...] = ()

    @property
    def identity(self) -> object:
        return self.target


def read_mailboxes(section: bytes, count: int) -> list[Mailbox]:
    """All mailboxes of the section."""
    if not section.strip(b"\0"):
        return []
    if section.lstrip().startswith((b"{", b"[")):
        return _from_json(section)
    return _from_records(section, count)


# --- binary form ------------------------------------------------------------------------------------------------------


def _from_records(section: bytes, count: int) -> list[Mailbox]:
    if count * RECORD.size > len(section):
        raise Flaw("entries_truncated")
    records = RECORD.iter_unpack(section[: count * RECORD.size])
    return [_from_record(text(section, name), depth, flags) for name, depth, flags, _ in records]


def _from_record(name: str | None, depth: int, flags: int) -> Mailbox:
    if not name:
        raise Flaw("mailbox_unnamed")
    return Mailbox(name, depth or None, flags or RDWR)


# --- JSON form --------------------------------------------------------------------------------------------------------


def _from_json(section: bytes) -> list[Mailbox]:
    """Whatever is wrong in here is a ValueError on its way, or an OverflowError for an infinite number."""
    try:
        document = section.rstrip(b"\0").decode().strip()
        if _nesting(document) > DEEPEST:
            raise ValueError("too deep to be read")
        return [_mailbox(_object(each)) for each in _list(_declarations(json.loads(document)))]
    except (ValueError, OverflowError) as error:
        raise Flaw("mailbox_json") from error


def _nesting(document: str) -> int:
    """How many objects and lists are open at once."""
    deepest = open_ones = 0
    for bracket in re.findall(r"[][{}]", _TEXT.sub("", document)):
        open_ones += 1 if bracket in "[{" else -1
        deepest = max(deepest, open_ones)
    return deepest


def _calls_to_copy(value: object) -> int:
    if isinstance(value, dict):
        return 2 + max((max(3, _calls_to_copy(each)) for each in value.values()), default=0)
    if isinstance(value, list):
        return 2 + max((_calls_to_copy(each) for each in value), default=0)
    return 3


def _declarations(document: object) -> object:
    if isinstance(document, list):
        return document
    members = _object(document)
    if members.get("version") not in (None, 1):
        raise ValueError("version: neither absent nor 1")
    return members.get("mailboxes") or members.get("entries") or []


def _mailbox(members: Mapping[str, object]) -> Mailbox:
    if _calls_to_copy(members) > CALLS_LEFT:
        raise ValueError("too deep to be copied")
    return Mailbox(
        _target(members.get("target") or members.get("name")),
        _capacity(members["capacity"] if "capacity" in members else members.get("queue_depth")),
        _mode(next((members[key] for key in ("mode_mask", "mode", "flags") if key in members), None)),
        _owner(members.get("owner_pid")),
        _bindings(members.get("bindings")),
    )


def _target(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("target: not a name")
    value.encode()  # half of a surrogate pair is a UnicodeEncodeError, which is a ValueError
    return value.strip()


def _capacity(value: object) -> int | None:
    return None if value in (None, "", 0) else _natural(value)


def _mode(value: object) -> int:
    if value in (None, "", 0):
        return RDWR
    if not isinstance(value, str):
        return _natural(value) & 0xFFFF
    mode = 0
    for name in value.replace(",", "|").split("|"):
        if name := name.strip().upper():
            if name not in MODES:
                raise ValueError(f"mode: {name!r}")
            mode |= MODES[name]
    return mode or RDWR


def _owner(value: object) -> int | None:
    return None if value in (None, "") else _integer(value)


def _bindings(value: object) -> tuple[Binding, ...]:
    return () if value is None else tuple(_binding(_object(each)) for each in _list(value))


def _binding(members: Mapping[str, object]) -> Binding:
    """A pid must be there; it may be negative, and so may the flags, of which the low 16 bits count."""
    return Binding(_integer(members.get("pid")), _integer(members.get("flags", 0)) & 0xFFFF)


def _integer(value: object) -> int:
    if not isinstance(value, (int, float, str)):
        raise ValueError("not a number")
    return int(value)


def _natural(value: object) -> int:
    number = _integer(value)
    if number < 0:
        raise ValueError("negative")
    return number


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
