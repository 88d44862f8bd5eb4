//! The tables in Rust: constants that need neither an allocator nor anything of a library.

use std::fmt::Write;

use oracle::suite::Row;

use super::{State, Stop, by_profile, list};
use crate::Block;
use crate::cases::MiniVm;

const TYPES: &str = r"
/// What a run stops with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All instructions that were allowed have retired.
    Budget,
    /// A supervisor call: module and function.
    Svc(u8, u8),
    /// A `BRK`, with its code.
    Break(u8),
    /// `RET` at call depth 0, with the status.
    Returned(u32),
    /// A fault, by the name that the machine protocol gives it.
    Fault(&'static str),
}

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// R0 to R15.
    pub regs: [u32; 16],
    /// Program counter.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// Z = 1, C = 2, N = 4, V = 8.
    pub psw: u8,
    /// Return addresses, oldest first.
    pub calls: &'static [u32],
    /// Bytes by address: at the start what memory holds, in this order, all else being 0; at the end what has changed.
    pub memory: &'static [(u32, &'static [u8])],
}

/// A case with what comes out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its name, unique in a profile.
    pub name: &'static str,
    /// The id of the rule that it tests.
    pub rule: &'static str,
    /// The code, from address 0.
    pub code: &'static [u8],
    /// Instructions to retire at most.
    pub max_steps: u32,
    /// The lowest address that a push may write.
    pub stack_limit: u32,
    /// Where the registers lie in memory, little-endian; 0 = not there.
    pub reg_base: u16,
    /// The state before.
    pub start: State,
    /// What it stops with.
    pub stop: Stop,
    /// Instructions that have retired.
    pub steps: u32,
    /// The state after.
    pub end: State,
}
";

/// The module with the vectors.
pub fn module(rows: &[Row<'_, MiniVm>], version: &str) -> String {
    let mut text = format!(
        "//! Vectors of MiniVM as tables: {version}.\n\n\
         /// The suite that they are of.\npub const SUITE: &str = {version:?};\n{TYPES}"
    );
    for (profile, rows) in by_profile(rows) {
        let name = profile.name().to_uppercase();
        let _ =
            writeln!(text, "\n/// {}\n#[rustfmt::skip]\npub static {name}: &[Vector] = &[", profile.about());
        for Row { vector, outcome, .. } in rows {
            let case = &vector.case;
            let _ = writeln!(
                text,
                "    Vector {{ name: {:?}, rule: {:?}, code: {}, max_steps: {}, stack_limit: {}, reg_base: {}, \
                 start: {}, stop: {}, steps: {}, end: {} }},",
                vector.name,
                vector.rule,
                bytes(&case.code),
                case.max_steps,
                case.stack_limit,
                case.reg_base,
                state(&State::start(case)),
                stop(outcome.stop),
                outcome.steps,
                state(&State::end(outcome)),
            );
        }
        text.push_str("];\n");
    }
    text
}

fn bytes(bytes: &[u8]) -> String {
    let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("b\"{escaped}\"")
}

fn state(state: &State<'_>) -> String {
    let memory = state.memory.iter().map(|Block(address, run)| format!("({address}, {})", bytes(run)));
    format!(
        "State {{ regs: [{}], pc: {}, sp: {}, psw: {}, calls: &[{}], memory: &[{}] }}",
        list(state.regs),
        state.pc,
        state.sp,
        state.psw,
        list(state.calls),
        memory.collect::<Vec<_>>().join(", "),
    )
}

fn stop(stop: Stop) -> String {
    match stop {
        Stop::Budget {} => "Stop::Budget".into(),
        Stop::Svc { module, function } => format!("Stop::Svc({module}, {function})"),
        Stop::Break { code } => format!("Stop::Break({code})"),
        Stop::Returned { status } => format!("Stop::Returned({status})"),
        Stop::Fault { fault } => format!("Stop::Fault({:?})", fault.name()),
    }
}
