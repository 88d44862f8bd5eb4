//! Integers without a limit of 64 bits, as mailboxes declared as JSON may have them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt::{self, Display, Formatter};

/// The most digits that Python makes an integer of, zeros at the front included. (`sys.int_info.default_max_str_digits`)
const DIGITS_MAX: usize = 4300;

/// The zero of every script that has decimal digits; the digits 1 to 9 follow it. (Unicode 14, category Nd)
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
    0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// An integer of at most 4300 digits: its decimal digits, with a minus before them if it is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integer(String);

impl Integer {
    /// The integer of these ASCII digits; nothing if there are none, or more than Python takes.
    pub(super) fn of_digits(is_negative: bool, digits: &str) -> Option<Self> {
        if digits.is_empty() || digits.len() > DIGITS_MAX {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        Some(Integer(match (significant, is_negative) {
            ("", _) => "0".to_owned(),
            (_, false) => significant.to_owned(),
            (_, true) => format!("-{significant}"),
        }))
    }

    /// What Python's `int` makes of a text: decimal digits of any script, with a sign; single underscores may stand
    /// between digits.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let mut ascii = String::new();
        for group in digits.split('_') {
            let before = ascii.len();
            for character in group.chars() {
                ascii.push(ascii_digit(character)?);
            }
            if ascii.len() == before {
                return None;
            }
        }
        Integer::of_digits(text.starts_with('-'), &ascii)
    }

    /// A number without its fraction; nothing for what is none, or infinite.
    pub(super) fn of_real(real: f64) -> Option<Self> {
        /// From here on there are no fractions.
        const WHOLE: f64 = (1_u64 << 53) as f64;
        match real {
            real if !real.is_finite() => None,
            real if -WHOLE < real && real < WHOLE => Some((real as i64).into()),
            // All digits, not only those that tell it from its neighbours.
            real => Some(Integer(format!("{real:.0}"))),
        }
    }

    /// Whether it is less than 0.
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The nearest integer of 64 bits.
    pub fn clamped(&self) -> i64 {
        self.0.parse().unwrap_or(if self.is_negative() { i64::MIN } else { i64::MAX })
    }

    /// The low 16 bits, of a negative integer in two's complement.
    pub fn low_half(&self) -> u16 {
        let digits = self.0.bytes().filter(u8::is_ascii_digit).map(|digit| u16::from(digit - b'0'));
        let magnitude = digits.fold(0_u16, |low, digit| low.wrapping_mul(10).wrapping_add(digit));
        if self.is_negative() { magnitude.wrapping_neg() } else { magnitude }
    }
}

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Integer(format!("{value}"))
    }
}

impl Display for Integer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digit 0 to 9 that a character of any script stands for.
fn ascii_digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let script = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?;
    char::from_digit(code - ZEROS[script], 10)
}
