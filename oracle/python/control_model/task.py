"""A loaded task: a MiniVM of its own, and whether it may run."""

from typing import Literal

from hxe_model.loader import Image
from minivm_model.case import Case
from minivm_model.machine import Machine

from .configuration import RODATA, WINDOW, Configuration
from .profile import Profile

# What each fault latches in fault_code; 0 is none (design 4.3). [fault-code] It is 1 + the position of the fault in the
# protocol's list of faults, which has one that no task can show: `invalid_conversion` belongs to another profile.
FAULTS = (
    "memory",
    "divide_by_zero",
    "stack_overflow",
    "stack_underflow",
    "illegal_opcode",
    "pc_out_of_range",
    "truncated_ldi32",
    "invalid_conversion",
    "misaligned",
)
FAULT_CODES = {fault: code for code, fault in enumerate(FAULTS, start=1)}


class Task:
    """A task in state `ready` or `stopped`.

    [start] Registers and flags are 0, and so is all data memory but rodata; pc is the entry, and sp the end of the
    stack. R15 is 0, too: it follows sp only when an instruction moves that.
    """

    def __init__(self, profile: Profile, configuration: Configuration, image: Image) -> None:
        self.state: Literal["ready", "stopped"] = "ready"
        self.fault_code = 0
        self.machine = Machine(
            profile.instructions,
            Case(
                code=image.code,
                max_steps=1,  # of a case of its own, which this is not
                pc=image.header.entry,
                sp=WINDOW,
                stack_limit=configuration.stack[0],
                reg_base=WINDOW,
            ),
        )
        # Stored, and not given as the memory's start, so that its changes are all bytes that are not 0.
        self.write_memory(RODATA, image.rodata)

    def read_memory(self, address: int, length: int) -> bytes:
        return self.machine.memory.read(address, length)

    def write_memory(self, address: int, data: bytes) -> None:
        self.machine.memory.write(address, data)

    def stop(self, fault: str | None) -> None:
        """End the task: by a fault, which is latched, or by its last RET."""
        self.state = "stopped"
        if fault is not None:
            self.fault_code = FAULT_CODES[fault]

    def revive(self) -> None:
        """Make the task ready again, as if it had never faulted; its registers and memory stay."""
        self.state = "ready"
        self.fault_code = 0

    def memory(self) -> list[tuple[int, bytes]]:
        """Every maximal run of bytes of data memory below the register window that are not 0, in order."""
        runs = ((address, data[: max(0, WINDOW - address)]) for address, data in self.machine.memory.changes())
        return [(address, data) for address, data in runs if data]
