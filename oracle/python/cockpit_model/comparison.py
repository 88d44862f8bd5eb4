"""Comparisons and logical operations: they push 1 or 0. `a` is the lower operand, `b` the top."""

import operator
from collections.abc import Callable

from .handler import Handler
from .isa import U32, Op
from .machine import Machine

Test = Callable[[int, int], bool]


def _signed(test: Test) -> Handler:
    def execute(m: Machine, immediate: int) -> None:
        a, b = m.take(2)
        m.push(test(a, b))

    return execute


def _unsigned(test: Test) -> Handler:
    def execute(m: Machine, immediate: int) -> None:
        a, b = m.take(2)
        m.push(test(a & U32, b & U32))

    return execute


def _by_profile(test: Test) -> Handler:
    """LT and GT, which are unsigned only in the plan."""
    signed, unsigned = _signed(test), _unsigned(test)

    def execute(m: Machine, immediate: int) -> None:
        (unsigned if m.profile.unsigned_order else signed)(m, immediate)

    return execute


def logical_not(m: Machine, immediate: int) -> None:
    [a] = m.take(1)
    m.push(a == 0)


BUILT: dict[int, Handler] = {
    Op.EQ: _signed(operator.eq),
    Op.NE: _signed(operator.ne),
    Op.LT: _by_profile(operator.lt),
    Op.GT: _by_profile(operator.gt),
    Op.LE: _unsigned(operator.le),
    Op.GE: _unsigned(operator.ge),
    Op.EQ_SIGNED: _signed(operator.eq),
    Op.NE_SIGNED: _signed(operator.ne),
    Op.LT_SIGNED: _signed(operator.lt),
    Op.GT_SIGNED: _signed(operator.gt),
    Op.LE_SIGNED: _signed(operator.le),
    Op.GE_SIGNED: _signed(operator.ge),
    Op.AND: _signed(lambda a, b: a != 0 and b != 0),
    Op.OR: _signed(lambda a, b: a != 0 or b != 0),
    Op.NOT: logical_not,
}
