"""The machine's state: everything that an instruction can see or change."""

from .case import Case
from .isa import INSTRUCTION, MIN, STACK, U32
from .profile import Profile
from .stops import Failed

Call = dict[str, str | int]


class Machine:
    """State before the first instruction is that of the case; instructions change it in place."""

    __slots__ = ("arrays", "calls", "case", "globals", "instructions", "modes", "pc", "profile", "stack", "taken")

    def __init__(self, profile: Profile, case: Case) -> None:
        self.profile = profile
        self.case = case  # for what does not change: code, strings, clock, and what the devices answer
        self.instructions = len(case.code) // INSTRUCTION
        self.pc = case.pc  # an instruction index
        self.stack = list(case.stack)  # the top is the last
        self.globals = dict(case.globals)  # one that is not there is 0
        self.arrays = {number: list(elements) for number, elements in case.arrays.items()}  # the active ones
        self.modes = dict(case.pins)  # of pins 0 to 19; one that is not there is 0
        self.calls: list[Call] = []  # what was done to the devices
        self.taken: list[int] = []  # the operands that the present instruction has taken, bottom first

    def take(self, count: int) -> list[int]:
        """Pop `count` cells, bottom first. If there are fewer, all of them are popped before it fails (facts 1.4)."""
        stack = self.stack
        height = len(stack) - count
        if height < 0:
            self.taken = stack + self.taken
            stack.clear()
            raise Failed("stack_underflow")
        cells = stack[height:]
        del stack[height:]
        self.taken = cells + self.taken if self.taken else cells
        return cells

    def restore(self) -> None:
        """Put back what the present instruction has taken."""
        self.stack += self.taken

    def push(self, value: int) -> None:
        """Push the low 32 bits of `value` as a signed cell."""
        if len(self.stack) >= STACK:
            raise Failed("stack_overflow")
        self.stack.append(((value - MIN) & U32) + MIN)

    def require(self, operand: int, highest: int) -> None:
        """Fail unless an operand is from 0 to `highest`."""
        if not 0 <= operand <= highest:
            raise Failed(self.profile.error_of_operand)
