//! Instructions and strings by the reference's search: profile `head`.
//!
//! The strings begin at the first multiple of 4 at which a number from 1 to 255 is followed by characters. So a
//! program without strings is rejected, a first string of at most three characters is overlooked (the 0 at its end is
//! no character) and taken for instructions, and `PUSH 0` before an opcode that is a character's code cuts a program
//! short.

use super::bytes::u32_at;
use super::defect::{Defect, LoadError, reject};
use super::image::{Image, Strings};
use super::layout::{HEADER_SIZE, INNER_HEADER_SIZE};
use crate::vm::MAX_STRING_LENGTH;

pub(super) fn read<'a>(bytes: &'a [u8], payload: &'a [u8]) -> Result<Image<'a>, LoadError> {
    // The search ends 8 bytes before the payload does.
    let mut places = (INNER_HEADER_SIZE..payload.len().saturating_sub(8)).step_by(4);
    let Some(table) = places.find(|&at| looks_like_string(payload, at)) else {
        return reject(Defect::NoStringTable, HEADER_SIZE + payload.len(), payload.len());
    };
    let strings = strings(bytes, payload.len(), table)?;
    let (code, _) = payload[INNER_HEADER_SIZE..table].as_chunks();
    if code.is_empty() {
        return reject(Defect::NoCode, HEADER_SIZE + table, 0);
    }
    Ok(Image { code, strings })
}

/// A length from 1 to 255 and then characters: as many as the length says, but no more than four are looked at.
fn looks_like_string(payload: &[u8], at: usize) -> bool {
    let is_character = |byte: &u8| matches!(byte, 0x20..=0x7E | b'\n' | b'\r' | b'\t');
    match u32_at(payload, at) {
        Some(length @ 1..=255) => payload[at + 4..].iter().take(4.min(length as usize)).all(is_character),
        _ => false,
    }
}

/// The strings from `table` on, until one makes no sense or 32 are read. Lengths say where the next one is; the text
/// itself ends at the next 0, wherever that is.
fn strings(bytes: &[u8], payload_size: usize, table: usize) -> Result<Strings<'_>, LoadError> {
    let mut strings = Strings::default();
    let mut at = table;
    while at + 4 < payload_size {
        let length = u32_at(bytes, HEADER_SIZE + at).unwrap_or(0) as usize;
        if !(1..=256).contains(&length) || at + 4 + length > payload_size {
            break;
        }
        if !strings.push(c_string(bytes, HEADER_SIZE + at + 4)?) {
            break;
        }
        at += 4 + length;
    }
    Ok(strings)
}

fn c_string(bytes: &[u8], start: usize) -> Result<&[u8], LoadError> {
    let text = bytes.get(start..).unwrap_or(&[]);
    let window = &text[..text.len().min(MAX_STRING_LENGTH + 1)];
    match window.iter().position(|&byte| byte == 0) {
        Some(end) => Ok(&window[..end]),
        None if window.len() > MAX_STRING_LENGTH => reject(Defect::StringTooLong, start, window.len()),
        None => reject(Defect::StringUnterminated, start, window.len()),
    }
}
