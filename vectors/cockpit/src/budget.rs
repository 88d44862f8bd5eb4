//! What the VM costs on a chip: a case for each opcode that executes it over and over, and the aims.

use cockpit::instruction::Word;
use cockpit::isa::{Existence, Immediate};
use cockpit::{Instruction, Opcode};
use oracle::Profile;
use oracle::subject::{Alone, Budget, Code, Measured};

use crate::case::Case;
use crate::profile::PLAN;

/// Copies of an opcode in a row.
const COPIES: u16 = 300;
/// How often they run in one measurement.
const ROUNDS: u16 = 4;

/// What is measured, and what it must keep to.
pub(crate) fn budget() -> Budget<Case> {
    // The others are no kind of step in `head`, which would measure how they fail.
    let opcodes = Opcode::ALL.iter().filter(|op| op.existence() == Existence::Always);
    Budget {
        kinds: opcodes.map(|&op| measured(op)).collect(),
        ways: vec![""],
        is_scored: |_| true,
        program: |case| case.code.clone(),
        clock: None,
        part: "interpreter",
        code,
        max_code: 16 * 1024,
        ram: "RAM of the VM with stack, globals and arrays",
        max_ram: 12 * 1024,
        apart: Vec::new(),
        alone: vec![
            alone("with the devices of the board", "board", &["board"]),
            alone("alone behind a link", "firmware", &["uart", "cockpit"]),
        ],
    }
}

/// Firmware for the chip that the plan names, within what the plan allows.
fn alone(name: &'static str, program: &'static str, features: &'static [&'static str]) -> Alone {
    Alone { name, program, chip: "stm32g474", features, max_flash: 128 << 10, max_ram: 32 << 10 }
}

fn code(profile: Profile) -> Code {
    let for_type = if profile == PLAN { "cockpit::profile::Plan" } else { "cockpit::profile::Head" };
    Code { of_crate: "cockpit", for_type, shared: &[] }
}

fn measured(op: Opcode) -> Measured<Case> {
    let rounds = match op {
        // One step a round.
        Opcode::Halt | Opcode::Mod => 1000,
        _ => ROUNDS,
    };
    Measured { name: op.mnemonic(), case: case_of(op), rounds }
}

/// A case that executes the opcode [`COPIES`] times in a row. It takes the usual way: operands that are accepted, numbers that
/// are neither zero nor special, branches taken. What one leaves is an operand of the next.
fn case_of(op: Opcode) -> Case {
    let copies = match op {
        // It stops the VM.
        Opcode::Halt => 1,
        // A remainder is smaller than its divisor, and is the next one's: soon it would be 0.
        Opcode::Mod => 1,
        // An array can be created once.
        Opcode::CreateArray => 16,
        _ => COPIES,
    };
    let next = |at: u16| match op.immediate() {
        Immediate::Array if op == Opcode::CreateArray => at,
        Immediate::Target => at + 1,
        Immediate::Array | Immediate::Local | Immediate::String => 1,
        Immediate::Number | Immediate::Global | Immediate::Ignored => 5,
    };
    let words: Vec<Word> = (0..copies).map(|at| Instruction::new(op, next(at)).encode()).collect();
    let end = [Instruction::new(Opcode::Halt, 0).encode()];
    let code = [&words[..], &end].concat();
    // Two cells below, to copy from and to write to.
    let below = [1, 2].into_iter();
    let operands = below.chain((1..=copies).rev().flat_map(|at| operands(op, at))).collect();
    Case {
        code: code.as_flattened().to_vec(),
        max_steps: copies.into(),
        stack: operands,
        globals: vec![(5, 77)],
        arrays: if op == Opcode::CreateArray { Vec::new() } else { vec![(1, vec![10, 1, 30])] },
        strings: vec![String::new(), "n = %d".into()],
        pins: vec![(5, 1)],
        analog: vec![(5, 5)],
        ..Case::default()
    }
}

/// The operands that one execution pops, bottom first; `next` is the index of the instruction behind it.
fn operands(op: Opcode, next: u16) -> Vec<i32> {
    match op {
        Opcode::Ret => vec![next.into()],
        Opcode::Div => vec![7],
        Opcode::Mod => vec![1_000_000, 7],
        Opcode::DigitalWrite | Opcode::PinMode => vec![5, 1],
        Opcode::AnalogWrite => vec![5, 1000],
        Opcode::DigitalRead | Opcode::AnalogRead => vec![5],
        Opcode::Printf => vec![123, 1],
        Opcode::StoreArray => vec![9, 1],
        Opcode::LoadArray => vec![1],
        Opcode::JmpFalse => vec![0],
        Opcode::Halt
        | Opcode::Push
        | Opcode::Call
        | Opcode::LoadGlobal
        | Opcode::LoadLocal
        | Opcode::Millis
        | Opcode::Micros => vec![],
        _ if op.pops() == 2 => vec![1000, 7],
        _ => vec![1],
    }
}
