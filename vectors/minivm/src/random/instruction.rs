//! Random instructions.

use minivm::instruction::Reg;
use minivm::{Instruction, Opcode};
use oracle::random::{Rng, pick};

use super::state::{edgy, state};
use crate::case::Case;

/// One instruction, mostly legal, in a random state.
pub fn single_instruction(rng: &mut Rng) -> Case {
    let words = [any_instruction(rng), edgy(rng)];
    Case { code: bytes(&words), max_steps: 1, ..state(rng) }
}

/// Code of these words.
pub(super) fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A word: any opcode with fields that it uses, any opcode with any fields, or no opcode at all.
pub(super) fn any_instruction(rng: &mut Rng) -> u32 {
    let (op, bits) = (pick(rng, Opcode::ALL), rng.u32(..));
    match rng.u8(..25) {
        0..20 => (op as u32) << 24 | bits & op.operands().used_bits() & 0x00FF_FFFF,
        20..24 => (op as u32) << 24 | bits & 0x00FF_FFFF,
        _ => bits,
    }
}

/// Few registers, so that results are used again. R13 counts loops and is left alone.
pub(super) fn register(rng: &mut Rng) -> Reg {
    let number = match rng.u8(..15) {
        0..12 => rng.u8(..6),
        12..14 => rng.u8(6..13),
        _ => rng.u8(14..16),
    };
    Reg::new(number).expect("below 16")
}

/// One of these instructions, with operands that meet those of others.
pub(super) fn operation(rng: &mut Rng, opcodes: &[Opcode]) -> u32 {
    let op = pick(rng, opcodes);
    let [rd, rs1, rs2] = [(); 3].map(|()| register(rng));
    let imm = rng.i16(-16..17) as u16 & 0xFFF;
    Instruction { op, rd, rs1, rs2, imm }.encode() & op.operands().used_bits()
}
