//! The state of a case and of an outcome, field by field.

use oracle::subject::{Path, State, TraceStep, Value};

use crate::case::{Block, Case};
use crate::outcome::{Outcome, TraceRow};
use crate::word::disassembly;

/// Flags with their letters, the lowest bit first.
pub(crate) fn flags(value: u32) -> Value {
    // Z is bit 0, then C, N and V (machine protocol).
    Value::Flags { value, letters: "ZCNV".into() }
}

/// The state that a case starts from.
pub(crate) fn start(case: &Case) -> State {
    let mut state = State::default();
    registers(&mut state, (case.pc, case.sp, case.psw), &case.regs, &case.mem);
    state.push(Path::of("call_stack"), Value::words(&case.call_stack));
    state
}

/// An outcome, the most telling field first.
pub(crate) fn end(outcome: &Outcome) -> State {
    let mut state = State::default();
    state.push(Path::of("stop"), Value::text(outcome.stop.to_string()));
    registers(&mut state, (outcome.pc, outcome.sp, outcome.psw), &outcome.regs, &outcome.mem);
    state.push(Path::of("call_stack"), Value::words(&outcome.call_stack));
    state.push(Path::of("steps"), Value::integer(outcome.steps));
    state
}

/// A row of a trace: the instruction, and the registers after it.
pub(crate) fn trace_step(row: &TraceRow) -> TraceStep {
    let [pc, word, psw, sp, regs @ ..] = row;
    let mut state = State::default();
    state.push(Path::of("psw"), flags(*psw));
    state.push(Path::of("sp"), Value::word(*sp));
    for (index, &value) in (0..).zip(regs) {
        state.push(Path::at("r#", index), Value::word(value));
    }
    TraceStep { what: format!("{pc:04x}  {word:08x}  {}", disassembly(*word, regs)), state }
}

fn registers(state: &mut State, (pc, sp, psw): (u32, u32, u8), regs: &[u32; 16], mem: &[Block]) {
    state.push(Path::of("pc"), Value::word(pc));
    for (index, &value) in (0..).zip(regs) {
        state.push(Path::at("r#", index), Value::word(value));
    }
    for Block(address, bytes) in mem.iter().filter(|Block(_, bytes)| !bytes.is_empty()) {
        state.push(Path::at("mem[#x]", (*address).into()), Value::bytes(bytes));
    }
    state.push(Path::of("psw"), flags(psw.into()));
    state.push(Path::of("sp"), Value::word(sp));
}
