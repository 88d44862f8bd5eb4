//! Making a case smaller while it still shows what it shows.

use std::ops::Range;

use minivm::Instruction;
use oracle::target::simpler::{fewer, pieces};

use crate::case::{Block, Case};
use crate::outcome::{Outcome, Stop};
use crate::word::word_at;

/// The case of the one step behind `outcome`: its state is the starting state.
pub(crate) fn continue_from(case: &Case, outcome: &Outcome) -> Option<Case> {
    if !matches!(outcome.stop, Stop::Budget {}) {
        return None;
    }
    Some(Case { max_steps: 1, ..case.continued(outcome) })
}

/// Simpler cases, boldest first: less code, fewer steps, then a plainer state.
pub(crate) fn candidates(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    found.extend(only_the_first_instruction(case));
    found.extend(without_code_ranges(case));
    found.extend(fewer(case.max_steps).map(|max_steps| Case { max_steps, ..case.clone() }));
    found.extend(plainer_instruction(case));
    found.extend(plainer_state(case));
    found.extend(plainer_memory(case));
    found.extend(plainer_registers(case));
    found.retain(|candidate| candidate != case);
    found
}

/// The instruction at pc, alone at address 0.
fn only_the_first_instruction(case: &Case) -> Option<Case> {
    let start = case.pc as usize;
    let size =
        Instruction::decode(word_at(&case.code, case.pc)?).map_or(4, |instruction| instruction.op.size());
    let code = case.code[start..].iter().copied().take(size as usize).collect();
    Some(Case { code, pc: 0, max_steps: 1, ..case.clone() })
}

/// Drops instructions: halves first, then ever smaller pieces, from the end so that addresses before stay.
fn without_code_ranges(case: &Case) -> Vec<Case> {
    let without = |words: Range<usize>| {
        let mut code = case.code.clone();
        code.drain(4 * words.start..4 * words.end);
        Case { code, ..case.clone() }
    };
    pieces(case.code.len() / 4, 200).map(without).collect()
}

/// The instruction at pc with its immediate nearer to 0, and without bits that it ignores.
fn plainer_instruction(case: &Case) -> Vec<Case> {
    let Some(i) = word_at(&case.code, case.pc).and_then(Instruction::decode) else { return Vec::new() };
    let immediates = [0, 1, 0xFFF].into_iter().filter(|&imm| i.imm > 1 && imm < i.imm);
    let canonical =
        Instruction::decode(i.encode() & i.op.operands().used_bits()).filter(|_| i.has_unused_bits());
    immediates
        .map(|imm| Instruction { imm, ..i })
        .chain(canonical)
        .map(|i| {
            let mut code = case.code.clone();
            code[case.pc as usize..][..4].copy_from_slice(&i.encode().to_be_bytes());
            Case { code, ..case.clone() }
        })
        .collect()
}

fn plainer_state(case: &Case) -> Vec<Case> {
    let plain = Case::default();
    let mut found = vec![
        Case { reg_base: 0, ..case.clone() },
        Case { call_stack: Vec::new(), ..case.clone() },
        Case { stack_limit: 0, ..case.clone() },
        Case { sp: plain.sp, ..case.clone() },
        Case { psw: 0, ..case.clone() },
        Case { trace: false, ..case.clone() },
    ];
    if case.call_stack.len() > 1 {
        found.push(Case { call_stack: vec![0], ..case.clone() });
    }
    found.extend((0..4).map(|bit| Case { psw: case.psw & !(1 << bit), ..case.clone() }));
    found
}

/// Drops blocks and parts of blocks, then clears bytes in small blocks.
fn plainer_memory(case: &Case) -> Vec<Case> {
    let mut found = vec![Case { mem: Vec::new(), ..case.clone() }];
    for (index, Block(address, bytes)) in case.mem.iter().enumerate() {
        let mut with = |replacement: Vec<Block>| {
            let mut mem = case.mem.clone();
            mem.splice(index..=index, replacement);
            found.push(Case { mem, ..case.clone() });
        };
        with(Vec::new());
        if bytes.len() > 1 {
            let (low, high) = bytes.split_at(bytes.len() / 2);
            with(vec![Block(*address, low.to_vec())]);
            with(vec![Block(address + low.len() as u32, high.to_vec())]);
        }
    }
    found
}

/// Each register to 0, then to rounder values.
fn plainer_registers(case: &Case) -> Vec<Case> {
    let mut found = vec![Case { regs: [0; 16], ..case.clone() }];
    for (index, &value) in case.regs.iter().enumerate().filter(|&(_, &value)| value != 0) {
        for plainer in [0, 1, value & 0xFFFF, value & 0xFFFF_0000, value & value.wrapping_sub(1)] {
            if plainer < value {
                let mut regs = case.regs;
                regs[index] = plainer;
                found.push(Case { regs, ..case.clone() });
            }
        }
    }
    found
}
