//! binary16 arithmetic.
//!
//! Operations are carried out in binary32 and rounded once more. That is exact: 24 bits are at least 2 * 11 + 2, so
//! for +, -, * and / the second rounding never changes what the first would have given.

use half::f16;

use crate::profile::{Profile, Switch};

/// The only NaN that results carry.
pub const NAN: u16 = 0x7E00;
const SIGN: u32 = 0x8000;

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
    arithmetic_in_place(profile, operation, a, b)
}

/// The same, without a call unless a number is special.
#[inline(always)]
pub(crate) fn arithmetic_in_place(profile: impl Profile, operation: Operation, a: u32, b: u32) -> u16 {
    let usual = match operation {
        Operation::Add | Operation::Sub => sum(a, if operation == Operation::Sub { b ^ SIGN } else { b }),
        Operation::Mul | Operation::Div => {
            product(a, b, |x, y| if operation == Operation::Mul { x * y } else { x / y })
        }
    };
    usual.unwrap_or_else(|| arithmetic_of_any(profile, operation, a, b))
}

/// The sum of two finite numbers, if it is finite. One that is subnormal is exact.
#[inline(always)]
fn sum(a: u32, b: u32) -> Option<u16> {
    let (x, y) = (scaled(a), scaled(b));
    if !are_finite(x, y) {
        return None;
    }
    let sum = (f32::from_bits(x) + f32::from_bits(y)).to_bits();
    let is_below_infinity = sum << 1 < 31 << 24;
    is_below_infinity.then(|| (sum >> 16 & SIGN | round_scaled(sum)) as u16)
}

/// What `compute` makes of the magnitudes of two finite numbers, if it is normal, with the sign of a product.
#[inline(always)]
fn product(a: u32, b: u32, compute: impl FnOnce(f32, f32) -> f32) -> Option<u16> {
    // Without signs, and with the exponents at the top.
    const INFINITY: u32 = 0x7C00 << 17;
    let (x, y) = (a << 17, b << 17);
    if x >= INFINITY || y >= INFINITY {
        return None;
    }
    // One scale is enough, for it is that of the result.
    let product = compute(f32::from_bits(x >> 4), f32::from_bits(y >> 4) * SCALE).to_bits();
    is_normal(product).then(|| ((a ^ b) & SIGN | round_scaled(product)) as u16)
}

#[cold]
#[inline(never)]
fn arithmetic_of_any(profile: impl Profile, operation: Operation, a: u32, b: u32) -> u16 {
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

/// The same, without a call unless the result is special.
#[inline(always)]
pub(crate) fn from_int_in_place(profile: impl Profile, value: u32) -> u16 {
    let scaled = (value as i32 as f32 / SCALE).to_bits();
    let (sign, magnitude) = (scaled >> 16 & SIGN, scaled & 0x7FFF_FFFF);
    if is_normal(magnitude) { (sign | round_scaled(magnitude)) as u16 } else { from_int(profile, value) }
}

/// The low half of `bits`, truncated towards 0; nothing where the profile has no result for NaN and infinity.
#[inline(never)]
pub fn to_int(profile: impl Profile, bits: u32) -> Option<u32> {
    to_int_in_place(profile, bits)
}

/// The same, without a call.
#[inline(always)]
pub(crate) fn to_int_in_place(profile: impl Profile, bits: u32) -> Option<u32> {
    if !is_special(bits) {
        return Some(of_finite(bits) as i32 as u32);
    }
    // Rust's cast is what `strict` asks for: NaN gives 0, infinities saturate.
    profile.strict(Switch::FloatToInt).then(|| to_f32(bits) as i32 as u32)
}

/// Whether the low half is NaN or infinite.
#[inline(always)]
fn is_special(bits: u32) -> bool {
    !bits & 0x7C00 == 0
}

/// What a number is divided by if the bits of its binary16 form are taken for those of binary32, each field to the right of
/// where it belongs. No digit is lost by it: binary16's subnormals are subnormal there, and its normals normal.
const SCALE: f32 = f32::from_bits((127 + 112) << 23);

/// The bits of the low half as binary32, divided by [`SCALE`] if it is finite.
#[inline(always)]
fn scaled(bits: u32) -> u32 {
    (i32::from(bits as i16) << 13) as u32 & 0x8FFF_E000
}

/// Whether neither of two scaled numbers is NaN or infinite: one more is carried out of an exponent of ones.
#[inline(always)]
fn are_finite(scaled: u32, other: u32) -> bool {
    const ONE_MORE: u32 = 1 << 23;
    ((scaled + ONE_MORE) | (other + ONE_MORE)) & (1 << 28) == 0
}

/// Whether a scaled number without a sign is normal in binary16, before it is rounded.
#[inline(always)]
fn is_normal(scaled: u32) -> bool {
    scaled.wrapping_sub(1 << 23) < 30 << 23
}

/// The nearest magnitude in binary16 of a scaled number that is normal there, or exact. It may become infinite. A sign is
/// beyond 16 bits.
#[inline(always)]
fn round_scaled(scaled: u32) -> u32 {
    /// Half of a unit in the last place of binary16, less one in that of binary32.
    const JUST_BELOW_HALF: u32 = 0xFFF;
    let is_odd = scaled >> 13 & 1;
    (scaled + is_odd + JUST_BELOW_HALF) >> 13
}

/// The low half as binary32, if it is finite.
#[inline(always)]
fn of_finite(bits: u32) -> f32 {
    f32::from_bits(scaled(bits)) * SCALE
}

/// The low half as binary32.
fn to_f32(bits: u32) -> f32 {
    const EXPONENT_OF_INFINITY: u32 = f32::INFINITY.to_bits();
    let beyond = if is_special(bits) { EXPONENT_OF_INFINITY } else { 0 };
    f32::from_bits(of_finite(bits).to_bits() | beyond)
}

/// Rounds to nearest, ties to even.
#[inline(never)]
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
    /// Whatever is as great is infinite in binary16.
    const BEYOND: f32 = 65536.0;
    let magnitude = value.abs();
    let rounded = if magnitude < f16::MIN_POSITIVE.to_f32_const() {
        (magnitude + HALF).to_bits() - HALF.to_bits()
    } else if magnitude < BEYOND {
        round_scaled((magnitude / SCALE).to_bits())
    } else {
        f16::INFINITY.to_bits().into()
    };
    (value.to_bits() >> 16 & SIGN | rounded) as u16
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
