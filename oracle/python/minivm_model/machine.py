"""The machine's state: everything that an instruction can see or change.

[register-window] With `reg_base` other than 0 the sixteen registers live in data memory at reg_base + 4*n,
little-endian, and every register read and write goes there, so loads, stores and the stack alias them (design 4.3,
facts 1.6). The window is not a data access of the program: it may stand at any alignment in both profiles. At 0 the
registers are outside memory.
"""

import struct

from .case import Case
from .isa import U32, Instruction
from .memory import Memory
from .profile import Profile

WINDOW = struct.Struct("<16I")  # the registers in data memory


class Machine:
    """State before the first instruction is that of the case; instructions change it in place."""

    __slots__ = (
        "_registers",
        "call_stack",
        "code",
        "fetched",
        "memory",
        "pc",
        "profile",
        "psw",
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
        self._registers = list(case.regs)
        self.fetched: dict[int, Instruction] = {}  # by address: code does not change
        if memory is None:
            window = [(case.reg_base, WINDOW.pack(*case.regs))] if case.reg_base else []
            memory = Memory([*case.mem, *window])
        self.memory = memory  # one that is given is that of the case already

    def reg(self, n: int) -> int:
        if self.reg_base:
            return self.memory.load(self.reg_base + 4 * n, 4)
        return self._registers[n]

    def set_reg(self, n: int, value: int) -> None:
        """Write the low 32 bits of `value`, which may be negative."""
        if self.reg_base:
            self.memory.store(self.reg_base + 4 * n, 4, value)
        else:
            self._registers[n] = value & U32

    def regs(self) -> list[int]:
        if not self.reg_base:
            return self._registers.copy()
        window = self.memory.load(self.reg_base, WINDOW.size).to_bytes(WINDOW.size, "little")
        return [*WINDOW.unpack(window)]

    def set_sp(self, sp: int) -> None:
        """Move the stack pointer and its mirror in R15 (D9: not the design's link register)."""
        self.sp = sp
        self.set_reg(15, sp)

    def has_code(self, end: int) -> bool:
        """Whether code reaches up to `end`, exclusive."""
        return end <= len(self.code)

    def code_word(self, address: int) -> int:
        """Code is big-endian and apart from data memory (facts 1.1)."""
        return int.from_bytes(self.code[address : address + 4], "big")
