"""The table of sections: its entries, and the kinds of section that mean something (facts 2).

[section-place] A section may lie anywhere behind the header: over code, rodata, the table or another section, before or
behind its own entry. A kind that is not listed here is accepted whatever it holds.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .header import LARGEST
from .mailboxes import Mailbox, read_mailboxes
from .records import COMMAND, VALUE, Command, Value, read_commands, read_values
from .rejection import Error, Flaw

VALUES, COMMANDS, MAILBOXES = 1, 2, 3
ENTRY = struct.Struct(">IIII")

Record = Value | Command | Mailbox


class Kind(NamedTuple):
    """How sections of a kind are read, and the error of two records that are alike in a profile that forbids that."""

    record_size: int  # 0: the table does not tell how large a record is
    read: Callable[[bytes, int], Sequence[Record]]
    duplicate: Error


KINDS = {
    VALUES: Kind(VALUE.size, read_values, "duplicate_id"),
    COMMANDS: Kind(COMMAND.size, read_commands, "duplicate_id"),
    MAILBOXES: Kind(0, read_mailboxes, "duplicate_mailbox"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the table."""

    kind: int
    offset: int
    size: int
    count: int

    @property
    def end(self) -> int:
        return self.offset + self.size


def read_section(entry: bytes) -> Section:
    """The entry, if it can be a good one."""
    section = Section(*ENTRY.unpack(entry))
    if section.offset < LARGEST:
        raise Flaw("section_outside")
    if section.kind in KINDS and section.count * KINDS[section.kind].record_size > section.size:
        raise Flaw("entries_truncated")
    return section
