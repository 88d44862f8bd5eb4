"""Control flow. Targets and return addresses are instruction indices; the end of the program is no target."""

from . import stops
from .handler import Handler
from .isa import Op
from .machine import Machine
from .stops import Failed, Stop


def _target(m: Machine, index: int) -> int:
    if not 0 <= index < m.instructions:
        raise Failed("invalid_jump")
    return index


def halt(m: Machine, immediate: int) -> Stop:
    """Counts as a step, and pc stays on it."""
    m.pc -= 1
    return stops.halt()


def call(m: Machine, immediate: int) -> None:
    """Push the index of the next instruction, which may be the end of the program, and jump."""
    target = _target(m, immediate)
    m.push(m.pc)
    m.pc = target


def ret(m: Machine, immediate: int) -> None:
    """Jump to whatever is on top of the stack: there are no frames."""
    [index] = m.take(1)
    m.pc = _target(m, index)


def jmp(m: Machine, immediate: int) -> None:
    m.pc = _target(m, immediate)


def jmp_true(m: Machine, immediate: int) -> None:
    """The target is checked only if the jump is taken."""
    [condition] = m.take(1)
    if condition != 0:
        m.pc = _target(m, immediate)


def jmp_false(m: Machine, immediate: int) -> None:
    """The target is checked only if the jump is taken."""
    [condition] = m.take(1)
    if condition == 0:
        m.pc = _target(m, immediate)


BUILT: dict[int, Handler] = {
    Op.HALT: halt,
    Op.CALL: call,
    Op.RET: ret,
    Op.JMP: jmp,
    Op.JMP_TRUE: jmp_true,
    Op.JMP_FALSE: jmp_false,
}
