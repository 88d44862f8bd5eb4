//! Changing inputs: bytes, words and instructions.

use fastrand::Rng;
use minivm::{Instruction, Opcode};

/// Values at which things change.
const EDGES: [u32; 15] = [
    0,
    1,
    2,
    4,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFC,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
];

/// One of the items, which are not none.
pub fn pick<'i, T>(rng: &mut Rng, items: &'i [T]) -> &'i T {
    &items[rng.usize(..items.len())]
}

/// A value, more often than not at an edge.
pub fn edgy(rng: &mut Rng) -> u32 {
    match rng.u8(..4) {
        0 => rng.u32(..),
        1 => (1u32 << rng.u32(..32)).wrapping_add(rng.u32(..5)).wrapping_sub(2),
        2 => 0x100 * rng.u32(..4) + rng.u32(..24),
        _ => *pick(rng, &EDGES),
    }
}

/// A value near this one, or another.
pub fn nudged(rng: &mut Rng, value: u32) -> u32 {
    match rng.u8(..4) {
        0 => value.wrapping_add(rng.u32(..9)).wrapping_sub(4),
        1 => value ^ 1 << rng.u32(..32),
        _ => edgy(rng),
    }
}

/// An instruction word of the table, mostly without bits that are ignored.
pub fn instruction(rng: &mut Rng) -> u32 {
    let op = *pick(rng, Opcode::ALL);
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
        0 => word & 0x00FF_FFFF | (*pick(rng, Opcode::ALL) as u32) << 24,
        1 => field(20, rng.u32(..16)),
        2 => field(16, rng.u32(..16)),
        3 => field(12, rng.u32(..16)),
        _ => word & !0xFFF | nudged(rng, i.imm.into()) & 0xFFF,
    }
}

/// Changes bytes, as libFuzzer does where that is not there.
pub fn bytes(rng: &mut Rng, input: &mut Vec<u8>) {
    let at = rng.usize(..=input.len());
    match rng.u8(..7) {
        0 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        1 if at < input.len() => input[at] = rng.u8(..),
        2 if at < input.len() => input[at] = *pick(rng, &[0, 1, 0x7F, 0x80, 0xFF]),
        3 => {
            let end = (at + rng.usize(1..9)).min(input.len());
            input.drain(at..end);
        }
        4 if at + 4 <= input.len() => {
            let value = edgy(rng).to_be_bytes();
            input[at..at + 4].copy_from_slice(&value);
        }
        5 if !input.is_empty() => {
            let start = rng.usize(..input.len());
            let end = (start + rng.usize(1..33)).min(input.len());
            let piece = input[start..end].to_vec();
            input.splice(at..at, piece);
        }
        _ => input.insert(at, rng.u8(..)),
    }
}

/// The next one of two alternatives, the first with a chance of 1 in `of`.
pub fn one_in(rng: &mut Rng, of: u32) -> bool {
    rng.u32(..of) == 0
}
