//! binary16 arithmetic.
//!
//! Operations are carried out in binary32 and rounded once more. That is exact: 24 bits are at least 2 * 11 + 2, so
//! for +, -, * and / the second rounding never changes what the first would have given.

use half::f16;

use crate::profile::{Profile, Switch};

/// The only NaN that results carry.
pub const NAN: u16 = 0x7E00;

/// An operation on two binary16 values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// a + b
    Add,
    /// a - b
    Sub,
    /// a * b
    Mul,
    /// a / b
    Div,
}

/// Carries out `operation` on the low halves of `a` and `b`.
pub fn arithmetic(profile: impl Profile, operation: Operation, a: u32, b: u32) -> u16 {
    let (a, b) = (to_f32(a), to_f32(b));
    let result = match operation {
        Operation::Add => a + b,
        Operation::Sub => a - b,
        Operation::Mul => a * b,
        Operation::Div if b == 0.0 && !profile.strict(Switch::FloatDivideByZero) => a / f32::INFINITY,
        Operation::Div => a / b,
    };
    round(profile, result)
}

/// The signed integer `value`, rounded.
pub fn from_int(profile: impl Profile, value: u32) -> u16 {
    // Integers that binary32 rounds are beyond binary16's range and give infinity either way.
    round(profile, value as i32 as f32)
}

/// The low half of `bits`, truncated towards 0; nothing where the profile has no result for NaN and infinity.
pub fn to_int(profile: impl Profile, bits: u32) -> Option<u32> {
    let value = to_f32(bits);
    // Rust's cast is what `strict` asks for: NaN gives 0, infinities saturate.
    (value.is_finite() || profile.strict(Switch::FloatToInt)).then_some(value as i32 as u32)
}

fn to_f32(bits: u32) -> f32 {
    f16::from_bits(bits as u16).to_f32()
}

/// Rounds to nearest, ties to even.
fn round(profile: impl Profile, value: f32) -> u16 {
    const SMALLEST_NORMAL: u16 = 0x0400;
    if value.is_nan() {
        return NAN;
    }
    let bits = f16::from_f32(value).to_bits();
    let rounded_up_to_normal = bits & 0x7FFF == SMALLEST_NORMAL && value.abs() < f16::MIN_POSITIVE.to_f32();
    if rounded_up_to_normal && !profile.strict(Switch::SubnormalRounding) { bits - 1 } else { bits }
}
