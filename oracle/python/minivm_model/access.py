"""Where a data access goes, and the faults that stop it.

[access-order] The checks come in this order, all before any effect: first the stack's own (PUSH and CALL overflow,
POP and RET underflow), then range (`memory`), then, in strict, alignment (`misaligned`). So a POP or RET whose word
straddles the end of memory is `memory`, never `misaligned`.

[effective-address] The address is (register + imm12) mod 2^32. The reference then drops the upper half (D5); strict
faults if it is not 0. Either way the access must not straddle 0xFFFF.

[stack-access] PUSH, POP, CALL and RET access 32-bit data words and are held to alignment like LD and ST.

[stack-bounds] sp is a 32-bit value of its own. A push overflows if sp - 4 is below 0 or below stack_limit, or if sp
is above 65,536; a pop underflows if sp is 65,536 or more. The top of the stack is checked by no one (D21, facts 1.3).
"""

from .isa import U32, Instruction
from .machine import Machine
from .memory import SIZE
from .stops import Fault


def data_address(m: Machine, i: Instruction, size: int) -> int:
    """The address of a load or store of `size` bytes."""
    address = (m.r[i.rs1] + i.imm) & U32
    if address > 0xFFFF and not m.profile.address_range:
        address &= 0xFFFF
    return _checked(m, address, size)


def push_address(m: Machine) -> int:
    """Where PUSH and CALL write their word."""
    address = m.sp - 4
    if address < 0 or address < m.stack_limit or m.sp > SIZE:
        raise Fault("stack_overflow")
    return _checked(m, address, 4)


def pop_address(m: Machine, *, of_ret: bool = False) -> int:
    """Where POP and RET read their word."""
    if m.sp >= SIZE:
        raise Fault("stack_underflow")
    return _checked(m, m.sp, 4, of_ret=of_ret)


def _checked(m: Machine, address: int, size: int, *, of_ret: bool = False) -> int:
    if address + size > SIZE:
        raise Fault("memory", silent=of_ret and not m.profile.return_across_end)
    if address % size and m.profile.alignment:
        raise Fault("misaligned")
    return address
