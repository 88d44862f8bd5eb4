//! Module 0xE: functions on binary16, where the configuration has them.

use half::f16;

use super::call::{Call, Service};
use crate::error::Raise;
use crate::executive::{Executive, System};
use crate::profile::{Profile, Switch};
use minivm::control::ENOSYS;

/// From here on `exp` is beyond binary64, and the reference raises: 710.
const EXP_OVERFLOWS: u16 = 0x618C;
const INFINITY: u16 = 0x7C00;

/// Functions 0, 1 and 2: sine, cosine and exponential of the low half of R1.
pub(super) struct Libm;

impl Service for Libm {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        if !executive.config.libm {
            return executive.answer(call, ENOSYS);
        }
        let bits = executive.half(call, 1);
        if !executive.strict(Switch::LibmTotal) {
            match call.function {
                0 | 1 if bits & 0x7FFF == INFINITY => return executive.raise(Raise::LibmDomain),
                2 if (EXP_OVERFLOWS..INFINITY).contains(&bits) => {
                    return executive.raise(Raise::LibmOverflow);
                }
                _ => {}
            }
        }
        let number = f16::from_bits(bits).to_f64();
        let result = match call.function {
            0 => libm::sin(number),
            1 => libm::cos(number),
            2 => libm::exp(number),
            _ => return executive.answer(call, 0),
        };
        let rounded = round(executive.profile.machine(), result);
        executive.answer(call, executive.word(call, 0) & 0xFFFF_0000 | u32::from(rounded));
    }
}

/// Rounds to nearest, ties to even, as the VM of this profile does.
fn round(machine: impl minivm::Profile, value: f64) -> u16 {
    const SMALLEST_NORMAL: u16 = 0x0400;
    if value.is_nan() {
        return minivm::float::NAN;
    }
    // The conversion looks at the upper half of the number only: what is below it counts as one sticky bit.
    let (upper, lower) = (value.to_bits() >> 32, value.to_bits() & 0xFFFF_FFFF);
    let sticky = f64::from_bits((upper | u64::from(lower != 0)) << 32);
    let bits = f16::from_f64(sticky).to_bits();
    let magnitude = f64::from_bits(value.to_bits() & !(1 << 63));
    let rounded_up_to_normal = bits & 0x7FFF == SMALLEST_NORMAL && magnitude < f16::MIN_POSITIVE.to_f64();
    if rounded_up_to_normal && !machine.strict(minivm::Switch::SubnormalRounding) { bits - 1 } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_that_of_the_vm() {
        assert_eq!(round(minivm::Strict, 1.0 + 2f64.powi(-11)), 0x3C00, "a tie");
        assert_eq!(round(minivm::Strict, 1.0 + 2f64.powi(-11) + 2f64.powi(-50)), 0x3C01, "just above it");
        assert_eq!(round(minivm::Strict, 65520.0), 0x7C00);
        assert_eq!(round(minivm::Strict, -0.0), 0x8000);
        assert_eq!(round(minivm::Strict, f64::NAN), 0x7E00);
        let below = f64::from(f16::MIN_POSITIVE) - 2f64.powi(-26);
        assert_eq!((round(minivm::Strict, below), round(minivm::Reference, below)), (0x0400, 0x03FF));
    }
}
