"""What executes one instruction.

A handler finds pc already at the next instruction and may set it elsewhere. Its argument is the immediate, 0 to 65,535.

[effects-last] A handler takes its operands, then makes all its checks, and only then has effects. So an instruction
that fails has changed nothing but what it has taken from the stack.

[order-of-checks] First the number of operands, then their ranges, the lowest operand first; then what they name:
memory, the target of a jump, the devices; last the room for a result. PRINTF checks its count before it takes the
arguments, as only the count says how many there must be (facts 1.4, decisions).
"""

from collections.abc import Callable

from .machine import Machine
from .stops import Stop

Handler = Callable[[Machine, int], Stop | None]
