"""Arithmetic in both profiles; bitwise operations and shifts, which only the plan has."""

from cockpit_support import DIVISION, MAX, MIN, OPERAND, CockpitTest, Op

DEEP = [11, 12]  # lies below the operands and stays


class Arithmetic(CockpitTest):
    def both(self, op: Op, a: int, b: int, value: int) -> None:
        self.gives(op, [*DEEP, a, b], [*DEEP, value])

    def test_add(self) -> None:
        for a, b, value in ((2, 3, 5), (-1, 1, 0), (MAX, 1, MIN), (MIN, -1, MAX), (MIN, MIN, 0), (MAX, MAX, -2)):
            self.both(Op.ADD, a, b, value)

    def test_sub(self) -> None:
        for a, b, value in ((5, 3, 2), (3, 5, -2), (MIN, 1, MAX), (MAX, -1, MIN), (0, MIN, MIN), (-1, MIN, MAX)):
            self.both(Op.SUB, a, b, value)

    def test_mul(self) -> None:
        for a, b, value in (
            (6, -7, -42),
            (0x1_0000, 0x1_0000, 0),
            (0x1_0000, 0x8000, MIN),
            (MIN, -1, MIN),
            (MAX, MAX, 1),
            (0x1234_5678, 0x0FED_CBA9, 0x1234_5678 * 0x0FED_CBA9 % 2**32 - 2**32),
        ):
            self.both(Op.MUL, a, b, value)

    def test_div_truncates(self) -> None:
        for a, b, value in ((7, 2, 3), (-7, 2, -3), (7, -2, -3), (-7, -2, 3), (0, -5, 0), (1, MIN, 0), (MIN, MAX, -1)):
            self.both(Op.DIV, a, b, value)

    def test_mod_bears_the_sign_of_the_dividend(self) -> None:
        for a, b, value in ((7, 2, 1), (-7, 2, -1), (7, -2, 1), (-7, -2, -1), (-6, 3, 0), (MIN, MAX, -1), (5, MIN, 5)):
            self.both(Op.MOD, a, b, value)

    def test_least_by_minus_one(self) -> None:
        self.both(Op.DIV, MIN, -1, MIN)
        self.both(Op.MOD, MIN, -1, 0)

    def test_division_by_zero(self) -> None:
        for op in (Op.DIV, Op.MOD):
            for a in (0, 7, MIN):
                self.fails(op, [*DEEP, a, 0], DIVISION, DEEP)

    def test_underflow(self) -> None:
        for op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD):
            self.underflows(op, 2)

    def test_underflow_goes_before_division_by_zero(self) -> None:
        self.fails(Op.DIV, [0], ("stack_underflow",) * 2, [])


class Bitwise(CockpitTest):
    def plan(self, op: Op, operands: list[int], value: int) -> None:
        self.gives(op, [*DEEP, *operands], [*DEEP, value], profiles=["plan"])

    def test_operations(self) -> None:
        for op, value in ((Op.BITWISE_AND, 0b1000), (Op.BITWISE_OR, 0b1110), (Op.BITWISE_XOR, 0b0110)):
            self.plan(op, [0b1100, 0b1010], value)
        self.plan(Op.BITWISE_AND, [-1, MIN], MIN)
        self.plan(Op.BITWISE_OR, [MIN, MAX], -1)
        self.plan(Op.BITWISE_XOR, [-1, MAX], MIN)
        for a, value in ((0, -1), (-1, 0), (MIN, MAX), (5, -6)):
            self.plan(Op.BITWISE_NOT, [a], value)

    def test_shift_left(self) -> None:
        for a, b, value in ((1, 0, 1), (1, 31, MIN), (3, 31, MIN), (-1, 4, -16), (0x4000_0001, 1, MIN + 2)):
            self.plan(Op.SHIFT_LEFT, [a, b], value)

    def test_shift_right_keeps_the_sign(self) -> None:
        for a, b, value in ((5, 0, 5), (MAX, 30, 1), (MIN, 31, -1), (-5, 1, -3), (1, 31, 0)):
            self.plan(Op.SHIFT_RIGHT, [a, b], value)

    def test_shift_amount(self) -> None:
        for op in (Op.SHIFT_LEFT, Op.SHIFT_RIGHT):
            for amount in (32, -1, 33, MAX, MIN):
                self.fails(op, [1, amount], OPERAND, [], profiles=["plan"])

    def test_underflow(self) -> None:
        self.underflows(Op.BITWISE_NOT, 1, profiles=["plan"])
        for op in (Op.BITWISE_AND, Op.BITWISE_OR, Op.BITWISE_XOR, Op.SHIFT_LEFT, Op.SHIFT_RIGHT):
            self.underflows(op, 2, profiles=["plan"])
