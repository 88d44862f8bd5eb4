//! Two outcomes side by side: every field.

use std::collections::BTreeMap;

use ::minivm::disasm::Disassembly;
use ::minivm::instruction::Word;

use super::case::{Block, Case, MEMORY};
use super::outcome::{Outcome, Stop, TraceRow, changed_runs};
use crate::hex;
use crate::subject::{Difference, TraceLine};

/// Flags as letters, `-` for none.
pub(super) fn psw_letters(psw: u8) -> String {
    let letters = ::minivm::context::psw::LETTERS;
    let set: String = letters.iter().filter(|(bit, _)| psw & bit != 0).map(|(_, letter)| letter).collect();
    if set.is_empty() { "-".into() } else { set }
}

pub(super) fn differences(expected: &Outcome, got: &Outcome) -> Vec<Difference> {
    let mut found = Vec::new();
    found.extend(Difference::of("stop", expected.stop, got.stop, ToString::to_string));
    found.extend(Difference::of("steps", expected.steps, got.steps, ToString::to_string));
    found.extend(Difference::of("pc", expected.pc, got.pc, word));
    found.extend(Difference::of("sp", expected.sp, got.sp, word));
    found.extend(Difference::of("psw", expected.psw, got.psw, |psw| psw_letters(*psw)));
    for (index, (expected, got)) in expected.regs.iter().zip(&got.regs).enumerate() {
        found.extend(Difference::of(format!("r{index}"), expected, got, |value| word(value)));
    }
    found.extend(Difference::of("call_stack", &expected.call_stack, &got.call_stack, |addresses| {
        words(addresses)
    }));
    found.extend(memory(&expected.mem, &got.mem));
    found.extend(trace(expected.trace.as_deref(), got.trace.as_deref()));
    found
}

/// The state that a case starts from, by the names that outcomes use.
pub(super) fn starting_fields(case: &Case) -> Vec<(String, String)> {
    state((case.pc, case.sp, case.psw), &case.regs, &case.call_stack, &case.mem)
}

/// The outcome, by the names that differences use.
pub(super) fn fields(outcome: &Outcome) -> Vec<(String, String)> {
    let mut fields =
        vec![("stop".to_owned(), outcome.stop.to_string()), ("steps".to_owned(), outcome.steps.to_string())];
    let registers = (outcome.pc, outcome.sp, outcome.psw);
    fields.extend(state(registers, &outcome.regs, &outcome.call_stack, &outcome.mem));
    fields
}

/// What a step has changed: registers, flags, calls, the bytes of memory that are not as they were, and how it stopped
/// if that was not for lack of steps.
pub(super) fn changes(case: &Case, before: Option<&Outcome>, after: &Outcome) -> Vec<(String, String)> {
    let registers = |outcome: &Outcome| {
        state((outcome.pc, outcome.sp, outcome.psw), &outcome.regs, &outcome.call_stack, &[])
    };
    let was = match before {
        Some(before) => registers(before),
        None => state((case.pc, case.sp, case.psw), &case.regs, &case.call_stack, &[]),
    };
    let mut changes: Vec<_> =
        registers(after).into_iter().zip(was).filter(|(now, was)| now != was).map(|(now, _)| now).collect();
    let initial = case.initial_memory();
    let memory = |outcome: &Outcome| {
        let mut memory = initial.clone();
        for Block(address, bytes) in &outcome.mem {
            memory[*address as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        memory
    };
    let was = before.map_or_else(|| initial.clone(), memory);
    let runs = changed_runs(&was[..], &memory(after)[..], std::iter::once(0..MEMORY));
    changes.extend(runs.iter().map(block));
    if after.stop != (Stop::Budget {}) && before.is_none_or(|before| before.stop != after.stop) {
        changes.push(("stop".to_owned(), after.stop.to_string()));
    }
    changes
}

/// A row of a trace, for people.
pub(super) fn trace_line(row: &TraceRow) -> TraceLine {
    let [pc, word, psw, sp, regs @ ..] = row;
    let what =
        format!("{pc:04x}  {word:08x}  {}", Disassembly { word: *word, literal: Some(regs[rd(*word)]) });
    let mut state = vec![("psw".to_owned(), psw_letters(*psw as u8)), ("sp".to_owned(), format!("{sp:#x}"))];
    state.extend(regs.iter().enumerate().map(|(index, value)| (format!("r{index}"), format!("{value:#x}"))));
    TraceLine { what, state }
}

/// Where `LDI32` has put its literal, which is how a trace knows it.
fn rd(word: u32) -> usize {
    Word(word).rd().index()
}

fn state(
    (pc, sp, psw): (u32, u32, u8),
    regs: &[u32; 16],
    call_stack: &[u32],
    mem: &[Block],
) -> Vec<(String, String)> {
    let mut fields = vec![
        ("pc".to_owned(), word(&pc)),
        ("sp".to_owned(), word(&sp)),
        ("psw".to_owned(), psw_letters(psw)),
    ];
    fields.extend(regs.iter().enumerate().map(|(index, value)| (format!("r{index}"), word(value))));
    fields.push(("call_stack".to_owned(), words(call_stack)));
    fields.extend(mem.iter().map(block));
    fields
}

fn block(Block(address, bytes): &Block) -> (String, String) {
    (format!("mem[{address:#x}]"), hex::encode(bytes))
}

pub(super) fn words(values: &[u32]) -> String {
    format!("[{}]", values.iter().map(word).collect::<Vec<_>>().join(", "))
}

fn word(value: &u32) -> String {
    format!("{value:#x}")
}

/// Byte by byte, neighbours joined: runs that are cut differently are no difference, changed bytes are.
fn memory(expected: &[Block], got: &[Block]) -> Vec<Difference> {
    let (expected, got) = (bytes(expected), bytes(got));
    let addresses: Vec<u32> = expected.keys().chain(got.keys()).copied().collect();
    let mut differing: Vec<u32> =
        addresses.into_iter().filter(|at| expected.get(at) != got.get(at)).collect();
    differing.sort_unstable();
    differing.dedup();
    differing
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| {
            let show = |bytes: &BTreeMap<u32, u8>| {
                run.iter().map(|at| bytes.get(at).map_or("..".into(), |byte| format!("{byte:02x}"))).collect()
            };
            Difference { field: format!("mem[{:#x}]", run[0]), expected: show(&expected), got: show(&got) }
        })
        .collect()
}

fn bytes(blocks: &[Block]) -> BTreeMap<u32, u8> {
    blocks.iter().flat_map(|Block(address, bytes)| (*address..).zip(bytes.iter().copied())).collect()
}

/// The first row that differs.
fn trace(expected: Option<&[TraceRow]>, got: Option<&[TraceRow]>) -> Option<Difference> {
    let (expected, got) = (expected?, got?);
    let rows = expected.len().max(got.len());
    let show = |row: Option<&TraceRow>| row.map_or("nothing".into(), |row| format!("{row:x?}"));
    (0..rows).find_map(|index| {
        Difference::of(format!("trace[{index}]"), expected.get(index), got.get(index), |row| show(*row))
    })
}
