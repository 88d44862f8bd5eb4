"""Comparisons, signed and unsigned, and logical operations."""

import operator
from collections.abc import Callable
from itertools import product

from cockpit_support import BOTH, MAX, MIN, CockpitTest, Op

VALUES = (MIN, -2, -1, 0, 1, 2, 0xFFFF, MAX)
DEEP = [11, 12]

Test = Callable[[int, int], bool]
SIGNED: dict[Op, Test] = {
    Op.EQ_SIGNED: operator.eq,
    Op.NE_SIGNED: operator.ne,
    Op.LT_SIGNED: operator.lt,
    Op.GT_SIGNED: operator.gt,
    Op.LE_SIGNED: operator.le,
    Op.GE_SIGNED: operator.ge,
}
UNSIGNED: dict[Op, Test] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.GT: operator.gt,
    Op.LE: operator.le,
    Op.GE: operator.ge,
}


class Comparisons(CockpitTest):
    def check(self, op: Op, a: int, b: int, holds: bool, profiles: tuple[str, ...] = BOTH) -> None:
        self.gives(op, [*DEEP, a, b], [*DEEP, 1 if holds else 0], profiles=profiles)

    def test_by_example(self) -> None:
        self.check(Op.LT, -1, 1, True, ("head",))
        self.check(Op.LT, -1, 1, False, ("plan",))
        self.check(Op.GT, -1, 1, False, ("head",))
        self.check(Op.GT, -1, 1, True, ("plan",))
        self.check(Op.LE, -1, 1, False)
        self.check(Op.GE, -1, 1, True)

    def test_signed(self) -> None:
        for (op, test), a, b in product(SIGNED.items(), VALUES, VALUES):
            self.check(op, a, b, test(a, b))

    def test_unsigned(self) -> None:
        for (op, test), a, b in product(UNSIGNED.items(), VALUES, VALUES):
            unsigned = test(a % 2**32, b % 2**32)
            self.check(op, a, b, unsigned, ("plan",))
            self.check(op, a, b, test(a, b) if op in (Op.LT, Op.GT) else unsigned, ("head",))

    def test_underflow(self) -> None:
        for op in (*SIGNED, *UNSIGNED):
            self.underflows(op, 2)


class Logic(CockpitTest):
    def test_any_value_but_0_is_true(self) -> None:
        for a, b in product(VALUES, VALUES):
            self.gives(Op.AND, [*DEEP, a, b], [*DEEP, 1 if a and b else 0])
            self.gives(Op.OR, [*DEEP, a, b], [*DEEP, 1 if a or b else 0])
        for a in VALUES:
            self.gives(Op.NOT, [*DEEP, a], [*DEEP, 0 if a else 1])

    def test_underflow(self) -> None:
        self.underflows(Op.AND, 2)
        self.underflows(Op.OR, 2)
        self.underflows(Op.NOT, 1)
