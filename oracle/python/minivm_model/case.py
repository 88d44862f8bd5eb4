"""A case: the complete starting state, read strictly from JSON (protocol)."""

from typing import NamedTuple

from model_kit.reading import (
    CaseError,
    Reader,
    boolean,
    each,
    integer,
    integers,
    members,
    octets,
    octets_up_to,
    sequence,
)

from .isa import U32
from .memory import SIZE


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
    return Case(**members(case, _READERS, required=("code", "max_steps")))


_u32 = integer(0, U32)
_words = integers(0, U32)
_address = integer(0, SIZE)


def _registers(key: str, value: object) -> tuple[int, ...]:
    words = _words(key, value)
    if len(words) != 16:
        raise CaseError(f"{key}: {len(words)} values, not 16")
    return words


def _block(key: str, value: object) -> tuple[int, bytes]:
    """[mem-block] A block is within memory if its end is; so an empty one may stand at 65,536 itself."""
    pair = sequence(key, value)
    if len(pair) != 2:
        raise CaseError(f"{key}: not a pair of address and bytes")
    address, data = _address(key, pair[0]), octets(key, pair[1])
    if address + len(data) > SIZE:
        raise CaseError(f"{key}: {len(data)} bytes at {address} reach past {SIZE}")
    return address, data


_READERS: dict[str, Reader] = {
    "code": octets_up_to(SIZE),
    "max_steps": integer(1, 1_000_000),
    "pc": _u32,
    "regs": _registers,
    "sp": _u32,
    "psw": integer(0, 15),
    "stack_limit": _u32,
    "reg_base": integer(0, 0xFFC0),
    "call_stack": _words,
    "mem": each(_block),
    "trace": boolean,
}
