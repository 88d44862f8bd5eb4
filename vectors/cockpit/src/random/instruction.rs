//! Single instructions: any opcode in a random state, most often with operands that it accepts.

use cockpit::isa::{Family, Immediate};
use cockpit::stack::CAPACITY;
use cockpit::{Instruction, Opcode};
use oracle::random::Rng;

use super::surroundings::{cell, surroundings};
use crate::case::Case;

pub(super) fn case(rng: &mut Rng) -> Case {
    let mut case = surroundings(rng);
    let op = Opcode::ALL[rng.usize(..Opcode::ALL.len())];
    let [byte, _, low, high] = Instruction::new(op, immediate(rng, op)).encode();
    let byte = if rng.u32(0..24) == 0 { rng.u8(..) } else { byte };
    let flags = if rng.u32(0..4) == 0 { rng.u8(..) } else { 0 };
    // It stands among others, so that targets mean something.
    let size = rng.usize(1..6);
    case.pc = rng.u32(0..size as u32);
    case.code = [[0; 4]; 6][..size].as_flattened().to_vec();
    case.code[4 * case.pc as usize..][..4].copy_from_slice(&[byte, flags, low, high]);
    case.max_steps = 1;
    case.stack = stack(rng, op);
    case
}

fn immediate(rng: &mut Rng, op: Opcode) -> u16 {
    let near = match op.immediate() {
        Immediate::Ignored => 0,
        Immediate::Number => rng.u16(..),
        Immediate::Target => rng.u16(0..7),
        Immediate::Global => rng.u16(0..66),
        Immediate::Local => rng.u16(0..8),
        Immediate::Array => rng.u16(0..18),
        Immediate::String => rng.u16(0..4),
    };
    match rng.u32(0..16) {
        0 => rng.u16(..),
        // Its low byte alone may be right.
        1 => near | rng.u16(..) << 8,
        _ => near,
    }
}

fn stack(rng: &mut Rng, op: Opcode) -> Vec<i32> {
    let depth = match rng.u32(0..32) {
        0 => CAPACITY - rng.usize(0..2),
        1..4 => rng.usize(0..3),
        _ => op.pops() + rng.usize(0..10),
    };
    // Deep stacks are alike at the bottom: what lies there is not looked at.
    let mut stack: Vec<i32> = (0..depth).map(|at| if at + 16 < depth { 7 } else { cell(rng) }).collect();
    if rng.u32(0..8) != 0 {
        for slot in stack.iter_mut().rev().take(op.pops()) {
            *slot = operand(rng, op, *slot);
        }
    }
    stack
}

/// An operand that is likely to be accepted; `any` if all are.
fn operand(rng: &mut Rng, op: Opcode, any: i32) -> i32 {
    match op.family() {
        Family::Pins => rng.i32(-1..22),
        Family::Shift if rng.bool() => rng.i32(-1..33),
        Family::Console => rng.i32(-1..10),
        Family::Buttons => rng.i32(-1..9),
        Family::Display => rng.i32(-1..4),
        Family::Memory if op.immediate() == Immediate::Array => rng.i32(-1..10),
        Family::Control => rng.i32(-1..7),
        Family::Comparison | Family::Logic if rng.bool() => rng.i32(-2..3),
        Family::Time => any & i32::MAX,
        _ => any,
    }
}
