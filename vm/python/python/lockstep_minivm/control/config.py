"""How the control plane is set up, and how it names registers."""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag


class Policy(IntFlag):
    """What whoever drives the control plane may do: `policy_flags` of the design document. 0: all that needs no flag.

    >>> Policy.DENY_REG_SET | Policy.ALLOW_PC_SET_STOPPED == 6
    True
    """

    DENY_MEM_WRITE_READY = 1
    """No writing to the memory of a task that is ready to run."""
    DENY_REG_SET = 2
    """No writing of registers at all."""
    ALLOW_PC_SET_STOPPED = 4
    """Setting pc of a stopped task is allowed, and makes it ready again."""


class RegisterId(IntEnum):
    """Registers by their numbers in the design document, section 4.3.

    >>> RegisterId(16), int(RegisterId.SP)
    (<RegisterId.R0: 16>, 1)
    """

    PC = 0
    """Byte address of the next instruction."""
    SP = 1
    """Stack pointer, an absolute byte address."""
    PSW = 2
    """Flags: Z is 1, C is 2, N is 4, V is 8."""
    WP = 3
    """Where R0 to R15 are in data memory, a byte address. It can be read only."""
    R0 = 16
    R1 = 17
    R2 = 18
    R3 = 19
    R4 = 20
    R5 = 21
    R6 = 22
    R7 = 23
    R8 = 24
    R9 = 25
    R10 = 26
    R11 = 27
    R12 = 28
    R13 = 29
    R14 = 30
    R15 = 31


@dataclass(frozen=True, slots=True)
class MemConfig:
    """The configuration of a control plane: `mem_cfg` of the design document, section 6.1.4.

    Numbers have 32 bits. `ControlPlane.init` judges them.

    >>> MemConfig(autorun_quanta=8).stack_size_bytes
    4096
    """

    autorun_quanta: int = 1
    """How many instructions a `step` retires at most; not 0."""
    max_pids: int | None = None
    """How many tasks there may be at once; None: as many as the control plane was made for."""
    code_max: int | None = None
    """How many bytes of code a task may have; None: as many as there is room for."""
    data_max: int | None = None
    """How many bytes of data a task may have: registers, stack, heap, rodata and bss; None: as many as fit."""
    stack_size_bytes: int = 0x1000
    """The stack of a task in bytes: a multiple of 8, not 0."""
    heap_size_bytes: int = 0
    """The heap of a task in bytes: a multiple of 8."""
    policy: Policy = field(default=Policy(0))
    """What may be done with tasks."""
    keep_last_regs: bool = False
    """Whether `ControlPlane.last_regs` knows the registers before the last instruction. Runs are slower then."""

    def fields(self) -> list[tuple[str, int]]:
        """Gives the fields by the names of the design document, without those that are None.

        >>> MemConfig(max_pids=2).fields()[1]
        ('limits.max_pids', 2)
        """
        named = [
            ("autorun_quanta", self.autorun_quanta),
            ("limits.max_pids", self.max_pids),
            ("limits.code_max", self.code_max),
            ("limits.data_max", self.data_max),
            ("stack_size_bytes", self.stack_size_bytes),
            ("heap_size_bytes", self.heap_size_bytes),
            ("policy_flags", int(self.policy)),
            ("keep_last_regs", int(self.keep_last_regs)),
        ]
        return [(name, value) for name, value in named if value is not None]
