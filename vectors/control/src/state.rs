//! The state of a case and of an outcome, field by field.

use std::borrow::Cow;

use oracle::subject::{Path, State, Value};
use vectors_minivm::Block;

use crate::case::Case;
use crate::outcome::{Final, Loaded};

/// The state that the case starts from: a VM without tasks.
pub(crate) fn start(case: &Case) -> State {
    let mut state = State::default();
    state.push(Path::of("arenas"), Value::integer(case.config.arenas));
    state.push(Path::of("code"), Value::integer(case.config.code));
    state.push(Path::of("metadata"), Value::integer(case.config.metadata));
    state
}

/// The final state, the most telling field first.
pub(crate) fn fields(state: &Final) -> State {
    let who = |task: Option<u32>| task.map_or_else(|| Value::text("nobody"), Value::integer);
    let mut fields = State::default();
    fields.push(Path::of("active"), who(state.active));
    fields.push(Path::of("loading"), who(state.loading));
    for task in &state.tasks {
        let number = task.number().into();
        fields.push(Path::at("tasks[#].state", number), Value::text(task.state().to_string()));
        if let Some(loaded) = task.loaded() {
            self::loaded(&mut fields, number, loaded);
        }
    }
    fields.push(Path::of("last.pc"), Value::word(state.last.pc));
    fields.push(Path::of("last.opcode"), Value::word(state.last.opcode));
    fields
}

fn loaded(fields: &mut State, number: u64, task: &Loaded) {
    let in_task = |family, at: u64| Path { family: Cow::Borrowed(family), index: vec![number, at] };
    fields.push(Path::at("tasks[#].fault_code", number), Value::integer(task.fault_code));
    fields.push(Path::at("tasks[#].pc", number), Value::word(task.pc));
    for (at, &value) in (0..).zip(&task.regs) {
        fields.push(in_task("tasks[#].r#", at), Value::word(value));
    }
    for Block(address, bytes) in &task.mem {
        fields.push(in_task("tasks[#].mem[#x]", (*address).into()), Value::bytes(bytes));
    }
    // Z is bit 0, then C, N and V (machine protocol).
    let flags = Value::Flags { value: task.psw.into(), letters: "ZCNV".into() };
    fields.push(Path::at("tasks[#].psw", number), flags);
    fields.push(Path::at("tasks[#].sp", number), Value::word(task.sp));
    fields.push(Path::at("tasks[#].wp", number), Value::word(task.wp));
}
