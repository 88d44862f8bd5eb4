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
#[inline(never)]
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
#[inline(never)]
pub fn from_int(profile: impl Profile, value: u32) -> u16 {
    // Integers that binary32 rounds are beyond binary16's range and give infinity either way.
    round(profile, value as i32 as f32)
}

/// The low half of `bits`, truncated towards 0; nothing where the profile has no result for NaN and infinity.
#[inline(never)]
pub fn to_int(profile: impl Profile, bits: u32) -> Option<u32> {
    let value = to_f32(bits);
    // Rust's cast is what `strict` asks for: NaN gives 0, infinities saturate.
    (value.is_finite() || profile.strict(Switch::FloatToInt)).then_some(value as i32 as u32)
}

/// The same value as binary32. A product with a power of two is exact, and moves binary16's exponents to where they
/// belong, those of subnormals too.
fn to_f32(bits: u32) -> f32 {
    const TWO_TO_112: f32 = f32::from_bits((127 + 112) << 23);
    const EXPONENT_OF_INFINITY: u32 = f32::INFINITY.to_bits();
    let (sign, magnitude) = (bits << 16 & 0x8000_0000, (bits & 0x7FFF) << 13);
    let value = (f32::from_bits(magnitude) * TWO_TO_112).to_bits();
    let beyond = if magnitude >= 0x7C00 << 13 { EXPONENT_OF_INFINITY } else { 0 };
    f32::from_bits(sign | value | beyond)
}

/// Rounds to nearest, ties to even.
fn round(profile: impl Profile, value: f32) -> u16 {
    const SMALLEST_NORMAL: u16 = 0x0400;
    if value.is_nan() {
        return NAN;
    }
    let bits = to_f16(value);
    let rounded_up_to_normal =
        bits & 0x7FFF == SMALLEST_NORMAL && value.abs() < f16::MIN_POSITIVE.to_f32_const();
    if rounded_up_to_normal && !profile.strict(Switch::SubnormalRounding) { bits - 1 } else { bits }
}

/// The nearest binary16 value, of two the even one. Not for NaN.
fn to_f16(value: f32) -> u16 {
    /// One unit in the last place of binary32 is here what it is for subnormals of binary16.
    const HALF: f32 = 0.5;
    /// Half of a unit in the last place of binary16, less one in that of binary32.
    const JUST_BELOW_HALF: u32 = 0xFFF;
    const BIASES_APART: u32 = (127 - 15) << 23;
    let magnitude = value.abs().to_bits();
    let rounded = if magnitude >= 65536f32.to_bits() {
        f16::INFINITY.to_bits().into()
    } else if magnitude < f16::MIN_POSITIVE.to_f32_const().to_bits() {
        (value.abs() + HALF).to_bits() - HALF.to_bits()
    } else {
        let is_odd = magnitude >> 13 & 1;
        (magnitude - BIASES_APART + JUST_BELOW_HALF + is_odd) >> 13
    };
    (value.to_bits() >> 16 & 0x8000) as u16 | rounded as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_binary16_values_are_widened() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (to_f32(bits.into()), f16::from_bits(bits).to_f32());
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{bits:#x}");
        }
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        for bits in (0..=f16::MAX.to_bits()).filter(|&bits| bits & 0x7FFF < 0x7BFF) {
            let (below, above) = (to_f32(bits.into()), to_f32(u32::from(bits) + 1));
            let tie = (below + above) / 2.0;
            for value in [tie.next_down(), tie, tie.next_up(), -tie] {
                assert_eq!(to_f16(value), f16::from_f32(value).to_bits(), "{value:e}");
            }
        }
    }

    proptest! {
        #[test]
        fn others_are_rounded_as_by_another_implementation(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assert!(value.is_nan() || to_f16(value) == f16::from_f32(value).to_bits());
        }
    }
}
