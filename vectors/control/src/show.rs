//! Calls and results for people.

use std::fmt::{self, Display, Formatter};

use oracle::hex;

use crate::case::Call;
use crate::outcome::{CallResult, Reason, Row, Value};

/// Bytes that are shown as they are; of more, only their number and what they are.
const SHOWN: usize = 16;

impl Display for Call {
    /// As vectors write it: the name and the arguments, with bytes as hex.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Call::LoadBegin {} | Call::Pids {} | Call::Step {} => Ok(()),
            Call::LastPc {} | Call::LastOpcode {} | Call::LastRegs {} => Ok(()),
            Call::Init { config } => {
                config.iter().try_for_each(|(field, value)| write!(f, " {field}={}", number(*value)))
            }
            Call::Load { image } => write!(f, " {}", bytes(image)),
            Call::LoadWrite { task, bytes: piece } => write!(f, " {task} {}", bytes(piece)),
            Call::LoadEnd { task }
            | Call::LoadAbort { task }
            | Call::Unload { task }
            | Call::SetContext { task } => {
                write!(f, " {task}")
            }
            Call::Clock { n } => write!(f, " {n}"),
            Call::RegGet { reg } => write!(f, " {}", register(*reg)),
            Call::RegSet { reg, value } => write!(f, " {} {}", register(*reg), number(*value)),
            Call::RegGetFor { task, reg } => write!(f, " {task} {}", register(*reg)),
            Call::RegSetFor { task, reg, value } => {
                write!(f, " {task} {} {}", register(*reg), number(*value))
            }
            Call::MemRead { address, length } => write!(f, " {} {length}", number(*address)),
            Call::MemWrite { address, bytes: data } => write!(f, " {} {}", number(*address), bytes(data)),
        }
    }
}

/// Small numbers are decimal.
fn number(value: u32) -> String {
    if value < 100 { value.to_string() } else { format!("{value:#x}") }
}

/// Bytes as hex; `-` for none.
fn bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() { "-".into() } else { hex::encode(bytes) }
}

/// The name of a register; its number if it names none.
fn register(reg: u32) -> String {
    match reg {
        0 => "pc".into(),
        1 => "sp".into(),
        2 => "psw".into(),
        3 => "wp".into(),
        16..=31 => format!("r{}", reg - 16),
        _ => reg.to_string(),
    }
}

/// A call for people: as vectors write it, but long bytes as what they are.
pub(crate) fn call(call: &Call) -> String {
    let long = |bytes: &Vec<u8>| bytes.len() > SHOWN;
    match call {
        Call::Load { image } if long(image) => format!("load {}", vectors_hxe::in_words(image)),
        Call::LoadWrite { task, bytes } if long(bytes) => {
            format!("load_write {task} {}", vectors_hxe::in_words(bytes))
        }
        Call::MemWrite { address, bytes } if long(bytes) => {
            format!("mem_write {} {} bytes: {}…", number(*address), bytes.len(), hex::encode(&bytes[..SHOWN]))
        }
        _ => call.to_string(),
    }
}

/// A result for people.
pub(crate) fn result(result: &CallResult) -> String {
    match result {
        CallResult::Ok(found) => value(found),
        CallResult::Error(refusal) => refusal.name().into(),
    }
}

/// What a call gave, for people.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Nothing => "ok".into(),
        Value::Number(value) => format!("{value:#x}"),
        Value::Bytes(bytes) if bytes.len() <= 64 => self::bytes(bytes),
        Value::Bytes(bytes) => {
            // Where the bytes that count are is not known, so their digest stands for them.
            format!("{} bytes with digest {}", bytes.len(), oracle::digest::of("bytes", &hex::encode(bytes)))
        }
        Value::Task(created) => format!("task {}", created.task),
        Value::Step(step) => {
            let cycles = if step.cycles == u64::from(step.retired) {
                String::new()
            } else {
                format!(", {} cycles", step.cycles)
            };
            format!("{}, pc {:#x}, {} retired{cycles}", reason(step.reason), step.pc, step.retired)
        }
        Value::Regs(regs) => {
            let regs: Vec<String> = regs.iter().map(|value| format!("{value:#x}")).collect();
            regs.join(" ")
        }
        Value::Tasks(rows) if rows.is_empty() => "no tasks".into(),
        Value::Tasks(rows) => rows.iter().map(row).collect::<Vec<_>>().join("; "),
    }
}

/// Why a step ended, as vectors write it.
pub(crate) fn reason(reason: Reason) -> String {
    match reason {
        Reason::Done(_) => "ok".into(),
        Reason::Stop(stop) => stop.to_string(),
    }
}

fn row(row: &Row) -> String {
    let Row { task, state, fault_code, stack: [low, high], heap: [bottom, top] } = row;
    format!("{task} {state} fault {fault_code} stack {low:#x}..{high:#x} heap {bottom:#x}..{top:#x}")
}
