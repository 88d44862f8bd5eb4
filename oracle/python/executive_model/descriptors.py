"""Records that describe values and commands, and chains of them in a task's memory (facts 4.2).

[chain] A chain ends at FFFFh; as the head 0 is "no chain", too, but as the next record 0 is an address like any other.
A record that does not lie in memory whole, one met before and one of another kind make the chain a bad one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from minivm_model.memory import SIZE

from .f16 import canonical
from .memory import TaskMemory

NONE = 0xFFFF


class Record:
    """One of a value or command. `size` is in bytes of the descriptor pool; the texts are kept elsewhere."""

    size: ClassVar[int] = 8

    @property
    def texts(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Group(Record):
    """The name of a value's or command's group."""

    name: str
    size = 6

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class Name(Record):
    """The name of a value."""

    name: str
    size = 6

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class Unit(Record):
    """A value's unit, of four ASCII characters at most, and what change of it counts, and how soon; `epsilon` is an
    f16."""

    unit: str = ""
    epsilon: int = 0
    rate_ms: int = 0
    size = 12


@dataclass(frozen=True)
class Range(Record):
    """A value's range, in f16; nobody enforces it (E33)."""

    min: int = 0
    max: int = 0


@dataclass(frozen=True)
class Persist(Record):
    """Under which key a value is stored, 0 being none, and how long a change is held back, which nobody does."""

    key: int = 0
    debounce: int = 0


@dataclass(frozen=True)
class Help(Record):
    """The name of a command and what it is for."""

    name: str
    help: str

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.name, self.help)


def unit_text(raw: bytes) -> str:
    """Four ASCII characters at most."""
    return raw.decode("ascii", "ignore").rstrip("\0")


class BadChain(ValueError):
    """A chain that cannot be read."""


def value_chain(memory: TaskMemory, head: int) -> list[Record]:
    """Raises `BadChain`."""
    return _chain(memory, head, _VALUE_KINDS)


def command_chain(memory: TaskMemory, head: int) -> list[Record]:
    """Raises `BadChain`."""
    return _chain(memory, head, _COMMAND_KINDS)


class _Kind(NamedTuple):
    size: int
    read: Callable[[TaskMemory, int], Record]


def _word(memory: TaskMemory, address: int) -> int:
    return memory.load(address, 2)


def _text(memory: TaskMemory, address: int) -> str:
    return memory.terminated_text(_word(memory, address))


_VALUE_KINDS = {
    1: _Kind(6, lambda m, at: Group(_text(m, at + 4))),
    2: _Kind(6, lambda m, at: Name(_text(m, at + 4))),
    3: _Kind(12, lambda m, at: Unit(unit_text(m.read(at + 4, 4)), canonical(_word(m, at + 8)), _word(m, at + 10))),
    4: _Kind(8, lambda m, at: Range(canonical(_word(m, at + 4)), canonical(_word(m, at + 6)))),
    5: _Kind(8, lambda m, at: Persist(_word(m, at + 4), _word(m, at + 6))),
}
_COMMAND_KINDS = {0x10: _Kind(8, lambda m, at: Help(_text(m, at + 4), _text(m, at + 6)))}


def _chain(memory: TaskMemory, head: int, kinds: dict[int, _Kind]) -> list[Record]:
    records: list[Record] = []
    met: set[int] = set()
    address = NONE if head == 0 else head
    while address != NONE:
        kind = kinds.get(memory.load(address, 1))
        if address in met or kind is None or address + kind.size > SIZE:
            raise BadChain
        met.add(address)
        records.append(kind.read(memory, address))
        address = _word(memory, address + 2)
    return records


def last_text(texts: Sequence[str]) -> str:
    """The last that is not empty."""
    return next((text for text in reversed(texts) if text), "")
