//! Numbers, immediates and quoted texts.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::complaint::{Parsed, complain};
use super::statement::is_symbol;

/// A number or a label, 0 to 65535.
pub(super) fn immediate<'s>(text: &'s str, labels: &BTreeMap<String, usize>) -> Parsed<'s, u16> {
    let value = match labels.get(text) {
        Some(&value) => value as u64,
        None if is_symbol(text) => return complain(text, "this label is not defined"),
        None => u64::from(number(text, u16::MAX.into())?),
    };
    match u16::try_from(value) {
        Ok(value) => Ok(value),
        Err(_) => complain(text, format!("{value} is out of range, which is 0 to 65535")),
    }
}

/// A number, 0 to `max`: decimal, `0x…`, `0b…` or `'a'`.
pub(super) fn number(text: &str, max: u32) -> Parsed<'_, u32> {
    let lower = text.to_ascii_lowercase();
    let value = if let Some(hex) = lower.strip_prefix("0x") {
        digits(hex, 16)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        digits(binary, 2)
    } else if text.starts_with('\'') {
        match unquote(text, '\'')?[..] {
            [byte] => Some(byte.into()),
            _ => return complain(text, "one character of one byte is wanted between these quotes"),
        }
    } else {
        digits(text.strip_prefix('-').unwrap_or(text), 10)
    };
    match value {
        Some(value) if value <= u64::from(max) && !text.starts_with('-') => Ok(value as u32),
        Some(_) => complain(text, format!("{text} is out of range, which is 0 to {max}")),
        None => complain(text, "neither a number nor a label"),
    }
}

/// Digits only: `from_str_radix` alone would take a sign.
fn digits(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, radix).ok() }
}

/// The bytes of a text in double quotes.
pub(super) fn string(text: &str) -> Parsed<'_, Vec<u8>> {
    unquote(text, '"')
}

/// The bytes between quotes; `\n`, `\r`, `\t`, `\\`, `\'`, `\"` and `\xNN` are resolved.
fn unquote(text: &str, quote: char) -> Parsed<'_, Vec<u8>> {
    let Some(mut rest) = text.strip_prefix(quote) else {
        return complain(text, format!("a text in {quote} is wanted here"));
    };
    let mut bytes = Vec::new();
    while let Some(c) = rest.chars().next() {
        let here = rest;
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let (byte, behind) = escape(here, rest)?;
                bytes.push(byte);
                rest = behind;
            }
            _ if c == quote && rest.is_empty() => return Ok(bytes),
            _ if c == quote => return complain(rest, "nothing may follow the closing quote"),
            _ => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    complain(text, "unterminated quote")
}

/// The byte of an escape that starts at `escape`, `rest` being what follows its backslash; and what follows it.
fn escape<'s>(escape: &'s str, rest: &'s str) -> Parsed<'s, (u8, &'s str)> {
    let Some(kind) = rest.chars().next() else { return complain(escape, "an escape is cut off") };
    let behind = &rest[kind.len_utf8()..];
    let byte = match kind {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        '\\' | '\'' | '"' => kind as u8,
        'x' => {
            let hex = behind.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
            return match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => Ok((byte, &behind[2..])),
                None => complain(escape, "\\x takes two hex digits"),
            };
        }
        _ => return complain(escape, "unknown escape"),
    };
    Ok((byte, behind))
}
