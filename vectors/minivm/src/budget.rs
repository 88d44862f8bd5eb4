//! What the VM costs on a chip: a case for each opcode that executes it over and over, and the aims.

use minivm::instruction::Reg;
use minivm::{Instruction, Opcode};
use oracle::Profile;
use oracle::subject::{Apart, Budget, Code, Measured};
use vectors_minivm_wire::Way;

use crate::case::{Block, Case};
use crate::{STRICT, pairs};

/// Copies of an opcode in a row.
const COPIES: u32 = 1000;
/// How often they run in one measurement.
const ROUNDS: u16 = 4;

/// Code in two lines of 512 bytes, data memory in four pages of 256.
const PAGED: Apart = Apart {
    way: Way::Paged.name(),
    feature: "paged",
    ram: "RAM of the paged VM with its lines and pages, beside return addresses",
    max_ram: 3 * 1024,
};

/// What is measured, and what it must keep to.
pub(crate) fn budget() -> Budget<Case> {
    Budget {
        kinds: Opcode::ALL.iter().map(|&op| measured(op)).collect(),
        ways: [Way::Plain, Way::Prepared].map(Way::name).to_vec(),
        is_scored: pairs::is_scored,
        program: |case| case.code.clone(),
        // Design 4.9.
        clock: Some(48.0),
        part: "interpreter",
        code,
        max_code: 14 * 1024,
        ram: "RAM of the VM beside data memory, return addresses and prepared code",
        max_ram: 1024,
        apart: vec![PAGED],
        alone: Vec::new(),
    }
}

fn code(profile: Profile) -> Code {
    let for_type = if profile == STRICT { "minivm::profile::Strict" } else { "minivm::profile::Reference" };
    Code {
        of_crate: "minivm",
        for_type,
        shared: &[
            "minivm::prepared",
            "minivm::alu::carry",
            "minivm::alu::shifted",
            "minivm::alu::psw_of_shift",
        ],
    }
}

fn measured(op: Opcode) -> Measured<Case> {
    let rounds = match op {
        // They stop the VM: one step a round.
        Opcode::Svc | Opcode::Brk => COPIES as u16,
        // Return addresses are what the round before has left.
        Opcode::Call | Opcode::Ret => 1,
        _ => ROUNDS,
    };
    Measured { name: op.mnemonic(), case: case_of(op), rounds }
}

/// A case that executes the opcode [`COPIES`] times in a row, or once if it stops the VM. It takes the usual way:
/// registers apart, numbers that are neither zero nor special, branches taken.
fn case_of(op: Opcode) -> Case {
    let reg = |number| Reg::new(number).expect("below 16");
    let usual = Instruction { rd: reg(1), rs1: reg(2), rs2: reg(3), imm: 8, ..Instruction::new(op) };
    let copies = if matches!(op, Opcode::Svc | Opcode::Brk) { 1 } else { COPIES };
    let mut case = Case { max_steps: copies, sp: 0x8000, ..Case::default() };
    // As binary16: 1.5 and 2.25; as addresses: within memory, aligned.
    (case.regs[2], case.regs[3]) = (0x3E00, 0x4080);
    for number in 0..copies {
        let next = 4 * (number + 1);
        let instruction = match op {
            Opcode::Jmp | Opcode::Jz | Opcode::Jnz => Instruction { imm: next as u16, ..usual },
            Opcode::Call => Instruction { rs1: reg(0), imm: 1, ..usual },
            _ => usual,
        };
        case.code.extend((instruction.encode() & op.operands().used_bits()).to_be_bytes());
        if op == Opcode::Ldi32 {
            case.code.extend(0x1234_5678u32.to_be_bytes());
        }
    }
    match op {
        Opcode::Jz => case.psw = 1,
        Opcode::Div => (case.regs[2], case.regs[3]) = (1_000_000, 7),
        Opcode::Lsl | Opcode::Lsr | Opcode::Asr => case.regs[3] = 5,
        Opcode::Pop => case.sp = 0x2000,
        Opcode::I2f => case.regs[2] = 1000,
        Opcode::Ret => {
            // Every one returns to the next.
            case.sp = 0x2000;
            case.call_stack = (1..=copies).rev().map(|number| 4 * number).collect();
            let addresses = (1..=copies).flat_map(|number| (4 * number).to_le_bytes()).collect();
            case.mem = vec![Block(0x2000, addresses)];
        }
        _ => {}
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_have_the_numbers_by_which_the_firmware_knows_them() {
        let Budget { ways, apart, .. } = budget();
        let all: Vec<&str> = ways.into_iter().chain(apart.iter().map(|apart| apart.way)).collect();
        assert_eq!(all, Way::ALL.iter().map(|way| way.name()).collect::<Vec<_>>());
    }
}
