"""The machine's state: everything that an instruction can see or change.

[register-window] With `reg_base` other than 0 the sixteen registers live in data memory at reg_base + 4*n,
little-endian, and every register read and write goes there, so loads, stores and the stack alias them (design 4.3,
facts 1.6). The window is not a data access of the program: it may stand at any alignment in both profiles. At 0 the
registers are outside memory.
"""

import struct
from collections.abc import Callable
from typing import Protocol

from .case import Case
from .isa import U32, Instruction
from .memory import Memory
from .profile import Profile
from .stops import Stop

WINDOW = struct.Struct("<16I")  # the registers in data memory


class Registers(Protocol):
    """The sixteen registers by their numbers. Only 32-bit values are written to them."""

    def __getitem__(self, n: int, /) -> int: ...

    def __setitem__(self, n: int, value: int, /) -> None: ...


class Window:
    """Registers in data memory ([register-window])."""

    __slots__ = ("_address", "_memory")

    def __init__(self, memory: Memory, address: int) -> None:
        self._memory = memory
        self._address = address

    def __getitem__(self, n: int, /) -> int:
        return self._memory.load(self._address + 4 * n, 4)

    def __setitem__(self, n: int, value: int, /) -> None:
        self._memory.store(self._address + 4 * n, 4, value)


class Machine:
    """State before the first instruction is that of the case; instructions change it in place."""

    __slots__ = (
        "call_stack",
        "code",
        "fetched",
        "memory",
        "pc",
        "profile",
        "psw",
        "r",
        "reg_base",
        "sp",
        "stack_limit",
    )

    def __init__(self, profile: Profile, case: Case, memory: Memory | None = None) -> None:
        self.profile = profile
        self.code = case.code
        self.pc = case.pc
        self.sp = case.sp  # an absolute byte address of its own; R15 mirrors it, writing R15 does not move it (D9)
        self.psw = case.psw
        self.stack_limit = case.stack_limit
        self.reg_base = case.reg_base
        self.call_stack = list(
            case.call_stack
        )  # shadow of the return addresses: its depth decides if RET ends the task
        self.fetched: dict[int, Fetched] = {}  # by address: code does not change
        if memory is None:
            window = [(case.reg_base, WINDOW.pack(*case.regs))] if case.reg_base else []
            memory = Memory([*case.mem, *window])
        self.memory = memory  # one that is given is that of the case already
        self.r: Registers = Window(memory, case.reg_base) if case.reg_base else [*case.regs]

    def set_reg(self, n: int, value: int) -> None:
        """Write the low 32 bits of `value`, which may be negative."""
        self.r[n] = value & U32

    def regs(self) -> list[int]:
        if isinstance(self.r, list):
            return self.r.copy()
        return [*WINDOW.unpack(self.memory.read(self.reg_base, WINDOW.size))]

    def set_sp(self, sp: int) -> None:
        """Move the stack pointer and its mirror in R15 (D9: not the design's link register)."""
        self.sp = sp
        self.r[15] = sp

    def has_code(self, end: int) -> bool:
        """Whether code reaches up to `end`, exclusive."""
        return end <= len(self.code)

    def code_word(self, address: int) -> int:
        """Code is big-endian and apart from data memory (facts 1.1)."""
        return int.from_bytes(self.code[address : address + 4], "big")


Handler = Callable[[Machine, Instruction], Stop | None]
Fetched = tuple[Handler, Instruction]
"""An instruction and what executes it."""
