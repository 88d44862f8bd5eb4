//! The way back from the chip: an outcome, in pieces.

use cockpit::Error;
use serde::{Deserialize, Serialize};

use crate::case::Numbered;

/// A part of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item<'a> {
    /// The next [cells](crate::read_cells) of the stack, bottom first.
    Cells(#[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// A global that is not 0.
    Global(Numbered<i32>),
    /// An array that exists, with the cells of its elements.
    Array(u8, #[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// A pin whose mode is not 0.
    Pin(Numbered<u8>),
    /// What was done to the outside next.
    Call(#[serde(borrow)] Call<'a>),
}

/// Something that was done to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call<'a> {
    /// Pin and mode.
    PinMode(u8, u8),
    /// Pin and level.
    DigitalWrite(u8, u8),
    /// Pin and duty.
    AnalogWrite(u8, u16),
    /// Milliseconds.
    Delay(u32),
    /// Bytes, at most 255.
    Print(#[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// Nothing more to say.
    DisplayClear,
    /// Column, row and the number of the string.
    DisplayText(i32, i32, u8),
    /// Nothing more to say.
    DisplayUpdate,
    /// The number of the string.
    LedMorse(u8),
}

/// How a case ended, beside the number of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What stopped it; absent if all steps completed.
    pub stop: Option<Stop>,
    /// Index of the next instruction.
    pub pc: u32,
}

/// What stopped a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// HALT.
    Halt,
    /// pc has come to the number of instructions.
    End,
    /// The error at this position of [`Error::ALL`].
    Error(u8),
}

impl Stop {
    /// What stopped the VM.
    pub fn of(stop: cockpit::Stop) -> Self {
        match stop {
            cockpit::Stop::Halt => Stop::Halt,
            cockpit::Stop::End => Stop::End,
            cockpit::Stop::Error { error, .. } => Stop::Error(error as u8),
        }
    }

    /// The error that it is; `None` if it is none, or if there is none of this number.
    pub fn error(self) -> Option<Error> {
        match self {
            Stop::Error(number) => Error::ALL.get(usize::from(number)).copied(),
            Stop::Halt | Stop::End => None,
        }
    }
}

oracle_sequence::numbered! {
    /// What a case needs more of than the chip has.
    Limit {
        /// Steps: it asks for more than [`MAX_STEPS`](crate::MAX_STEPS).
        Steps,
        /// State: cells, globals, arrays, strings, pins or buttons that a machine does not have.
        State,
    }
}

impl Limit {
    /// What there is too little of, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Limit::Steps => "the chip does not run so many steps",
            Limit::State => "the chip has no such cell, global, array, string, pin or button",
        }
    }
}

oracle_sequence::numbered! {
    /// The place in which a canary is wrong.
    Canary {
        /// The top of the stack, or one cell if there is none.
        Stack,
        /// One bit of a global.
        Global,
        /// One element of an array, or an array if there is none.
        Array,
        /// The mode of a pin.
        Pin,
        /// The index of the next instruction.
        Pc,
        /// One call more than there were.
        Call,
    }
}

impl Canary {
    /// The name of the place, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Canary::Stack => "stack",
            Canary::Global => "global",
            Canary::Array => "array",
            Canary::Pin => "pin",
            Canary::Pc => "pc",
            Canary::Call => "call",
        }
    }
}
