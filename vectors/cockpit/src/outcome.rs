//! An outcome: how a case stopped, the complete state after, and what was done to the outside.

use std::fmt::{self, Display, Formatter};

use cockpit::{Error, Recorder, State};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a case stopped, the complete state after, and what was done to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What stopped it.
    pub stop: Stop,
    /// Instructions completed.
    pub steps: u32,
    /// Index of the next instruction; of an error and of HALT, their own.
    pub pc: u32,
    /// The data stack, bottom first.
    pub stack: Vec<i32>,
    /// Every global that is not 0, ascending.
    pub globals: Vec<(u8, i32)>,
    /// Every array that exists, ascending.
    pub arrays: Vec<(u8, Vec<i32>)>,
    /// Every pin whose mode is not 0, ascending.
    pub pins: Vec<(u8, u8)>,
    /// What was done to the outside, in order.
    pub calls: Vec<Call>,
}

/// What stopped a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Stop {
    /// `max_steps` have completed.
    Budget {},
    /// HALT.
    Halt {},
    /// pc has come to the number of instructions.
    End {},
    /// An instruction failed.
    Error {
        /// How it is reported.
        #[serde(serialize_with = "error_name", deserialize_with = "error_from_name")]
        error: Error,
    },
}

fn error_name<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(error.name())
}

fn error_from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Error, D::Error> {
    let name = String::deserialize(deserializer)?;
    Error::from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown error `{name}`")))
}

impl Display for Stop {
    /// As vectors write it, e.g. `halt` or `error invalid_jump`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Budget {} => f.write_str("budget"),
            Stop::Halt {} => f.write_str("halt"),
            Stop::End {} => f.write_str("end"),
            Stop::Error { error } => write!(f, "error {}", error.name()),
        }
    }
}

/// Something that was done to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// The mode of a pin was set.
    PinMode {
        /// 0 to 19.
        pin: u8,
        /// As the program gave it.
        mode: u8,
    },
    /// The level of a pin was set.
    DigitalWrite {
        /// 0 to 19.
        pin: u8,
        /// Low if 0.
        value: u8,
    },
    /// The duty of a pin was set.
    AnalogWrite {
        /// 0 to 19.
        pin: u8,
        /// In 65535ths.
        value: u16,
    },
    /// The program waited.
    Delay {
        /// Milliseconds.
        ms: u32,
    },
    /// Text was written to the console.
    Print {
        /// Each character is a byte, 0x01 to 0xFF.
        text: String,
    },
    /// The display's buffer was cleared.
    DisplayClear {},
    /// A string was drawn into the display's buffer.
    DisplayText {
        /// Column.
        x: i32,
        /// Row.
        y: i32,
        /// Position in `strings`.
        string: u8,
    },
    /// The display's buffer was shown.
    DisplayUpdate {},
    /// A string was blinked in Morse code.
    LedMorse {
        /// Position in `strings`.
        string: u8,
    },
}

impl From<&cockpit::Call> for Call {
    fn from(call: &cockpit::Call) -> Self {
        match *call {
            cockpit::Call::PinMode { pin, mode } => Call::PinMode { pin, mode },
            cockpit::Call::DigitalWrite { pin, value } => Call::DigitalWrite { pin, value },
            cockpit::Call::AnalogWrite { pin, value } => Call::AnalogWrite { pin, value },
            cockpit::Call::Delay { ms } => Call::Delay { ms },
            cockpit::Call::Print { ref text } => {
                Call::Print { text: text.iter().copied().map(char::from).collect() }
            }
            cockpit::Call::DisplayClear => Call::DisplayClear {},
            cockpit::Call::DisplayText { x, y, string } => Call::DisplayText { x, y, string },
            cockpit::Call::DisplayUpdate => Call::DisplayUpdate {},
            cockpit::Call::LedMorse { string } => Call::LedMorse { string },
        }
    }
}

/// A number with what belongs to it: those that are not nothing, ascending.
fn numbered<T: Copy + Default + PartialEq>(values: &[T]) -> Vec<(u8, T)> {
    (0..).zip(values.iter().copied()).filter(|(_, value)| *value != T::default()).collect()
}

impl Outcome {
    /// The outcome of a machine that has stopped in this state, with these devices.
    pub fn of(stop: Option<cockpit::Stop>, steps: u32, state: &State, hal: &Recorder) -> Self {
        let stop = match stop {
            None => Stop::Budget {},
            Some(cockpit::Stop::Halt) => Stop::Halt {},
            Some(cockpit::Stop::End) => Stop::End {},
            Some(cockpit::Stop::Error { error, .. }) => Stop::Error { error },
        };
        Outcome {
            stop,
            steps,
            pc: state.pc,
            stack: state.stack.as_slice().to_vec(),
            globals: numbered(&state.globals),
            arrays: state.arrays.iter().map(|(number, array)| (number as u8, array.to_vec())).collect(),
            pins: numbered(&state.pins),
            calls: hal.calls.iter().map(Call::from).collect(),
        }
    }
}
