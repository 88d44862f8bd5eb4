"""The half-precision codec, against `struct` and against exact rational arithmetic."""

import random
import struct
import unittest
from bisect import bisect
from fractions import Fraction
from itertools import pairwise
from math import copysign, inf, isnan, nan

from minivm_model import f16
from minivm_model.profile import REFERENCE, STRICT, Profile

FINITE = [f16.decode(half) for half in range(0x7C00)] + [65536.0]  # ends with the step that has become infinity


def struct_decode(half: int) -> float:
    value: float = struct.unpack("<e", struct.pack("<H", half))[0]
    return value


def expected_encode(value: float, profile: Profile) -> int:
    """`struct`'s half, but for overflow (an error there), NaN and the reference's saturation below 2^-14."""
    if isnan(value):
        return 0x7E00
    try:
        half: int = struct.unpack("<H", struct.pack("<e", value))[0]
    except OverflowError:
        half = 0x7C00 if value > 0 else 0xFC00
    if profile is REFERENCE and abs(value) < 2.0**-14 and half & 0x7FFF == 0x0400:
        half -= 1
    return half


def nearest_half(value: Fraction) -> int:
    """Round an exact value other than 0 by looking at the two halves beside it; ties to even."""
    magnitude = abs(value)
    below = min(bisect(FINITE, magnitude) - 1, 0x7BFF)
    low, high = magnitude - Fraction(FINITE[below]), Fraction(FINITE[below + 1]) - magnitude
    half = below + 1 if low > high or (low == high and below & 1) else below
    return half | (0x8000 if value < 0 else 0)


class Decode(unittest.TestCase):
    def test_every_half(self) -> None:
        for half in range(0x1_0000):
            expected, value = struct_decode(half), f16.decode(half)
            if isnan(expected):
                self.assertTrue(isnan(value))
            else:
                self.assertEqual((value, copysign(1, value)), (expected, copysign(1, expected)), hex(half))


class Encode(unittest.TestCase):
    def check(self, value: float) -> None:
        for profile in (REFERENCE, STRICT):
            self.assertEqual(f16.encode(value, profile), expected_encode(value, profile), value)

    def test_every_half_comes_back(self) -> None:
        for half in range(0x1_0000):
            value = f16.decode(half)
            self.assertEqual(f16.encode(value, REFERENCE), 0x7E00 if isnan(value) else half)

    def test_ties_and_their_neighbours(self) -> None:
        for low, high in pairwise(FINITE):
            tie = (low + high) / 2
            for value in (tie, tie * (1 - 2.0**-52), tie * (1 + 2.0**-52)):
                self.check(value)
                self.check(-value)

    def test_random_doubles(self) -> None:
        rng = random.Random(16)
        for _ in range(20_000):
            self.check(rng.uniform(-1, 1) * 2.0 ** rng.randint(-30, 18))
            self.check(struct.unpack("<d", rng.randbytes(8))[0])

    def test_integers(self) -> None:
        for n in range(-70_000, 70_001, 7):
            self.check(float(n))

    def test_corners(self) -> None:
        for value in (0.0, -0.0, inf, -inf, nan, -nan, 65504.0, 65519.99, 65520.0, 5e-324, 1.7e308):
            self.check(value)

    def test_saturation_below_the_smallest_normal(self) -> None:
        lowest = 2.0**-14 * (1 - 2.0**-11)
        for value in (lowest, lowest * (1 + 2.0**-52), 2.0**-14 * (1 - 2.0**-53)):
            self.assertEqual(f16.encode(value, REFERENCE), 0x03FF)
            self.assertEqual(f16.encode(-value, REFERENCE), 0x83FF)
            self.assertEqual(f16.encode(value, STRICT), 0x0400)
            self.assertEqual(f16.encode(-value, STRICT), 0x8400)
        self.assertEqual(f16.encode(lowest * (1 - 2.0**-52), STRICT), 0x03FF)
        self.assertEqual(f16.encode(2.0**-14, REFERENCE), 0x0400)


class Arithmetic(unittest.TestCase):
    def test_rounded_once(self) -> None:
        """Sum, product and quotient of halves are the halves nearest to the exact results."""
        rng = random.Random(754)
        for _ in range(20_000):
            x, y = (f16.decode(rng.randrange(0x7C00) | rng.choice((0, 0x8000))) for _ in range(2))
            exact = {x + y: Fraction(x) + Fraction(y), x * y: Fraction(x) * Fraction(y)}
            if y:
                exact[f16.divide(x, y, STRICT)] = Fraction(x) / Fraction(y)
            for value, fraction in exact.items():
                if fraction:
                    self.assertEqual(f16.encode(value, STRICT), nearest_half(fraction), (x, y, value))


class DivideByZero(unittest.TestCase):
    CASES = (  # x, y, x/y in the reference, x/y in strict
        (1.0, 0.0, 0x0000, 0x7C00),
        (1.0, -0.0, 0x0000, 0xFC00),
        (-1.0, 0.0, 0x8000, 0xFC00),
        (-1.0, -0.0, 0x8000, 0x7C00),
        (0.0, 0.0, 0x0000, 0x7E00),
        (-0.0, 0.0, 0x8000, 0x7E00),
        (0.0, -0.0, 0x0000, 0x7E00),
        (inf, 0.0, 0x7E00, 0x7C00),
        (inf, -0.0, 0x7E00, 0xFC00),
        (-inf, 0.0, 0x7E00, 0xFC00),
        (nan, 0.0, 0x7E00, 0x7E00),
    )

    def test_both_profiles(self) -> None:
        for x, y, reference, strict in self.CASES:
            self.assertEqual(f16.encode(f16.divide(x, y, REFERENCE), REFERENCE), reference, (x, y))
            self.assertEqual(f16.encode(f16.divide(x, y, STRICT), STRICT), strict, (x, y))


class ToInteger(unittest.TestCase):
    def test_towards_zero(self) -> None:
        for value, expected in ((1.9, 1), (-1.9, -1), (-0.0, 0), (65504.0, 65504), (2.0**-24, 0)):
            self.assertEqual(f16.to_int32(value), expected)

    def test_saturates(self) -> None:
        for value, expected in ((nan, 0), (inf, 0x7FFF_FFFF), (-inf, -0x8000_0000)):
            self.assertEqual(f16.to_int32(value), expected)
