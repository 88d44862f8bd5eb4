"""IEEE 754 half precision as the VM has it (facts 1.5).

Arithmetic is done in Python's double precision and rounded once to half. That gives the correctly rounded half: sums
and products of halves are exact in double, and a quotient of halves is never close enough to a tie for two roundings
to show.

[f16-nan] Every NaN result is 0x7E00: sign and payload of a NaN are not kept, in both profiles.
"""

from math import copysign, frexp, inf, isnan, ldexp, nan

from .profile import Profile

NAN = 0x7E00
INFINITY = 0x7C00
SIGN = 0x8000
SMALLEST_NORMAL = 2.0**-14  # 0x0400


def decode(half: int) -> float:
    """The value of the 16 bits `half`."""
    exponent, fraction = (half >> 10) & 0x1F, half & 0x3FF
    if exponent == 0x1F:
        magnitude = nan if fraction else inf
    elif exponent == 0:
        magnitude = ldexp(fraction, -24)
    else:
        magnitude = ldexp(0x400 + fraction, exponent - 25)
    return -magnitude if half & SIGN else magnitude


def encode(value: float, profile: Profile) -> int:
    """The half nearest to `value`, ties to even, beyond the largest half infinity."""
    if isnan(value):
        return NAN
    sign = SIGN if copysign(1.0, value) < 0 else 0
    magnitude = abs(value)
    if magnitude >= 65520.0:  # half a step above the largest half, 65504
        return sign | INFINITY
    exponent = frexp(max(magnitude, SMALLEST_NORMAL))[1] - 1  # below 2^-14 the grid stays as it is there
    steps = round(ldexp(magnitude, 10 - exponent))  # exact scaling; `round` goes to even on a tie
    # A normal's implicit bit, and a carry out of the rounding, are in `steps` and move the exponent field up by one.
    bits = ((exponent + 14) << 10) + steps
    if bits == 0x0400 and magnitude < SMALLEST_NORMAL and not profile.subnormal_rounding:
        bits = 0x03FF
    return sign | bits


def divide(x: float, y: float, profile: Profile) -> float:
    """x / y. The reference takes a zero divisor of either sign for +infinity."""
    if y != 0.0:
        return x / y
    if not profile.float_divide_by_zero:
        return x / inf
    if x == 0.0 or isnan(x):
        return nan
    return copysign(inf, copysign(1.0, x) * copysign(1.0, y))


def to_int32(value: float) -> int:
    """`value` towards zero; NaN is 0 and the infinities are the ends of int32, as Arm's VCVT has it."""
    if isnan(value):
        return 0
    return int(max(-(2.0**31), min(value, 2.0**31 - 1)))
