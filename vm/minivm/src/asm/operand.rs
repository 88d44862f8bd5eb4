//! One operand of a statement, read as whatever its place asks for.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::complaint::{Parsed, complain};
use crate::hxe::RODATA_BASE;
use crate::instruction::Reg;

/// Labels and their addresses.
pub(super) type Labels = BTreeMap<String, u32>;

/// The text of an operand.
pub(super) struct Operand<'s> {
    pub text: &'s str,
}

impl<'s> Operand<'s> {
    pub fn new(text: &'s str) -> Self {
        Operand { text }
    }

    /// `R0` to `R15`.
    pub fn register(&self) -> Parsed<'s, Reg> {
        match self.try_register() {
            Some(reg) => Ok(reg),
            None => complain(self.text, "a register R0 to R15 is wanted here"),
        }
    }

    pub fn try_register(&self) -> Option<Reg> {
        let digits = self.text.strip_prefix(['R', 'r'])?;
        let canonical = digits == "0" || digits.starts_with(|c: char| c.is_ascii_digit() && c != '0');
        canonical.then(|| digits.parse().ok().and_then(Reg::new)).flatten()
    }

    /// `[Rn]`, `[Rn+offset]` or `[Rn-offset]`.
    pub fn memory(&self, labels: &Labels) -> Parsed<'s, (Reg, i64)> {
        let Some(inner) = self.text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
            return complain(self.text, "a memory operand [Rn+offset] is wanted here");
        };
        let (base, offset) = inner.split_at(inner.find(['+', '-']).unwrap_or(inner.len()));
        let base = Operand::new(base.trim()).register()?;
        let offset = match offset.strip_prefix('+').unwrap_or(offset).trim() {
            "" => 0,
            text => Operand::new(text).value(labels)?,
        };
        Ok((base, offset))
    }

    /// A number, without labels.
    pub fn constant(&self) -> Parsed<'s, i64> {
        match number(self.text) {
            Some(value) => Ok(value),
            None => complain(self.text, "a number is wanted here"),
        }
    }

    /// A number, a label, or a part of a label's address.
    pub fn value(&self, labels: &Labels) -> Parsed<'s, i64> {
        if let Some(value) = number(self.text) {
            return Ok(value);
        }
        for (function, part) in PARTS {
            let argument =
                self.text.strip_prefix(function).and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
            if let Some(name) = argument {
                let address = Operand::new(name.trim()).label(labels)?;
                return match part(address) {
                    Some(value) => Ok(i64::from(value)),
                    None => complain(name, "off16 takes a label of the data section"),
                };
            }
        }
        self.label(labels).map(i64::from)
    }

    fn label(&self, labels: &Labels) -> Parsed<'s, u32> {
        match labels.get(self.text) {
            Some(&address) => Ok(address),
            None if is_symbol(self.text) => complain(self.text, "this label is not defined"),
            None => complain(self.text, "neither a number nor a label"),
        }
    }

    /// A value within `min..=max`.
    pub fn in_range(&self, labels: &Labels, min: i64, max: i64) -> Parsed<'s, i64> {
        let value = self.value(labels)?;
        if (min..=max).contains(&value) {
            return Ok(value);
        }
        complain(self.text, format!("{value} is out of range, which is {min} to {max}"))
    }

    /// The bytes of a quoted text, escapes resolved.
    pub fn string(&self) -> Parsed<'s, Vec<u8>> {
        let quoted = ['"', '\''].into_iter().find_map(|quote| Some((unquoted(self.text, quote)?, quote)));
        match quoted {
            Some((inner, quote)) => unescape(inner, quote),
            None => complain(self.text, "a quoted text is wanted here"),
        }
    }
}

type Part = fn(u32) -> Option<u32>;

const PARTS: [(&str, Part); 3] = [
    ("lo16", |address| Some(address & 0xFFFF)),
    ("hi16", |address| Some(address >> 16)),
    ("off16", |address| address.checked_sub(RODATA_BASE)),
];

fn number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let magnitude = if let Some(hex) = lower.strip_prefix("0x") {
        radix(hex, 16)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        radix(binary, 2)
    } else if let Some(inner) = unquoted(digits, '\'') {
        let bytes = unescape(inner, '\'').ok()?;
        if let [byte] = bytes[..] { Some(u32::from(byte)) } else { None }
    } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        None
    };
    magnitude.map(|value| if negative { -i64::from(value) } else { i64::from(value) })
}

/// Digits only: `from_str_radix` alone would take a sign.
fn radix(digits: &str, radix: u32) -> Option<u32> {
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}

/// What stands between these quotes, if they are the first and the last character.
fn unquoted(text: &str, quote: char) -> Option<&str> {
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// The bytes between quotes of this kind. Resolves `\n`, `\r`, `\t`, `\0`, `\\`, `\'`, `\"` and `\xNN`.
fn unescape(text: &str, quote: char) -> Parsed<'_, Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escape = rest;
        rest = &rest[c.len_utf8()..];
        if c == quote {
            return complain(
                escape,
                "the text ends here, and something follows: inside a text, \\ stands before a quote",
            );
        }
        if c != '\\' {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let Some(kind) = rest.chars().next() else { return complain(escape, "an escape is cut off") };
        rest = &rest[kind.len_utf8()..];
        bytes.push(match kind {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '0' => 0,
            '\\' | '\'' | '"' => kind as u8,
            'x' => match rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) => {
                    rest = &rest[2..];
                    byte
                }
                None => return complain(escape, "\\x takes two hex digits"),
            },
            _ => return complain(escape, "unknown escape"),
        });
    }
    Ok(bytes)
}

/// Whether `text` is a name: letters, digits, `_`, `.` and `$`, not starting with a digit or `$`.
pub(super) fn is_symbol(text: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '.';
    text.starts_with(start) && text.chars().all(|c| start(c) || c.is_ascii_digit() || c == '$')
}
