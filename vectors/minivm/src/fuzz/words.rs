//! Changing instruction words.

use minivm::{Instruction, Opcode};
use oracle::fuzz::mutation::nudged;
use oracle::random::{Rng, pick};

/// An instruction word of the table, mostly without bits that are ignored.
pub fn instruction(rng: &mut Rng) -> u32 {
    let op = pick(rng, Opcode::ALL);
    let ignored = if rng.u8(..8) == 0 { 0 } else { !op.operands().used_bits() };
    let bits = rng.u32(..) & 0x00FF_FFFF;
    let bits = if rng.bool() { bits & 0x0077_7FFF } else { bits };
    ((op as u32) << 24 | bits) & !(ignored & 0x00FF_FFFF)
}

/// The word with one field changed: the operation, a register or the immediate.
pub fn other_field(rng: &mut Rng, word: u32) -> u32 {
    let Some(i) = Instruction::decode(word) else { return instruction(rng) };
    let field = |shift: u32, value: u32| word & !(15 << shift) | value << shift;
    match rng.u8(..6) {
        0 => word & 0x00FF_FFFF | (pick(rng, Opcode::ALL) as u32) << 24,
        1 => field(20, rng.u32(..16)),
        2 => field(16, rng.u32(..16)),
        3 => field(12, rng.u32(..16)),
        _ => word & !0xFFF | nudged(rng, i.imm.into()) & 0xFFF,
    }
}
