"""A case: the complete starting state, read strictly from JSON; a bad one is refused by the key at fault (protocol)."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .isa import U32
from .memory import SIZE


class CaseError(ValueError):
    """A case that the protocol does not allow; the message begins with the key."""


class Case(NamedTuple):
    """The protocol's case, checked, with its defaults."""

    code: bytes
    max_steps: int
    pc: int = 0
    regs: tuple[int, ...] = (0,) * 16
    sp: int = 0x8000
    psw: int = 0
    stack_limit: int = 0
    reg_base: int = 0
    call_stack: tuple[int, ...] = ()
    mem: tuple[tuple[int, bytes], ...] = ()
    trace: bool = False


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    if not isinstance(case, dict):
        raise CaseError("case: not an object")
    for key in case:
        if key not in _READERS:
            raise CaseError(f"{key}: unknown key")
    for key in ("code", "max_steps"):
        if key not in case:
            raise CaseError(f"{key}: missing")
    return Case(**{key: _READERS[key](key, value) for key, value in case.items()})


Reader = Callable[[str, object], Any]

_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def _integer(low: int, high: int) -> Reader:
    def read(key: str, value: object) -> int:
        if type(value) is int and low <= value <= high:  # `type`, not `isinstance`: a boolean is not an integer here
            return value
        raise CaseError(f"{key}: not an integer from {low} to {high}")

    return read


_u32 = _integer(0, U32)
_address = _integer(0, SIZE)


def _list(key: str, value: object) -> Sequence[object]:
    """JSON has only lists; a caller in process may come with tuples."""
    if not isinstance(value, (list, tuple)):
        raise CaseError(f"{key}: not a list")
    return value


def _words(key: str, value: object) -> tuple[int, ...]:
    return tuple(_u32(f"{key}[{n}]", word) for n, word in enumerate(_list(key, value)))


def _registers(key: str, value: object) -> tuple[int, ...]:
    words = _words(key, value)
    if len(words) != 16:
        raise CaseError(f"{key}: {len(words)} values, not 16")
    return words


def _hex(key: str, value: object) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise CaseError(f"{key}: not a string of lower-case hex digit pairs")
    return bytes.fromhex(value)


def _code(key: str, value: object) -> bytes:
    code = _hex(key, value)
    if len(code) > SIZE:
        raise CaseError(f"{key}: {len(code)} bytes, more than {SIZE}")
    return code


def _blocks(key: str, value: object) -> tuple[tuple[int, bytes], ...]:
    return tuple(_block(f"{key}[{n}]", block) for n, block in enumerate(_list(key, value)))


def _block(key: str, value: object) -> tuple[int, bytes]:
    """[mem-block] A block is within memory if its end is; so an empty one may stand at 65,536 itself."""
    pair = _list(key, value)
    if len(pair) != 2:
        raise CaseError(f"{key}: not a pair of address and bytes")
    address, data = _address(key, pair[0]), _hex(key, pair[1])
    if address + len(data) > SIZE:
        raise CaseError(f"{key}: {len(data)} bytes at {address} reach past {SIZE}")
    return address, data


def _boolean(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise CaseError(f"{key}: not a boolean")
    return value


_READERS: dict[str, Reader] = {
    "code": _code,
    "max_steps": _integer(1, 1_000_000),
    "pc": _u32,
    "regs": _registers,
    "sp": _u32,
    "psw": _integer(0, 15),
    "stack_limit": _u32,
    "reg_base": _integer(0, 0xFFC0),
    "call_stack": _words,
    "mem": _blocks,
    "trace": _boolean,
}
