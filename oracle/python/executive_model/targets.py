"""Names of mailboxes, as tasks and hosts write them (facts 3.2)."""

import re
from functools import lru_cache
from typing import NamedTuple

from model_kit.answers import Unsupported

from .failures import BadPid, BadTarget

PID, SVC, APP, SHARED = range(4)
_LONGEST = 32
_PID = re.compile(r"[+-]?[0-9]+(_[0-9]+)*")


class Name(NamedTuple):
    """What a mailbox is known by; its owner is a PID or nobody."""

    namespace: int
    name: str
    owner: int | None


@lru_cache(maxsize=1024)
def parse(target: str | bytes, caller: int, *, ascii_only: bool) -> Name:
    """Raises `BadTarget`. [raw-target] A byte of a task that is no text is dropped, but in strict it is not ASCII, and
    the target bad (E22)."""
    if ascii_only and not target.isascii():
        raise BadTarget
    target = target.decode("utf-8", "ignore") if isinstance(target, bytes) else target
    if not target:
        raise BadTarget
    prefix, colon, rest = target[:_LONGEST].partition(":")
    match prefix if colon else None:
        case "pid":
            owner = _pid(rest) if rest else caller
            return Name(PID, f"pid:{owner}", owner)
        case "svc":
            return Name(SVC, *_name_and_owner(rest, caller))
        case "app":
            return Name(APP, *_name_and_owner(rest, None))
        case "shared":
            return Name(SHARED, _name_and_owner(rest, None)[0], None)
        case _:
            return Name(SVC, *_name_and_owner(target[:_LONGEST], caller))


def _name_and_owner(text: str, default: int | None) -> tuple[str, int | None]:
    name, _, owner = text.partition("@")
    return name, _pid(owner) if owner else default


def _pid(text: str) -> int:
    """[pid-digits] Digits of other scripts are digits for the reference; the models leave them alone."""
    if any(character.isdecimal() and not character.isascii() for character in text):
        raise Unsupported("a PID in digits that are not ASCII")
    text = text.strip()
    if not _PID.fullmatch(text):
        raise BadPid
    return int(text)
