//! Integer arithmetic: results and flags.

use crate::context::psw::{C, N, V, Z};

/// The flags in the form in which arithmetic leaves them. Most are overwritten before anyone asks, so the bits of the
/// program status word are put together only when somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// The result, sign-extended: Z where the low half is 0, N where it is negative.
    result: i64,
    /// C.
    carry: bool,
    /// V where it is negative.
    overflow: i32,
}

impl Flags {
    /// The flags of a program status word.
    #[inline(always)]
    pub fn of_psw(psw: u8) -> Self {
        // A Z and an N that no result has together are told apart by the two halves.
        let low = i64::from(psw & Z == 0);
        let high = if psw & N != 0 { i64::MIN } else { 0 };
        Flags { result: high | low, carry: psw & C != 0, overflow: if psw & V != 0 { -1 } else { 0 } }
    }

    /// Those of a result whose C and V are 0.
    #[inline(always)]
    pub fn of_logic(result: u32) -> Self {
        Flags { result: (result as i32).into(), carry: false, overflow: 0 }
    }

    /// The same with another C.
    #[inline(always)]
    pub fn with_carry(self, carry: bool) -> Self {
        Flags { carry, ..self }
    }

    /// The same with another V.
    #[inline(always)]
    pub fn with_overflow(self, overflow: bool) -> Self {
        Flags { overflow: if overflow { -1 } else { 0 }, ..self }
    }

    /// The same with V the other way where `flip` is set.
    #[inline(always)]
    pub fn with_overflow_flipped(self, flip: bool) -> Self {
        Flags { overflow: self.overflow ^ if flip { -1 } else { 0 }, ..self }
    }

    /// Z.
    #[inline(always)]
    pub fn zero(self) -> bool {
        self.result as u32 == 0
    }

    /// C.
    #[inline(always)]
    pub fn carry(self) -> bool {
        self.carry
    }

    /// The program status word.
    pub fn psw(self) -> u8 {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        bit(self.zero(), Z) | bit(self.carry, C) | bit(self.result < 0, N) | bit(self.overflow < 0, V)
    }
}

/// `a + b + carry`.
#[inline(always)]
pub fn add(a: u32, b: u32, carry: bool) -> (u32, Flags) {
    let wide = u64::from(a) + u64::from(b) + u64::from(carry);
    let result = wide as u32;
    let overflow = ((a ^ result) & (b ^ result)) as i32;
    (result, Flags { result: (result as i32).into(), carry: wide >> 32 != 0, overflow })
}

/// `a - b - !carry`; C is set where nothing was borrowed.
#[inline(always)]
pub fn sub(a: u32, b: u32, carry: bool) -> (u32, Flags) {
    add(a, !b, carry)
}

/// Signed division, truncated towards 0; the one quotient that does not fit wraps to 0x8000_0000.
#[inline(always)]
pub fn div(dividend: u32, divisor: u32) -> u32 {
    (dividend as i32).wrapping_div(divisor as i32) as u32
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_status_word_survives() {
        for psw in 0..16 {
            let flags = Flags::of_psw(psw);
            assert_eq!(flags.psw(), psw);
            assert_eq!((flags.zero(), flags.carry()), (psw & Z != 0, psw & C != 0));
        }
    }
}
