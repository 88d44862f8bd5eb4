//! Cases and vectors as text, for people and for files.

use std::fmt::Write as _;
use std::iter;

use itertools::Itertools;
use minivm::disasm::Disassembly;
use oracle::hex;

use crate::case::{Block, Case, MEMORY};
use crate::outcome::{Outcome, changed_runs};
use crate::state::flags;

/// The starting state and the code, as a vector would say it.
pub(crate) fn listing(case: &Case) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "given: {{{}}}, {} step(s)", given_text(case), case.max_steps);
    let mut end = 0;
    for (bytes, instruction) in Disassembly::walk(&case.code, 0) {
        let mark = if bytes.start == case.pc as usize { '>' } else { ' ' };
        let _ = writeln!(text, "{mark} {:04x}  {:08x}  {instruction}", bytes.start, instruction.word);
        end = bytes.end;
    }
    if end < case.code.len() {
        let _ = writeln!(text, "  {end:04x}  {}  (no whole word)", hex::encode(&case.code[end..]));
    }
    text
}

fn given_text(case: &Case) -> String {
    let plain = Case::default();
    let mut parts = Vec::new();
    let mut word = |name: &str, value: u32, default: u32| {
        if value != default {
            parts.push(format!("{name}: {value:#x}"));
        }
    };
    word("pc", case.pc, plain.pc);
    word("sp", case.sp, plain.sp);
    word("stack_limit", case.stack_limit, plain.stack_limit);
    word("reg_base", case.reg_base.into(), plain.reg_base.into());
    for (index, &value) in case.regs.iter().enumerate() {
        word(&format!("r{index}"), value, 0);
    }
    if case.psw != 0 {
        parts.push(format!("psw: {}", flags(case.psw.into())));
    }
    if !case.call_stack.is_empty() {
        parts.push(format!("call_stack: {}", words(&case.call_stack)));
    }
    if !case.mem.is_empty() {
        let mem = if is_mapping(&case.mem) {
            blocks(&case.mem)
        } else {
            let plain = Case { regs: [0; 16], reg_base: 0, ..case.clone() }.initial_memory();
            blocks(&changed_runs(&[0; MEMORY], &plain[..], iter::once(0..MEMORY)))
        };
        parts.push(format!("mem: {mem}"));
    }
    parts.join(", ")
}

/// Whether blocks can stand in a vector as they are, in their order: each has bytes, and no two begin at one address. Of
/// others a vector says what they come to.
fn is_mapping(blocks: &[Block]) -> bool {
    blocks.iter().all(|Block(_, bytes)| !bytes.is_empty())
        && blocks.iter().map(|Block(at, _)| at).all_unique()
}

fn blocks(blocks: &[Block]) -> String {
    let entry = |Block(address, bytes): &Block| format!("{address:#06x}: \"{}\"", hex::encode(bytes));
    format!("{{{}}}", blocks.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// The case as a vector would say it, everything about it said.
pub(crate) fn write_case(case: &Case) -> String {
    let mut text = String::new();
    match assembly(&case.code) {
        Some(lines) => {
            text.push_str("code: |\n");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
        None => {
            let _ = writeln!(text, "hex: \"{}\"", hex::encode(&case.code));
        }
    }
    let _ = writeln!(text, "steps: {}\ngiven: {{{}}}", case.max_steps, given_text(case));
    text
}

/// The code as assembly; `None` if that would not say the same.
fn assembly(code: &[u8]) -> Option<Vec<String>> {
    let instructions: Vec<_> = Disassembly::walk(code, 0).collect();
    let is_all = instructions.last().is_some_and(|(bytes, _)| bytes.end == code.len());
    is_all.then(|| instructions.iter().map(|(_, instruction)| instruction.to_string()).collect())
}

/// The outcome as a vector would say it, everything about it said that is not as it was.
pub(crate) fn write_outcome(case: &Case, outcome: &Outcome) -> String {
    let mut parts = vec![
        format!("stop: {}", outcome.stop),
        format!("steps: {}", outcome.steps),
        format!("pc: {:#x}", outcome.pc),
        format!("sp: {:#x}", outcome.sp),
        // Quoted, because a bare - starts a list in YAML.
        format!("psw: \"{}\"", flags(outcome.psw.into())),
    ];
    for (index, (before, after)) in case.regs.iter().zip(outcome.regs).enumerate() {
        if *before != after {
            parts.push(format!("r{index}: {after:#x}"));
        }
    }
    if outcome.call_stack != case.call_stack {
        parts.push(format!("call_stack: {}", words(&outcome.call_stack)));
    }
    if !outcome.mem.is_empty() {
        parts.push(format!("mem: {}", blocks(&outcome.mem)));
    }
    format!("{{{}}}", parts.join(", "))
}

fn words(values: &[u32]) -> String {
    format!("[{}]", values.iter().map(|value| format!("{value:#x}")).collect::<Vec<_>>().join(", "))
}
