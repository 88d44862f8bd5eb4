"""Arithmetic, and in the plan bitwise operations and shifts. `a` is the lower operand, `b` the top; results wrap."""

import operator
from collections.abc import Callable

from .handler import Handler
from .isa import Op
from .machine import Machine
from .stops import Failed


def _quotient(a: int, b: int) -> int:
    """Towards zero. INT_MIN / -1 wraps to INT_MIN, as Arm's SDIV has it (decisions)."""
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def _remainder(a: int, b: int) -> int:
    """Bears the sign of `a`. INT_MIN % -1 is 0 (decisions)."""
    return a - b * _quotient(a, b)


def _binary(result: Callable[[int, int], int]) -> Handler:
    def execute(m: Machine, immediate: int) -> None:
        a, b = m.take(2)
        m.push(result(a, b))

    return execute


def _division(result: Callable[[int, int], int]) -> Handler:
    def execute(m: Machine, immediate: int) -> None:
        a, b = m.take(2)
        if b == 0:
            raise Failed("division_by_zero")
        m.push(result(a, b))

    return execute


def _shift(result: Callable[[int, int], int]) -> Handler:
    def execute(m: Machine, immediate: int) -> None:
        a, b = m.take(2)
        m.require(b, 31)
        m.push(result(a, b))

    return execute


def bitwise_not(m: Machine, immediate: int) -> None:
    [a] = m.take(1)
    m.push(~a)


BUILT: dict[int, Handler] = {
    Op.ADD: _binary(operator.add),
    Op.SUB: _binary(operator.sub),
    Op.MUL: _binary(operator.mul),
    Op.DIV: _division(_quotient),
    Op.MOD: _division(_remainder),
}
BITWISE: dict[int, Handler] = {
    Op.BITWISE_AND: _binary(operator.and_),
    Op.BITWISE_OR: _binary(operator.or_),
    Op.BITWISE_XOR: _binary(operator.xor),
    Op.BITWISE_NOT: bitwise_not,
    Op.SHIFT_LEFT: _shift(operator.lshift),
    Op.SHIFT_RIGHT: _shift(operator.rshift),  # arithmetic: cells are signed
}
