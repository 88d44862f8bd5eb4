//! Integer arithmetic: results and flags.

use crate::context::psw::{C, N, V, Z};
use crate::instruction::Word;
use crate::isa::Opcode;
use crate::profile::{Profile, Switch};

/// The flags in the form in which arithmetic leaves them: what it computed from what. Most are overwritten before anyone
/// asks, so a flag is worked out only when somebody does.
///
/// Never passed by itself to a function that is not inlined: that would keep it in memory all the time.
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    /// The result: Z is set if it is 0.
    pub result: u32,
    /// What it was computed from.
    pub operands: Operands,
}

/// What a result was computed from, and how.
#[derive(Clone, Copy, Debug)]
pub struct Operands {
    /// The first operand; the program status word if no arithmetic left these flags.
    pub x: u32,
    /// The second operand.
    pub y: u32,
    /// The word of the instruction, of which only the opcode counts; 0, which is no opcode, if the flags are in `x`.
    pub source: u32,
}

impl Flags {
    /// Those that the instruction `source` leaves.
    #[inline(always)]
    pub fn of(source: u32, result: u32, x: u32, y: u32) -> Self {
        Flags { result, operands: Operands { x, y, source } }
    }

    /// The flags of a program status word.
    #[inline(always)]
    pub fn of_psw(psw: u8) -> Self {
        Flags::of(0, (psw & Z == 0).into(), psw.into(), 0)
    }

    /// The same flags, however they came about, as those of a program status word.
    #[inline(always)]
    pub fn settled(self, profile: impl Profile) -> Self {
        if self.operands.source == 0 { self } else { Flags::of_psw(self.psw(profile)) }
    }

    /// Whether they are, being those of a shift, of one by 0.
    #[inline(always)]
    pub fn shifts_by_0(self) -> bool {
        self.operands.y & 31 == 0
    }

    /// Those of a shift by 0 with this result, which keeps C.
    #[inline(always)]
    pub fn of_shift_by_0(result: u32, carry: bool) -> Self {
        Flags::of(0, result, psw_of_shift(result, carry), 0)
    }

    /// Whether they are, being those of a subtraction or comparison, of one that borrows.
    #[inline(always)]
    pub fn borrows(self) -> bool {
        self.operands.x < self.operands.y
    }

    /// C, being that of a sum; of a difference if the mask is all ones instead of 0.
    #[inline(always)]
    pub fn carry_of_sum(self, mask: u32) -> bool {
        carry_of_sum(self.operands.x, self.operands.y ^ mask, self.result)
    }

    /// Z.
    #[inline(always)]
    pub fn zero(self) -> bool {
        self.result == 0
    }

    /// C and V, being those of a sum; of a difference if the mask is all ones instead of 0.
    #[inline(always)]
    fn of_sum(self, profile: impl Profile, mask: u32) -> (bool, bool) {
        let Flags { result, operands: Operands { x, y, .. } } = self;
        let added = y ^ mask;
        let overflow = (x ^ result) & (added ^ result);
        // The reference adds the carry (the borrow) to the second operand before it looks at that operand's sign, so
        // it takes 0x7FFF_FFFF for negative and finds the opposite (host_vm.py:1536, 1552).
        let is_moved = result != x.wrapping_add(added).wrapping_sub(mask);
        let taken_for_negative = y == 0x7FFF_FFFF && is_moved && !profile.strict(Switch::CarryOverflow);
        (self.carry_of_sum(mask), (overflow >> 31 != 0) != taken_for_negative)
    }

    /// C, by a call.
    #[inline(always)]
    pub fn carry(self, profile: impl Profile) -> bool {
        self.psw(profile) & C != 0
    }

