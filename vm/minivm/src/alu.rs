//! Integer arithmetic: results and flags.

use crate::context::psw::{C, N, V, Z};

/// Z and N of a result.
#[inline(always)]
pub fn zn(result: u32) -> u8 {
    ((result == 0) as u8 * Z) | ((result >> 31) as u8 * N)
}

/// C and V from their conditions.
#[inline(always)]
pub fn cv(carry: bool, overflow: bool) -> u8 {
    (carry as u8 * C) | (overflow as u8 * V)
}

/// `a + b + carry`: the result, the carry out, the signed overflow.
#[inline(always)]
pub fn add(a: u32, b: u32, carry: bool) -> (u32, bool, bool) {
    let wide = u64::from(a) + u64::from(b) + u64::from(carry);
    let result = wide as u32;
    (result, wide >> 32 != 0, (a ^ result) & (b ^ result) & 1 << 31 != 0)
}

/// `a - b - !carry`: the result, the carry out (nothing borrowed), the signed overflow.
#[inline(always)]
pub fn sub(a: u32, b: u32, carry: bool) -> (u32, bool, bool) {
    add(a, !b, carry)
}

/// Signed division, truncated towards 0; the one quotient that does not fit wraps to 0x8000_0000.
#[inline(always)]
pub fn div(dividend: u32, divisor: u32) -> u32 {
    (dividend as i32).wrapping_div(divisor as i32) as u32
}

/// A shift by `amount & 31`: the result, and the last bit shifted out where the amount is not 0.
#[inline(always)]
pub fn shift(direction: Direction, value: u32, amount: u32) -> (u32, Option<bool>) {
    let amount = amount & 31;
    let (result, last_out) = match direction {
        Direction::Left => (value << amount, value.rotate_left(amount) & 1),
        Direction::Right => (value >> amount, value.rotate_right(amount) >> 31),
        Direction::SignedRight => ((value as i32 >> amount) as u32, value.rotate_right(amount) >> 31),
    };
    (result, (amount != 0).then_some(last_out != 0))
}

/// Which way a shift goes and what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Zeros from the right.
    Left,
    /// Zeros from the left.
    Right,
    /// Sign bits from the left.
    SignedRight,
}
