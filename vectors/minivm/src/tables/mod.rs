//! Vectors as tables in the text of a program, for ports that cannot be a process: in C with a runner, and in Rust
//! without its standard library.

mod c;
mod rust;

use oracle::Profile;
use oracle::subject::{Cases, Tabulates};
use oracle::suite::Row;

use crate::case::{Block, Case};
use crate::cases::MiniVm;
use crate::outcome::{Outcome, Stop};

impl Tabulates<MiniVm> for MiniVm {
    fn files(&self, rows: &[Row<'_, MiniVm>], version: &str) -> Vec<(&'static str, String)> {
        vec![
            ("minivm_vectors.h", c::header(rows, version)),
            ("minivm_runner.c", c::RUNNER.into()),
            ("minivm_vectors.rs", rust::module(rows, version)),
        ]
    }
}

/// The rows of each profile.
fn by_profile<'a>(
    rows: &'a [Row<'a, MiniVm>],
) -> impl Iterator<Item = (Profile, impl Iterator<Item = &'a Row<'a, MiniVm>>)> {
    let of = |profile: &'static Profile| rows.iter().filter(|row| row.profile == *profile);
    MiniVm::PROFILES.iter().map(move |profile| (*profile, of(profile)))
}

/// What a table has of a state, at the start or at the end.
struct State<'a> {
    regs: &'a [u32; 16],
    pc: u32,
    sp: u32,
    psw: u8,
    calls: &'a [u32],
    /// At the start what memory holds, at the end what has changed.
    memory: &'a [Block],
}

impl<'a> State<'a> {
    fn start(case: &'a Case) -> Self {
        let Case { regs, pc, sp, psw, call_stack, mem, .. } = case;
        State { regs, pc: *pc, sp: *sp, psw: *psw, calls: call_stack, memory: mem }
    }

    fn end(outcome: &'a Outcome) -> Self {
        let Outcome { regs, pc, sp, psw, call_stack, mem, .. } = outcome;
        State { regs, pc: *pc, sp: *sp, psw: *psw, calls: call_stack, memory: mem }
    }
}

/// Numbers behind each other, with commas.
fn list(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
