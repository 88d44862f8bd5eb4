//! Vectors of `cockpit` as they are written in YAML: the keys, and what stands behind them.
//!
//! A vector says only what matters. Left out, a value of `given` is the protocol's default, and a value of `expect` is
//! what it was before; calls are none. The run is straight by default: every instruction completes, and it stops at the
//! end, or as its last instruction says.
//!
//! `program` names an assembly file beside the YAML file, which may run for a million steps. Its `expect` names what
//! counts, `stop` among it; everything else is left open.

use std::str::FromStr;

use cockpit::Error;
use oracle::suite::text::{HexBytes, Pairs};
use oracle::{from_text, keys};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::outcome::{Call, Stop};

keys! {
    /// The keys of a case.
    pub struct Given {
        /// Assembly text.
        code: Spanned<String>,
        /// Code bytes.
        hex: Spanned<HexBytes>,
        /// An assembly file beside the YAML file.
        program: Spanned<String>,
        /// How many instructions may complete, 1 to 1,000,000. By default all of `code`, or a million of a program.
        steps: u32,
        /// The starting state, as far as it is not the protocol's default.
        given: Start,
    }
}

keys! {
    /// The starting state, and what devices answer.
    pub struct Start {
        /// Index of the first instruction.
        pc: u32,
        /// How many cells the stack holds; those below the cells that `stack` names are 0.
        depth: usize,
        /// The uppermost cells of the stack, bottom first.
        stack: Vec<i32>,
        /// Globals by their numbers.
        globals: Pairs<u8, i32>,
        /// Arrays by their numbers.
        arrays: Pairs<u8, Vec<i32>>,
        /// The table of strings, if the code has no `.string`.
        strings: Vec<String>,
        /// Modes of pins.
        pins: Pairs<u8, u8>,
        /// Levels that pins give.
        digital: Pairs<u8, u8>,
        /// Samples that pins give.
        analog: Pairs<u8, u16>,
        /// Buttons: 1 if held.
        buttons: Pairs<u8, u8>,
        /// What the clock says.
        millis: u32,
        /// What the clock says.
        micros: u32,
    }
}

keys! {
    /// What comes out.
    pub struct Expect {
        /// How it stopped.
        stop: StopText,
        /// Instructions completed.
        steps: u32,
        /// Index of the next instruction.
        pc: u32,
        /// How many cells the stack holds; those below the cells that `stack` names are 0.
        depth: usize,
        /// The uppermost cells of the stack, bottom first.
        stack: Vec<i32>,
        /// Globals that changed.
        globals: Pairs<u8, i32>,
        /// Arrays that changed, or are new.
        arrays: Pairs<u8, Vec<i32>>,
        /// Modes of pins that changed.
        pins: Pairs<u8, u8>,
        /// What was done to the outside.
        calls: Vec<CallText>,
    }
}

/// `budget`, `halt`, `end` or `error NAME`.
#[derive(Clone, Copy, Debug)]
pub struct StopText(pub Stop);

impl FromStr for StopText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("stop `{text}`: budget, halt, end or error NAME");
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(StopText(match words[..] {
            ["budget"] => Stop::Budget {},
            ["halt"] => Stop::Halt {},
            ["end"] => Stop::End {},
            ["error", name] => Stop::Error { error: Error::from_name(name).ok_or_else(bad)? },
            _ => return Err(bad()),
        }))
    }
}

from_text!(StopText);

/// Something that was done to the outside, e.g. `digital_write: [13, 1]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallText {
    /// Pin and mode.
    PinMode(u8, u8),
    /// Pin and level.
    DigitalWrite(u8, u8),
    /// Pin and duty.
    AnalogWrite(u8, u16),
    /// Milliseconds.
    Delay(u32),
    /// Text.
    Print(String),
    /// Nothing.
    DisplayClear,
    /// Column, row and the number of the string.
    DisplayText(i32, i32, u8),
    /// Nothing.
    DisplayUpdate,
    /// The number of the string.
    LedMorse(u8),
}

impl From<CallText> for Call {
    fn from(text: CallText) -> Self {
        match text {
            CallText::PinMode(pin, mode) => Call::PinMode { pin, mode },
            CallText::DigitalWrite(pin, value) => Call::DigitalWrite { pin, value },
            CallText::AnalogWrite(pin, value) => Call::AnalogWrite { pin, value },
            CallText::Delay(ms) => Call::Delay { ms },
            CallText::Print(text) => Call::Print { text },
            CallText::DisplayClear => Call::DisplayClear {},
            CallText::DisplayText(x, y, string) => Call::DisplayText { x, y, string },
            CallText::DisplayUpdate => Call::DisplayUpdate {},
            CallText::LedMorse(string) => Call::LedMorse { string },
        }
    }
}
