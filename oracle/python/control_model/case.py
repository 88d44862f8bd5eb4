"""A case: what the VM was built with and the calls made to it, read strictly from JSON (protocol)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from minivm_model.isa import U32
from minivm_model.memory import SIZE
from model_kit.reading import CaseError, Reader, each, integer, is_whole, members, octets, sequence

from .configuration import Room

MOST_CALLS = 80
MOST_INSTRUCTIONS = 1000  # that one call may ask for


class Call(NamedTuple):
    """A call by its name; its arguments by the keys of the protocol."""

    name: str
    arguments: dict[str, Any]


class Case(NamedTuple):
    """The subject's case, checked, with its defaults."""

    calls: tuple[Call, ...]
    room: Room


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    read = members(case, _READERS, required=("calls",))
    return Case(read["calls"], read.get("config", Room()))


def _members(key: str, value: object, readers: Mapping[str, Reader], required: Iterable[str]) -> dict[str, Any]:
    """As `members`, for an object within the case: a complaint begins with the key of that."""
    if not isinstance(value, dict):
        raise CaseError(f"{key}: not an object")
    try:
        return members(value, readers, required)
    except CaseError as bad:
        raise CaseError(f"{key}.{bad}") from None


def _room(key: str, value: object) -> Room:
    return Room(**_members(key, value, _ROOM, required=()))


def _fields(key: str, value: object) -> dict[str, int]:
    """[unknown-fields] A field of `init` that has no meaning is ignored (design 6.1.4), but it is a u32, too."""
    if not isinstance(value, dict):
        raise CaseError(f"{key}: not an object")
    if not all(map(is_whole, value)):
        raise CaseError(f"{key}: half of a surrogate pair")
    return {field: _FIELDS.get(field, _u32)(f"{key}.{field}", number) for field, number in value.items()}


def _call(key: str, value: object) -> Call:
    """All keys that a call has must be there, and no others."""
    if not isinstance(value, dict):
        raise CaseError(f"{key}: not an object")
    if "call" not in value:
        raise CaseError(f"{key}.call: missing")
    name = value["call"]
    if not isinstance(name, str) or name not in ARGUMENTS:
        raise CaseError(f"{key}.call: not a call")
    readers = ARGUMENTS[name]
    if len(value) == 1 + len(readers):
        try:
            return Call(name, {argument: read(argument, value[argument]) for argument, read in readers.items()})
        except (KeyError, CaseError):
            pass  # what follows says what is wrong
    return Call(name, _members(key, {k: v for k, v in value.items() if k != "call"}, readers, readers))


def _calls(key: str, value: object) -> tuple[Call, ...]:
    calls = sequence(key, value)
    if len(calls) > MOST_CALLS:
        raise CaseError(f"{key}: {len(calls)} calls, more than {MOST_CALLS}")
    return _each_call(key, calls)


_each_call = each(_call)
_u32 = integer(0, U32)
_instructions = integer(0, MOST_INSTRUCTIONS)

_TASK: dict[str, Reader] = {"task": _u32}
_REG: dict[str, Reader] = {"reg": _u32}
_VALUE: dict[str, Reader] = {"value": _u32}

ARGUMENTS: dict[str, dict[str, Reader]] = {
    "init": {"config": _fields},
    "load": {"image": octets},
    "load_begin": {},
    "load_write": {**_TASK, "bytes": octets},
    "load_end": _TASK,
    "load_abort": _TASK,
    "unload": _TASK,
    "pids": {},
    "set_context": _TASK,
    "step": {},
    "clock": {"n": _instructions},
    "reg_get": _REG,
    "reg_set": {**_REG, **_VALUE},
    "reg_get_for": {**_TASK, **_REG},
    "reg_set_for": {**_TASK, **_REG, **_VALUE},
    "mem_read": {"address": _u32, "length": integer(0, SIZE)},
    "mem_write": {"address": _u32, "bytes": octets},
    "last_pc": {},
    "last_opcode": {},
    "last_regs": {},
}

# Of the fields of `init`, those that are no mere u32: a step, too, must not run for hours.
_FIELDS: dict[str, Reader] = {"autorun_quanta": _instructions}

_ROOM: dict[str, Reader] = {
    "arenas": integer(1, 4),
    "code": integer(0, SIZE),
    "metadata": integer(0, SIZE),
}

_READERS: dict[str, Reader] = {"config": _room, "calls": _calls}
