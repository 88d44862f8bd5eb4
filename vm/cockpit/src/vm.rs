//! The machine: what it runs, and how it ends.

use crate::error::{Check, Error};
use crate::hal::Hal;
use crate::instruction::Word;
use crate::profile::Profile;
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
}
