//! Flags on the fast path, which knows what left them by the kind of its word.

use super::word::Packed;
use super::{HOSTED, kind};
use crate::alu::{self, Flags, Operands};
use crate::isa::Opcode;

/// Of the operands and a copy of them, what is lent to a function that is called, which is rare.
///
/// What is lent stands in memory all the time. On a microcontroller the operands should: most are overwritten before anyone
/// asks, and registers are few. On a host they should not.
#[inline(always)]
pub fn to_lend<T>(operands: T, copy: T) -> T {
    if HOSTED { copy } else { operands }
}

/// C.
#[inline(always)]
pub fn carry(result: u32, operands: &Operands) -> bool {
    if operands.source & kind::SUM == 0 {
        let copy = *operands;
        return carry_of_other(to_lend(operands, &copy));
    }
    let mask = if operands.source & kind::IS_DIFFERENCE != 0 { u32::MAX } else { 0 };
    Flags { result, operands: *operands }.carry_of_sum(mask)
}

/// Makes the operands of what comes to `before` those of a shift by 0 that comes to `result`.
#[cold]
#[inline(never)]
pub fn shift_by_0(before: u32, result: u32, operands: &mut Operands) {
    *operands = Flags::of_shift_by_0(result, carry(before, operands)).operands;
}

#[cold]
#[inline(never)]
fn carry_of_other(&Operands { x, y, source }: &Operands) -> bool {
    alu::carry_of_other(left_by(source), x, y)
}

/// The opcode of the instruction that a prepared word stands for, if it leaves flags.
pub fn left_by(source: u32) -> Option<Opcode> {
    kind::FLAGS_OF[Packed(source).kind() as usize]
}
