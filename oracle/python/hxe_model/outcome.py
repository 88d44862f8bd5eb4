"""An outcome: the image taken apart, or why and when it was rejected, in the protocol's JSON."""

from model_kit.answers import Outcome

from .loader import Image
from .mailboxes import Mailbox
from .rejection import Rejected
from .sections import COMMANDS, MAILBOXES, VALUES, Record, Section


def accepted(image: Image) -> Outcome:
    """All keys are always there."""
    return {
        "result": "accepted",
        "header": image.header._asdict(),
        "code": image.code.hex(),
        "rodata": image.rodata.hex(),
        "sections": [_section(section) for section in image.sections],
        "values": [value._asdict() for value in image.records[VALUES]],
        "commands": [command._asdict() for command in image.records[COMMANDS]],
        "mailboxes": [_members(mailbox) for mailbox in image.records[MAILBOXES]],
    }


def rejected(rejection: Rejected) -> Outcome:
    return {"result": "rejected", "error": rejection.error, "offset": rejection.offset}


def _section(section: Section) -> dict[str, int]:
    return {"kind": section.kind, "offset": section.offset, "size": section.size, "count": section.count}


def _members(mailbox: Record) -> dict[str, object]:
    assert isinstance(mailbox, Mailbox)
    members = {key: _written(value) for key, value in mailbox._asdict().items()}
    members["bindings"] = [{"pid": _written(each.pid), "flags": each.flags} for each in mailbox.bindings]
    return members


def _written(value: object) -> object:
    """An integer that does not fit 64 bits with a sign is written as a text."""
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value
