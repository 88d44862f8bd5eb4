//! The machine: stepped or run.

use crate::error::{Check, Error};
use crate::execute::Flow;
use crate::hal::Hal;
use crate::instruction::Word;
use crate::profile::{Profile, Switch};
use crate::state::State;

/// How many strings a program can have.
pub const MAX_STRINGS: usize = 32;
/// How many bytes a string can have.
pub const MAX_STRING_LENGTH: usize = 127;

/// What a machine runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Program<'a> {
    /// Its instructions. Targets are indices into them; the machine reads at most 2^32 - 1.
    pub code: &'a [Word],
    /// Its strings, by number; at most [`MAX_STRINGS`], each of at most [`MAX_STRING_LENGTH`] bytes, none of
    /// them 0.
    pub strings: &'a [&'a [u8]],
}

/// A program on a machine: what it runs, the state that it changes and the hardware that it drives.
pub struct Vm<'a, P, H> {
    pub(crate) profile: P,
    pub(crate) program: Program<'a>,
    pub(crate) state: &'a mut State,
    pub(crate) hal: &'a mut H,
}

/// What ends a run, other than having completed the instructions asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// `HALT`. It counts as completed; pc stays on it.
    Halt,
    /// pc has come to the number of instructions.
    End,
    /// An instruction failed. It does not count; pc stays on it. In `head` its operands are lost as far as they were
    /// popped; in `plan` nothing has changed.
    Error {
        /// What was wrong.
        check: Check,
        /// How the profile reports it.
        error: Error,
    },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Instructions completed.
    pub steps: u32,
    /// What stopped it; nothing if all instructions asked for have completed.
    pub stop: Option<Stop>,
}

impl<'a, P: Profile, H: Hal> Vm<'a, P, H> {
    /// A machine about to run at `state.pc`.
    pub fn new(profile: P, program: Program<'a>, state: &'a mut State, hal: &'a mut H) -> Self {
        Vm { profile, program, state, hal }
    }

    /// Executes one instruction.
    ///
    /// A stop is no obstacle to the next step: the instruction at pc is executed again.
    #[inline(always)]
    pub fn step(&mut self) -> Run {
        let Some(&word) = self.program.code.get(self.state.pc as usize) else {
            let stop = if self.program.code.is_empty() { self.failed(Check::Loaded) } else { Stop::End };
            return Run { steps: 0, stop: Some(stop) };
        };
        let depth = self.state.stack.depth();
        match self.execute(word) {
            Ok(Flow::Halt) => Run { steps: 1, stop: Some(Stop::Halt) },
            Ok(Flow::To(pc)) => {
                self.state.pc = pc;
                let ended = pc as usize == self.program.code.len();
                Run { steps: 1, stop: if ended { Some(Stop::End) } else { None } }
            }
            Err(check) => {
                if self.profile.plan(Switch::Rollback) {
                    self.state.stack.restore(depth);
                }
                Run { steps: 0, stop: Some(self.failed(check)) }
            }
        }
    }

    /// Executes instructions until one stops the machine or `max_steps` have completed.
    pub fn run(&mut self, max_steps: u32) -> Run {
        let mut steps = 0;
        while steps < max_steps {
            let step = self.step();
            steps += step.steps;
            if step.stop.is_some() {
                return Run { steps, stop: step.stop };
            }
        }
        Run { steps, stop: None }
    }

    fn failed(&self, check: Check) -> Stop {
        Stop::Error { check, error: check.error(self.profile) }
    }
}
