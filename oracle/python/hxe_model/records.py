"""Values and commands: the records of sections of kind 1 and 2 (facts 2).

[text-order] Record by record, the texts of a record are judged in the order of its fields here.
"""

import struct
from typing import NamedTuple

from .texts import text

VALUE = struct.Struct(">BBBBHHHHHHHH")
COMMAND = struct.Struct(">BBBBIHHHH")


class Value(NamedTuple):
    """A value that the program publishes. `init`, `epsilon`, `min` and `max` are the bits of an f16."""

    group: int
    id: int
    flags: int
    auth: int
    init: int
    name: str | None
    unit: str | None
    epsilon: int
    min: int
    max: int
    persist_key: int
    group_name: str | None

    @property
    def identity(self) -> object:
        return self.group, self.id


class Command(NamedTuple):
    """A command that the program offers. `handler` is not held against the code."""

    group: int
    id: int
    flags: int
    auth: int
    handler: int
    name: str | None
    help: str | None
    group_name: str | None
    reserved: int

    @property
    def identity(self) -> object:
        return self.group, self.id


def read_values(section: bytes, count: int) -> list[Value]:
    """The first `count` records, which are known to be there."""
    return [
        Value(
            group,
            id_,
            flags,
            auth,
            init,
            name=text(section, name),
            unit=text(section, unit),
            epsilon=epsilon,
            min=least,
            max=most,
            persist_key=persist_key,
            group_name=text(section, group_name),
        )
        for group, id_, flags, auth, init, name, unit, epsilon, least, most, persist_key, group_name in (
            VALUE.iter_unpack(section[: count * VALUE.size])
        )
    ]


def read_commands(section: bytes, count: int) -> list[Command]:
    """The first `count` records, which are known to be there."""
    return [
        Command(
            group,
            id_,
            flags,
            auth,
            handler,
            name=text(section, name),
            help=text(section, help_),
            group_name=text(section, group_name),
            reserved=reserved,
        )
        for group, id_, flags, auth, handler, name, help_, reserved, group_name in (
            COMMAND.iter_unpack(section[: count * COMMAND.size])
        )
    ]
