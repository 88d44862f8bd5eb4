//! Instructions and strings by the numbers in the headers: profile `plan`.

use super::bytes::{u16_at, u32_at};
use super::defect::{Defect, LoadError, reject};
use super::header::Header;
use super::image::{Image, Strings};
use super::layout::{HEADER_SIZE, INNER_HEADER_SIZE};
use crate::vm::{MAX_STRING_LENGTH, MAX_STRINGS};

/// Offsets within the payload's header, in bytes.
const INSTRUCTIONS: usize = 0;
const STRINGS: usize = 2;
const PADDING: usize = 4;

pub(super) fn read<'a>(header: &Header, payload: &'a [u8]) -> Result<Image<'a>, LoadError> {
    check_inner_header(header, payload)?;
    let body = &payload[INNER_HEADER_SIZE..];
    let (words, _) = body.as_chunks();
    let Some(code) = words.get(..header.instructions as usize) else {
        return reject(Defect::CodeOutside, HEADER_SIZE + payload.len(), words.len());
    };
    if usize::from(header.strings) > MAX_STRINGS {
        return reject(Defect::TooManyStrings, super::header::field::STRINGS, header.strings.into());
    }
    let mut strings = Strings::default();
    let mut at = INNER_HEADER_SIZE + 4 * code.len();
    for _ in 0..header.strings {
        let text = string(payload, at)?;
        at += 4 + text.len() + 1;
        strings.push(text);
    }
    if at != payload.len() {
        return reject(Defect::TrailingBytes, HEADER_SIZE + at, payload.len() - at);
    }
    Ok(Image { code, strings })
}

fn check_inner_header(header: &Header, payload: &[u8]) -> Result<(), LoadError> {
    let fields = (u16_at(payload, INSTRUCTIONS), u16_at(payload, STRINGS), u32_at(payload, PADDING));
    let (Some(instructions), Some(strings), Some(padding)) = fields else {
        return reject(Defect::InnerHeaderTruncated, HEADER_SIZE + payload.len(), payload.len());
    };
    if u32::from(instructions) != header.instructions {
        return reject(Defect::InstructionCountDiffers, HEADER_SIZE + INSTRUCTIONS, instructions.into());
    }
    if strings != header.strings {
        return reject(Defect::StringCountDiffers, HEADER_SIZE + STRINGS, strings.into());
    }
    if padding != 0 {
        return reject(Defect::PaddingNotZero, HEADER_SIZE + PADDING, padding as usize);
    }
    Ok(())
}

/// The string whose length stands at `at`, without the 0 at its end.
fn string(payload: &[u8], at: usize) -> Result<&[u8], LoadError> {
    let offset = HEADER_SIZE + at;
    let Some(length) = u32_at(payload, at) else {
        return reject(Defect::StringOutside, offset, payload.len() - at);
    };
    let length = length as usize;
    let Some(bytes) = payload.get(at + 4..).and_then(|rest| rest.get(..length)) else {
        return reject(Defect::StringOutside, offset, length);
    };
    if length > MAX_STRING_LENGTH + 1 {
        return reject(Defect::StringTooLong, offset, length);
    }
    match bytes.iter().position(|&byte| byte == 0) {
        Some(end) if end + 1 == length => Ok(&bytes[..end]),
        Some(end) => reject(Defect::StringHasZero, offset + 4 + end, length),
        None => reject(Defect::StringUnterminated, offset, length),
    }
}
