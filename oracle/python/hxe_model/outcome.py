"""An outcome: the image taken apart, or why and when it was rejected, in the protocol's JSON."""

from dataclasses import asdict

from model_kit.answers import Outcome

from .loader import Image
from .mailboxes import Mailbox
from .rejection import Rejected
from .sections import COMMANDS, MAILBOXES, VALUES, Record


def accepted(image: Image) -> Outcome:
    """All keys are always there."""
    return {
        "result": "accepted",
        "header": image.header._asdict(),
        "code": image.code.hex(),
        "rodata": image.rodata.hex(),
        "sections": [asdict(section) for section in image.sections],
        "values": [_members(value) for value in image.records[VALUES]],
        "commands": [_members(command) for command in image.records[COMMANDS]],
        "mailboxes": [_members(mailbox) for mailbox in image.records[MAILBOXES]],
    }


def rejected(rejection: Rejected) -> Outcome:
    return {"result": "rejected", "error": rejection.error, "offset": rejection.offset}


def _members(record: Record) -> dict[str, object]:
    members = {key: _written(value) for key, value in record._asdict().items()}
    if isinstance(record, Mailbox):
        members["bindings"] = [{"pid": _written(each.pid), "flags": each.flags} for each in record.bindings]
    return members


def _written(value: object) -> object:
    """An integer that does not fit 64 bits with a sign is written as a text."""
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value
