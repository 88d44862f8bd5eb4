"""A command, who asked for it, and how it ended."""

from dataclasses import dataclass
from typing import NamedTuple

from .descriptors import Help, last_text
from .registry import Entry, Status

NEEDS_PIN, ASYNCHRONOUS = 0x01, 0x02  # flags
FAIL = "fail"  # the result of a handler of the host that fails

Result = int | str | None


@dataclass(eq=False)
class Command(Entry):
    """A command. Its handler is the number of one of the host's, or an address in the owner's code; 0 is none."""

    handler: int

    @property
    def name(self) -> str:
        return last_text([record.name for record in self.records if isinstance(record, Help)])

    @property
    def help(self) -> str:
        return last_text([record.help for record in self.records if isinstance(record, Help)])


class Asked(NamedTuple):
    """Who wants to know how a command ends: the task in its SVC, a mailbox by its handle, or the host."""

    by: str  # "call", "async" or "host"
    handle: int = 0


class Done(NamedTuple):
    """How a command ended."""

    status: Status
    result: Result
