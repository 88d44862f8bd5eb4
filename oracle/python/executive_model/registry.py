"""What values and commands have in common: object ids, an owner, and who may register what (facts 4.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from .descriptors import Group, Record, last_text
from .pool import Pool

MOST = 256  # values, and as many commands


class Status(IntEnum):
    """Of values and commands; 6 is EBUSY of a value and ENOASYNC of a command."""

    OK = 0
    ENOENT = 1
    EPERM = 2
    ENOSPC = 3
    EINVAL = 4
    EEXIST = 5
    EBUSY = 6
    ENOASYNC = 6
    EFAIL = 7


class Failed(Exception):
    """An operation that ends with a status other than 0."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


@dataclass(eq=False)
class Entry:
    """A value or a command. `auth` 0 is everybody's."""

    oid: int
    flags: int
    auth: int
    owner: int
    records: list[Record]
    desc_head: int

    @property
    def group_name(self) -> str:
        return last_text([record.name for record in self.records if isinstance(record, Group)])


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries by their id, in the order in which they were registered."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.entries: dict[int, E] = {}

    def entry(self, oid: int) -> E:
        if oid not in self.entries:
            raise Failed(Status.ENOENT)
        return self.entries[oid]

    def add(self, oid: int, records: Sequence[Record], make: Callable[[list[Record], int], E]) -> E:
        """Register what `make` makes of the records and the offset of the first."""
        if oid in self.entries:
            raise Failed(Status.EEXIST)
        if len(self.entries) >= MOST:
            raise Failed(Status.ENOSPC)
        head = self.pool.store(records)
        if head is None:
            raise Failed(Status.ENOSPC)
        entry = self.entries[oid] = make(list(records), head)
        return entry

    def disown(self, owner: int) -> None:
        """What this task owns goes (E35)."""
        for entry in [each for each in self.entries.values() if each.owner == owner]:
            self.pool.free(entry.records)
            del self.entries[entry.oid]

    def oids(self, owner: int | None, group: int | None) -> list[int]:
        return [
            each.oid for each in self.entries.values() if owner in (None, each.owner) and group in (None, each.oid >> 8)
        ]
