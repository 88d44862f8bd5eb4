"""Integer arithmetic: each function gives the 32-bit result and the new psw, textbook definitions on wide integers.

Operands are unsigned 32-bit. Carry of a subtraction is "no borrow" (facts 1.2).
"""

from .isa import U32, C, N, V, Z

Result = tuple[int, int]

MIN, MAX = -(2**31), 2**31 - 1  # of signed numbers: overflow is a result outside of them


def signed(value: int) -> int:
    """The two's complement reading of a 32-bit value."""
    return value - (1 << 32) if value >> 31 else value


def flags(value: int, carry: bool = False, overflow: bool = False) -> int:
    return (Z if value == 0 else 0) | (N if value >> 31 else 0) | (C if carry else 0) | (V if overflow else 0)


def logic(value: int) -> Result:
    """AND, OR, XOR, NOT: Z and N of the result, C and V cleared."""
    return value, flags(value)


def add(a: int, b: int, carry_in: int = 0) -> Result:
    total = a + b + carry_in
    value = total & U32
    overflow = not MIN <= signed(a) + signed(b) + carry_in <= MAX
    return value, flags(value, total > U32, overflow)


def subtract(a: int, b: int, borrow_in: int = 0) -> Result:
    difference = a - b - borrow_in
    value = difference & U32
    overflow = not MIN <= signed(a) - signed(b) - borrow_in <= MAX
    return value, flags(value, difference >= 0, overflow)


def multiply(a: int, b: int, *, signed_v: bool) -> Result:
    """C is an unsigned high word other than 0; V is that too, or signed overflow."""
    product = a * b
    value = product & U32
    carry = product > U32
    overflow = not MIN <= signed(a) * signed(b) <= MAX if signed_v else carry
    return value, flags(value, carry, overflow)


def divide(a: int, b: int) -> Result:
    """Signed, towards zero; -2^31 / -1 wraps to -2^31, and C and V stay clear even then. `b` is not 0."""
    quotient = abs(signed(a)) // abs(signed(b))
    value = (-quotient if a >> 31 != b >> 31 else quotient) & U32
    return value, flags(value)


# Shifts by 0 to 31. C is the last bit shifted out and stays as it was if none is; V is always cleared.


def shift_left(a: int, amount: int, carry: bool) -> Result:
    value = (a << amount) & U32
    return value, flags(value, carry=bool((a >> (32 - amount)) & 1) if amount else carry)


def shift_right(a: int, amount: int, carry: bool) -> Result:
    value = a >> amount
    return value, flags(value, carry=_last_out_right(a, amount, carry))


def shift_right_arithmetic(a: int, amount: int, carry: bool) -> Result:
    value = (signed(a) >> amount) & U32
    return value, flags(value, carry=_last_out_right(a, amount, carry))


def _last_out_right(a: int, amount: int, carry: bool) -> bool:
    return bool((a >> (amount - 1)) & 1) if amount else carry
