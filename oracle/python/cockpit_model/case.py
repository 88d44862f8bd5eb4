"""A case: the complete starting state and what the devices answer, read strictly from JSON (protocol).

[once] A global, an array, a pin or a button stands at most once in its list, as one of two values would be lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from model_kit.reading import CaseError, Reader, each, integer, integers, members, octets_up_to, sequence

from .isa import ARRAYS, ELEMENTS, GLOBALS, INSTRUCTION, MAX, MIN, PINS, PROGRAM, STACK, STRING, STRINGS, U32


class Case(NamedTuple):
    """The subject's case, checked, with its defaults. A mapping has no entry for what the case does not name."""

    code: bytes
    max_steps: int
    pc: int = 0
    stack: tuple[int, ...] = ()
    globals: Mapping[int, int] = {}
    arrays: Mapping[int, tuple[int, ...]] = {}
    strings: tuple[str, ...] = ()
    pins: Mapping[int, int] = {}
    digital: Mapping[int, int] = {}
    analog: Mapping[int, int] = {}
    buttons: Mapping[int, int] = {}
    millis: int = 1000
    micros: int = 1_000_000


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    parsed = Case(**members(case, _READERS, required=("code", "max_steps")))
    count = len(parsed.code) // INSTRUCTION
    if parsed.pc > count:
        raise CaseError(f"pc: beyond the {count} instructions")
    return parsed


_octets = octets_up_to(PROGRAM)
_cell = integer(MIN, MAX)
_cells = integers(MIN, MAX)
_bit = integer(0, 1)
_u32 = integer(0, U32)
_ASCII = re.compile(rf"[\x01-\x7f]{{0,{STRING}}}")


def _code(key: str, value: object) -> bytes:
    code = _octets(key, value)
    if len(code) % INSTRUCTION:
        raise CaseError(f"{key}: {len(code)} bytes, not a multiple of {INSTRUCTION}")
    return code


def _counted(low: int, high: int, reader: Callable[[str, object], tuple[Any, ...]]) -> Reader:
    """A reader of lists of `low` to `high` elements."""

    def read(key: str, value: object) -> tuple[Any, ...]:
        elements = reader(key, value)
        if not low <= len(elements) <= high:
            raise CaseError(f"{key}: {len(elements)} elements, not {low} to {high}")
        return elements

    return read


def _by_number(limit: int, reader: Reader) -> Reader:
    """A reader of lists of pairs, a number below `limit` and what `reader` takes; a number stands once ([once])."""
    number_of = integer(0, limit - 1)

    def read(key: str, value: object) -> dict[int, Any]:
        elements = sequence(key, value)
        entries: dict[int, Any] = {}
        try:
            for element in elements:
                number, it = sequence(key, element)
                entries[number_of(key, number)] = reader(key, it)
        except ValueError:  # a CaseError is one
            return one_by_one(key, elements)
        return entries if len(entries) == len(elements) else one_by_one(key, elements)

    def one_by_one(key: str, elements: Sequence[object]) -> dict[int, Any]:
        """Slower, with a complaint that says which element it is."""
        entries: dict[int, Any] = {}
        for n, element in enumerate(elements):
            place = f"{key}[{n}]"
            pair = sequence(place, element)
            if len(pair) != 2:
                raise CaseError(f"{place}: not a pair of number and value")
            number = number_of(place, pair[0])
            if number in entries:
                raise CaseError(f"{place}: {number} stands twice")
            entries[number] = reader(place, pair[1])
        return entries

    return read


def _string(key: str, value: object) -> str:
    if not isinstance(value, str) or not _ASCII.fullmatch(value):
        raise CaseError(f"{key}: not a text of at most {STRING} ASCII characters other than NUL")
    return value


_READERS: dict[str, Reader] = {
    "code": _code,
    "max_steps": integer(1, 1_000_000),
    "pc": integer(0, PROGRAM // INSTRUCTION),
    "stack": _counted(0, STACK, _cells),
    "globals": _by_number(GLOBALS, _cell),
    "arrays": _by_number(ARRAYS, _counted(1, ELEMENTS, _cells)),
    "strings": _counted(0, STRINGS, each(_string)),
    "pins": _by_number(PINS, integer(0, 255)),
    "digital": _by_number(PINS, _bit),
    "analog": _by_number(PINS, integer(0, 0xFFFF)),
    "buttons": _by_number(256, _bit),
    "millis": _u32,
    "micros": _u32,
}
