//! The way to the chip: a case and the profile to run it in.

use oracle_sequence::Sequence;
use serde::{Deserialize, Serialize};

/// The most steps that a case may ask for.
pub const MAX_STEPS: u32 = 1_000_000;

/// A complete starting state, what devices answer, and a program.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case<'a> {
    /// Instructions to complete at most, 1 to [`MAX_STEPS`].
    pub max_steps: u32,
    /// Index of the first instruction.
    pub pc: u32,
    /// What the clock says, in milliseconds.
    pub millis: u32,
    /// What the clock says, in microseconds.
    pub micros: u32,
    /// The [cells](crate::read_cells) of the stack, bottom first.
    #[serde(with = "serde_bytes")]
    pub stack: &'a [u8],
    /// Globals; others are 0.
    #[serde(borrow)]
    pub globals: Sequence<'a, Numbered<i32>>,
    /// Arrays that exist, each with the cells of its elements.
    pub arrays: Sequence<'a, (u8, Text<'a>)>,
    /// Strings by position.
    pub strings: Sequence<'a, Text<'a>>,
    /// Modes of pins; others are 0.
    pub pins: Sequence<'a, Numbered<u8>>,
    /// Levels that pins give; others give 0.
    pub digital: Sequence<'a, Numbered<u8>>,
    /// Samples that pins give; others give 512.
    pub analog: Sequence<'a, Numbered<u16>>,
    /// Buttons: 1 if held; others are not.
    pub buttons: Sequence<'a, Numbered<u8>>,
    /// Code bytes, four an instruction.
    #[serde(with = "serde_bytes")]
    pub code: &'a [u8],
}

/// A number and what belongs to it.
pub type Numbered<T> = (u8, T);

/// Bytes in a sequence: those of a string, or those of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text<'a>(#[serde(borrow, with = "serde_bytes")] pub &'a [u8]);

oracle_sequence::numbered! {
    /// A profile that the firmware runs.
    Profile {
        /// Bit for bit what the engine does.
        Head,
        /// What its plan says.
        Plan,
    }
}
