//! A second implementation of binary16, written from the rules: the value in binary64, one operation, one rounding.
//!
//! Binary64 holds sums and products of two binary16 numbers exactly, and has more than twice the digits that it takes for
//! a quotient to be rounded twice without harm. No code is shared with the VM, which rounds binary32 once more.

/// The one NaN that results carry.
const NAN: u16 = 0x7E00;
const INFINITY: u16 = 0x7C00;
/// The smallest normal number, as bits and as a value: 2^-14.
const NORMAL: u16 = 0x0400;
const NORMAL_VALUE: f64 = 1.0 / 16384.0;

/// The value of every binary16 number, by its bits.
pub(super) fn values() -> Vec<f64> {
    (0..=u16::MAX).map(value).collect()
}

fn value(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3FF);
    let magnitude = match bits >> 10 & 0x1F {
        // Subnormal: units of 2^-24.
        0 => fraction / 16_777_216.0,
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        exponent => (1024.0 + fraction) * f64::powi(2.0, i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}

/// What each profile makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rounded {
    /// Profile `reference`: what would round up to the smallest normal number becomes the largest subnormal one.
    pub reference: u16,
    /// Profiles `strict` and `portable`: to nearest, ties to even.
    pub textbook: u16,
}

impl Rounded {
    fn both(bits: u16) -> Self {
        Rounded { reference: bits, textbook: bits }
    }
}

/// Rounds a value.
#[inline(always)]
pub(super) fn round(value: f64) -> Rounded {
    if value.is_nan() {
        return Rounded::both(NAN);
    }
    let sign = (value.to_bits() >> 48) as u16 & 0x8000;
    let magnitude = nearest(value.abs());
    let rounded_up = magnitude == NORMAL && value.abs() < NORMAL_VALUE;
    Rounded { reference: sign | (magnitude - u16::from(rounded_up)), textbook: sign | magnitude }
}

/// The bits nearest to a value that is not negative.
#[inline(always)]
fn nearest(value: f64) -> u16 {
    // From here on everything rounds beyond the greatest number, 65504.
    if value >= 65520.0 {
        return INFINITY;
    }
    // The value as a whole number of units of its last place, and of what is below it. Numbers of one binade share a
    // unit: 2^-24 below 2^-13, and twice as much from one binade to the next.
    let bits = value.to_bits();
    let binade = ((bits >> 52) as i32 - 1023).max(-14);
    // Adding 1.5 * 2^52 units leaves no room for anything below a unit, and rounds to nearest, ties to even.
    let unit = f64::from_bits(((binade - 10 + 1023) as u64) << 52);
    let shift = 6_755_399_441_055_744.0 * unit;
    let units = ((value + shift) - shift) / unit;
    // A binade has 1024 numbers; if rounding has gone up to the next one, the carry is what the bits of that are.
    (((binade + 14) as u16) << 10) + units as u16
}

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Sub,
    Mul,
    Div,
}

/// The result of an operation.
#[inline(always)]
pub(super) fn result(operation: Operation, a: f64, b: f64) -> Rounded {
    match operation {
        Operation::Add => round(a + b),
        Operation::Sub => round(a - b),
        Operation::Mul => round(a * b),
        // The reference divides by +infinity instead, whatever the sign of the zero.
        Operation::Div if b == 0.0 => {
            Rounded { reference: round(a / f64::INFINITY).reference, ..round(a / b) }
        }
        Operation::Div => round(a / b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that anyone can check by hand, and the rounding at each edge.
    #[test]
    fn known_values_round_as_they_should() {
        for (value, bits) in [
            (0.0, 0x0000),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (65504.0, 0x7BFF),
            (65519.99, 0x7BFF),
            (65520.0, 0x7C00),
            (-1e300, 0xFC00),
            (NORMAL_VALUE, 0x0400),
            // The smallest subnormal number is 2^-24; half of it is a tie, and goes to even.
            (1.0 / 16_777_216.0, 0x0001),
            (0.5 / 16_777_216.0, 0x0000),
            (0.500_001 / 16_777_216.0, 0x0001),
            (1.5 / 16_777_216.0, 0x0002),
            // 2049 and 2051 lie between two numbers.
            (2049.0, 0x6800),
            (2051.0, 0x6802),
            (4095.9, 0x6C00),
            (1e-300, 0x0000),
        ] {
            assert_eq!(round(value), Rounded::both(bits), "{value}");
        }
        let just_below = NORMAL_VALUE * (1.0 - 1.0 / 4096.0);
        assert_eq!(round(just_below), Rounded { reference: 0x03FF, textbook: 0x0400 });
        assert_eq!(round(-just_below), Rounded { reference: 0x83FF, textbook: 0x8400 });
        assert_eq!(round(f64::NAN), Rounded::both(NAN));
    }

    #[test]
    fn every_number_is_its_own_nearest() {
        for (bits, value) in values().into_iter().enumerate() {
            let bits = bits as u16;
            let expected = if value.is_nan() { NAN } else { bits };
            assert_eq!(round(value), Rounded::both(expected), "{bits:#06x}");
        }
    }

    #[test]
    fn the_reference_divides_by_infinity() {
        let both = |a, b| result(Operation::Div, a, b);
        assert_eq!(both(1.0, 0.0), Rounded { reference: 0x0000, textbook: 0x7C00 });
        assert_eq!(both(-1.0, -0.0), Rounded { reference: 0x8000, textbook: 0x7C00 });
        assert_eq!(both(0.0, 0.0), Rounded { reference: 0x0000, textbook: NAN });
        assert_eq!(both(f64::INFINITY, 0.0), Rounded { reference: NAN, textbook: 0x7C00 });
    }
}
