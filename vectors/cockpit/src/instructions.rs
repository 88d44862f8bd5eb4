//! The page of the instruction set: what the table has of each opcode.

use cockpit::isa::{Existence, Immediate, Opcode};
use cockpit::profile::{Head, Plan};
use oracle::subject::{BitField, Instruction, InstructionSet};

use crate::cases::Cockpit;

impl InstructionSet for Cockpit {
    fn encoding(&self) -> &'static str {
        "An instruction is four bytes: opcode, flags, which the machine ignores, and an immediate of 16 bits, its low byte \
         first. Operands are on the stack and are named from the bottom: `a`, `b`, `c`; the last is on top."
    }

    fn instructions(&self) -> Vec<Instruction> {
        Opcode::ALL.iter().map(|&op| instruction(op)).collect()
    }
}

fn instruction(op: Opcode) -> Instruction {
    let (name, meaning) = match op.immediate() {
        Immediate::Ignored => ("", "ignored"),
        Immediate::Number => ("number", "a number, 0 to 65535"),
        Immediate::Target => ("target", "the index of an instruction"),
        Immediate::Global => ("global", "the number of a global, 0 to 63"),
        Immediate::Local => ("distance", "a distance in cells, below the top of the stack"),
        Immediate::Array => ("array", "the number of an array, 0 to 15"),
        Immediate::String => ("string", "the number of a string; only its low byte counts"),
    };
    let mut facts = vec![
        ("Immediate", meaning.to_owned()),
        ("Stack", format!("pops {}, pushes {}", op.pops(), op.pushes())),
        ("Errors, in the order of the checks", errors(op)),
    ];
    if let Existence::With(_) = op.existence() {
        facts.insert(0, ("Exists", "in profile `plan` only".into()));
    }
    Instruction {
        topic: op.mnemonic(),
        about: op.about(),
        syntax: format!("{} {name}", op.mnemonic()).trim_end().to_owned(),
        fields: vec![
            BitField::new(format!("{:#04x}", op as u8), 0, 0, 8),
            BitField::new("", 1, 1, 8),
            BitField::new(name, 2, 3, 16),
        ],
        facts,
    }
}

/// The errors by the names that the profiles give them.
fn errors(op: Opcode) -> String {
    let error = |check: &cockpit::error::Check| match (check.error(Head).name(), check.error(Plan).name()) {
        (head, plan) if head == plan => format!("`{head}`"),
        (head, plan) => format!("`{head}` (`plan`: `{plan}`)"),
    };
    let mut errors: Vec<String> = op.checks().iter().map(error).collect();
    errors.dedup();
    if errors.is_empty() { "none of its own".into() } else { errors.join(", ") }
}
