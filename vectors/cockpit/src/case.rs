//! A case: a machine state, what the devices answer, code, and how far to run it.

use std::ops::RangeInclusive;

use cockpit::arrays::{self, MAX_LENGTH};
use cockpit::instruction::Word;
use cockpit::stack::CAPACITY;
use cockpit::state::{GLOBALS, PINS};
use cockpit::vm::{MAX_STRING_LENGTH, MAX_STRINGS};
use oracle::hex;
use serde::{Deserialize, Serialize};

/// The most steps that a case may ask for.
pub const MAX_STEPS: u32 = 1_000_000;
/// The most bytes of code that a case may have.
pub const MAX_CODE: usize = 0x1_0000;

/// A complete starting state and how far to run it. What the keys mean is said in `PROTOCOL.md` of the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Code bytes, 0 to 65,536, four an instruction: opcode, flags, immediate with its low byte first.
    #[serde(with = "hex")]
    pub code: Vec<u8>,
    /// Instructions to complete at most, 1 to 1,000,000.
    pub max_steps: u32,
    /// Index of the first instruction, at most the number of instructions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pc: u32,
    /// The data stack, bottom first, at most 1023 cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<i32>,
    /// Globals 0 to 63 by their numbers; others are 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub globals: Vec<(u8, i32)>,
    /// Arrays 0 to 15 by their numbers, of 1 to 64 elements; others do not exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrays: Vec<(u8, Vec<i32>)>,
    /// Strings by position, at most 32, each of at most 127 characters from 0x01 to 0x7F.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strings: Vec<String>,
    /// The modes of pins 0 to 19; others are 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<(u8, u8)>,
    /// What reading the level of a pin gives, 0 or 1; others give 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digital: Vec<(u8, u8)>,
    /// What sampling a pin gives; others give 512.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub analog: Vec<(u8, u16)>,
    /// Whether a button is held, 0 or 1; others are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<(u8, u8)>,
    /// What the clock says all through the case, in milliseconds.
    #[serde(default = "default_millis", skip_serializing_if = "is_default_millis")]
    pub millis: u32,
    /// What the clock says all through the case, in microseconds.
    #[serde(default = "default_micros", skip_serializing_if = "is_default_micros")]
    pub micros: u32,
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

const fn default_millis() -> u32 {
    1000
}

const fn default_micros() -> u32 {
    1_000_000
}

fn is_default_millis(value: &u32) -> bool {
    *value == default_millis()
}

fn is_default_micros(value: &u32) -> bool {
    *value == default_micros()
}

impl Default for Case {
    fn default() -> Self {
        Case {
            code: Vec::new(),
            max_steps: 1,
            pc: 0,
            stack: Vec::new(),
            globals: Vec::new(),
            arrays: Vec::new(),
            strings: Vec::new(),
            pins: Vec::new(),
            digital: Vec::new(),
            analog: Vec::new(),
            buttons: Vec::new(),
            millis: default_millis(),
            micros: default_micros(),
        }
    }
}

impl Case {
    /// A case that runs these instructions for as many steps.
    pub fn of_words(words: &[Word]) -> Self {
        Case { code: words.as_flattened().to_vec(), max_steps: words.len().max(1) as u32, ..Case::default() }
    }

    /// The instructions.
    pub fn words(&self) -> &[Word] {
        self.code.as_chunks().0
    }

    /// Whether it keeps the limits of the format.
    ///
    /// # Errors
    /// The first limit that is broken, naming the key.
    pub fn check(&self) -> Result<(), String> {
        within("code", self.code.len(), 0..=MAX_CODE)?;
        if !self.code.len().is_multiple_of(size_of::<Word>()) {
            return Err(format!("code: {} bytes, not a multiple of {}", self.code.len(), size_of::<Word>()));
        }
        within("max_steps", self.max_steps, 1..=MAX_STEPS)?;
        if self.pc as usize > self.words().len() {
            return Err(format!("pc: {} is beyond the {} instructions", self.pc, self.words().len()));
        }
        within("stack", self.stack.len(), 0..=CAPACITY)?;
        each_once("globals", &self.globals, GLOBALS)?;
        each_once("arrays", &self.arrays, arrays::COUNT)?;
        for (number, elements) in &self.arrays {
            within(&format!("arrays[{number}]"), elements.len(), 1..=MAX_LENGTH)?;
        }
        within("strings", self.strings.len(), 0..=MAX_STRINGS)?;
        self.strings.iter().enumerate().try_for_each(|(at, text)| check_string(at, text))?;
        each_once("pins", &self.pins, PINS)?;
        each_once("digital", &self.digital, PINS)?;
        each_once("analog", &self.analog, PINS)?;
        each_once("buttons", &self.buttons, 256)?;
        let mut levels = self.digital.iter().chain(&self.buttons);
        match levels.find(|(_, level)| *level > 1) {
            Some((number, level)) => Err(format!("digital, buttons: {number} is {level}, not 0 or 1")),
            None => Ok(()),
        }
    }
}

fn within<T: PartialOrd + std::fmt::Display>(
    key: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!("{key}: {value} is not {} to {}", range.start(), range.end()))
}

fn check_string(at: usize, text: &str) -> Result<(), String> {
    within(&format!("strings[{at}]"), text.len(), 0..=MAX_STRING_LENGTH)?;
    match text.chars().find(|character| !matches!(character, '\u{1}'..='\u{7F}')) {
        Some(character) => Err(format!("strings[{at}]: {character:?} is no character from 0x01 to 0x7F")),
        None => Ok(()),
    }
}

/// Whether all numbers are below `count` and none is there twice.
fn each_once<T>(key: &str, entries: &[(u8, T)], count: usize) -> Result<(), String> {
    let mut seen = [false; 256];
    for (number, _) in entries {
        within(key, usize::from(*number), 0..=count - 1)?;
        if std::mem::replace(&mut seen[usize::from(*number)], true) {
            return Err(format!("{key}: {number} stands twice"));
        }
    }
    Ok(())
}
