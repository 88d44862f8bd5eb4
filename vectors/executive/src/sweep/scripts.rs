//! What the scripts of the sweep are made of.

use crate::case::{Call, Case};
use crate::config::Config;
use crate::images::Program;

/// A text of 64 bytes to be sent.
pub(super) const TEXT: &str = "some text that is 63 characters long, which with a NUL are 64..";

pub(super) fn of(calls: Vec<Call>) -> Case {
    Case { config: Config::default(), calls }
}

pub(super) fn load(program: &Program) -> Call {
    Call::Load { image: program.image() }
}

pub(super) fn step(n: u32) -> Call {
    Call::Step { n, pid: None }
}

/// A task with this program, run to its end.
pub(super) fn run(write: impl FnOnce(&mut Program)) -> Case {
    of(running(write))
}

pub(super) fn running(write: impl FnOnce(&mut Program)) -> Vec<Call> {
    let mut program = Program::default();
    write(&mut program);
    program.ret();
    vec![load(&program), step(program.here() / 4)]
}

/// A task with this program, run up to where it stays in a loop.
pub(super) fn staying(write: impl FnOnce(&mut Program)) -> Vec<Call> {
    let mut program = Program::default();
    write(&mut program);
    let turns = program.here() / 4;
    program.jump(program.here());
    vec![load(&program), step(turns)]
}
