//! A second implementation of the integer instructions, written from the rules: in 64 bits, where nothing overflows. No
//! code is shared with the VM.

/// Flags.
const Z: u8 = 1;
const C: u8 = 2;
const N: u8 = 4;
const V: u8 = 8;

/// The instructions that set flags, and the opcode of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Operation {
    Add = 0x10,
    Sub = 0x11,
    Mul = 0x12,
    Div = 0x13,
    And = 0x14,
    Or = 0x15,
    Xor = 0x16,
    Not = 0x17,
    Cmp = 0x20,
    Lsl = 0x31,
    Lsr = 0x32,
    Asr = 0x33,
    Adc = 0x34,
    Sbc = 0x35,
}

impl Operation {
    pub const ALL: [Operation; 14] = {
        use Operation::*;
        [Add, Sub, Mul, Div, And, Or, Xor, Not, Cmp, Lsl, Lsr, Asr, Adc, Sbc]
    };
}

/// What comes out of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Result {
    /// What rd holds; `None` if it keeps what it held.
    pub rd: Option<u32>,
    /// The flags.
    pub psw: u8,
}

/// The result of an instruction, by the reading of the reference (`textbook` false) or of the document. `None` if it
/// divides by 0.
pub(super) fn result(operation: Operation, a: u32, b: u32, psw: u8, textbook: bool) -> Option<Result> {
    let carry_in = psw & C != 0;
    let signed = |value: u32| i64::from(value as i32);
    let (ua, ub, sa, sb) = (i64::from(a), i64::from(b), signed(a), signed(b));
    let fits = |value: i64| i64::from(value as i32) == value;
    // The exact result without signs and with, for what has a carry and an overflow.
    let sum = |unsigned: i64, signed: i64| (unsigned as u32, unsigned > 0xFFFF_FFFF, !fits(signed));
    let difference = |unsigned: i64, signed: i64| (unsigned as u32, unsigned >= 0, !fits(signed));
    let (one, amount) = (i64::from(carry_in), b & 31);
    // The last bit that leaves a shift; what was there if none does.
    let left = if amount == 0 { carry_in } else { a >> (32 - amount) & 1 == 1 };
    let right = if amount == 0 { carry_in } else { a >> (amount - 1) & 1 == 1 };
    let (value, carry, overflow) = match operation {
        Operation::Add => sum(ua + ub, sa + sb),
        Operation::Sub | Operation::Cmp => difference(ua - ub, sa - sb),
        Operation::Adc => {
            let (value, carry, overflow) = sum(ua + ub + one, sa + sb + one);
            // The reference gets it wrong for this operand with a carry (ledger row D36).
            (value, carry, overflow != (!textbook && b == 0x7FFF_FFFF && carry_in))
        }
        Operation::Sbc => {
            let (value, carry, overflow) = difference(ua - ub - (1 - one), sa - sb - (1 - one));
            (value, carry, overflow != (!textbook && b == 0x7FFF_FFFF && !carry_in))
        }
        Operation::Mul => {
            let product = u64::from(a) * u64::from(b);
            let carry = product > 0xFFFF_FFFF;
            // The reference takes C for V (ledger row D37).
            (product as u32, carry, if textbook { !fits(sa * sb) } else { carry })
        }
        Operation::Div if b == 0 => return None,
        Operation::Div => ((sa / sb) as u32, false, false),
        Operation::And => (a & b, false, false),
        Operation::Or => (a | b, false, false),
        Operation::Xor => (a ^ b, false, false),
        Operation::Not => (!a, false, false),
        Operation::Lsl => ((u64::from(a) << amount) as u32, left, false),
        Operation::Lsr => ((ua >> amount) as u32, right, false),
        Operation::Asr => ((sa >> amount) as u32, right, false),
    };
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let psw = flag(value == 0, Z) | flag(carry, C) | flag(value >> 31 == 1, N) | flag(overflow, V);
    Some(Result { rd: (operation != Operation::Cmp).then_some(value), psw })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Results that anyone can check by hand.
    #[test]
    fn known_results() {
        let of = |operation, a, b, psw| {
            let result = result(operation, a, b, psw, true).unwrap();
            (result.rd, result.psw)
        };
        assert_eq!(of(Operation::Add, 0xFFFF_FFFF, 1, 0), (Some(0), Z | C));
        assert_eq!(of(Operation::Add, 0x7FFF_FFFF, 1, C), (Some(0x8000_0000), N | V));
        assert_eq!(of(Operation::Cmp, 1, 2, 0), (None, N));
        assert_eq!(of(Operation::Sub, 0x8000_0000, 1, 0), (Some(0x7FFF_FFFF), C | V));
        assert_eq!(of(Operation::Adc, 0x7FFF_FFFF, 0, C), (Some(0x8000_0000), N | V));
        assert_eq!(of(Operation::Sbc, 0, 0, 0), (Some(0xFFFF_FFFF), N));
        assert_eq!(of(Operation::Mul, 0xFFFF_FFFF, 0xFFFF_FFFF, 0), (Some(1), C));
        assert_eq!(of(Operation::Div, 0x8000_0000, 0xFFFF_FFFF, C | V), (Some(0x8000_0000), N));
        assert_eq!(of(Operation::Lsl, 3, 31, 0), (Some(0x8000_0000), C | N));
        assert_eq!(of(Operation::Lsr, 3, 32, C), (Some(3), C));
        assert_eq!(of(Operation::Asr, 0x8000_0000, 31, C), (Some(0xFFFF_FFFF), N));
        assert_eq!(result(Operation::Div, 1, 0, 0, true), None);
        // What the reference gets wrong.
        let reference = |operation, a, b, psw| result(operation, a, b, psw, false).unwrap().psw;
        assert_eq!(reference(Operation::Adc, 0, 0x7FFF_FFFF, C), N);
        assert_eq!(reference(Operation::Sbc, 0, 0x7FFF_FFFF, 0), N | V);
        assert_eq!(reference(Operation::Mul, 0xFFFF_FFFF, 0xFFFF_FFFF, 0), C | V);
    }
}