    /// The program status word.
    #[inline(never)]
    pub fn psw(self, profile: impl Profile) -> u8 {
        let Flags { result, operands: Operands { x, y, source } } = self;
        if source == 0 {
            return x as u8;
        }
        let (carry, overflow) = match Word(source).op() {
            Some(Opcode::Add | Opcode::Adc) => self.of_sum(profile, 0),
            Some(Opcode::Sub | Opcode::Sbc | Opcode::Cmp) => self.of_sum(profile, u32::MAX),
            op => {
                let carry = carry_of_other(op, x, y);
                let is_signed = profile.strict(Switch::MulOverflow);
                let overflow = if is_signed { (x as i32).checked_mul(y as i32).is_none() } else { carry };
                (carry, op == Some(Opcode::Mul) && overflow)
            }
        };
        bit(self.zero(), Z) | bit(carry, C) | bit(result >> 31 != 0, N) | bit(overflow, V)
    }
}

/// C. Who asks has mostly computed with more than 32 bits before.
#[inline(always)]
pub fn carry(result: u32, operands: &Operands) -> bool {
    const ADD: u8 = Opcode::Add as u8;
    const ADC: u8 = Opcode::Adc as u8;
    const SUB: u8 = Opcode::Sub as u8;
    const SBC: u8 = Opcode::Sbc as u8;
    const CMP: u8 = Opcode::Cmp as u8;
    let flags = Flags { result, operands: *operands };
    match (operands.source >> 24) as u8 {
        ADD | ADC => flags.carry_of_sum(0),
        SUB | SBC | CMP => flags.carry_of_sum(u32::MAX),
        _ => carry_of_rest(operands),
    }
}

#[cold]
#[inline(never)]
fn carry_of_rest(&Operands { x, y, source }: &Operands) -> bool {
    carry_of_other(Word(source).op(), x, y)
}

/// The operands of a shift by 0 that comes to `result`, from those of what came to `before`.
#[cold]
#[inline(never)]
pub fn shifted_by_0(profile: impl Profile, before: u32, result: u32, operands: &Operands) -> Operands {
    let carry = Flags { result: before, operands: *operands }.carry(profile);
    Flags::of_shift_by_0(result, carry).operands
}

/// The C that an instruction has left which neither adds nor subtracts. Three numbers, because they are passed in registers.
#[inline(never)]
pub fn carry_of_other(op: Option<Opcode>, x: u32, y: u32) -> bool {
    match op {
        None => x & u32::from(C) != 0,
        Some(Opcode::Mul) => (u64::from(x) * u64::from(y)) >> 32 != 0,
        Some(Opcode::Lsl) => x.rotate_left(y) & 1 != 0,
        Some(Opcode::Lsr | Opcode::Asr) => x.rotate_right(y) >> 31 != 0,
        Some(_) => false,
    }
}

#[cold]
#[inline(never)]
fn psw_of_shift(result: u32, carry: bool) -> u32 {
    (bit(result == 0, Z) | bit(result >> 31 != 0, N) | bit(carry, C)).into()
}

/// Whether `x` and `y` carried, with or without a carry before, when their sum is `result`.
#[inline(always)]
fn carry_of_sum(x: u32, y: u32, result: u32) -> bool {
    (x & y | (x | y) & !result) >> 31 != 0
}

fn bit(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

/// Signed division, truncated towards 0; the one quotient that does not fit wraps to 0x8000_0000. Nothing if the
/// divisor is 0.
#[inline(always)]
pub fn div(dividend: u32, divisor: u32) -> Option<u32> {
    if divisor == 0 { None } else { Some((dividend as i32).wrapping_div(divisor as i32) as u32) }
}

/// A shift of this opcode (`LSL`, `LSR`, else `ASR`) by `amount & 31`.
#[inline(always)]
pub fn shift(op: Opcode, value: u32, amount: u32) -> u32 {
    let amount = amount & 31;
    match op {
        Opcode::Lsl => value << amount,
        Opcode::Lsr => value >> amount,
        _ => (value as i32 >> amount) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Strict;

    #[test]
    fn every_program_status_word_survives() {
        for psw in 0..16 {
            let flags = Flags::of_psw(psw);
            assert_eq!(flags.psw(Strict), psw);
            assert_eq!((flags.zero(), carry(flags.result, &flags.operands)), (psw & Z != 0, psw & C != 0));
        }
    }
}
