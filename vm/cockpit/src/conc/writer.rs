//! Writing images.

use alloc::vec::Vec;

use super::defect::Defect;
use super::header::field;
use super::layout::{CRC, HEADER_SIZE, MAGIC};
use crate::vm::{MAX_STRING_LENGTH, MAX_STRINGS, Program};

/// The bytes of the image of a program. Profile `plan` reads back what was written; of profile `head` that can not be
/// said, see [`ImageLengths`](crate::Switch::ImageLengths).
///
/// # Errors
/// What about the program no image can hold.
pub fn write(program: Program<'_>) -> Result<Vec<u8>, Defect> {
    let Program { code, strings } = program;
    if code.is_empty() {
        return Err(Defect::NoInstructions);
    }
    let instructions = u16::try_from(code.len()).map_err(|_| Defect::TooManyInstructions)?;
    if strings.len() > MAX_STRINGS {
        return Err(Defect::TooManyStrings);
    }
    let string_count = strings.len() as u16;
    let mut image = Vec::from(MAGIC);
    // The length of the payload and the CRC come last.
    image.extend([0; 4]);
    image.extend(u32::from(instructions).to_le_bytes());
    image.extend(string_count.to_le_bytes());
    image.extend([0; 2]);
    image.extend(instructions.to_le_bytes());
    image.extend(string_count.to_le_bytes());
    image.extend([0; 4]);
    image.extend(code.as_flattened());
    for text in strings {
        append_string(&mut image, text)?;
    }
    let payload_size = (image.len() - HEADER_SIZE) as u32;
    image[field::PAYLOAD_SIZE..][..4].copy_from_slice(&payload_size.to_le_bytes());
    seal(&mut image);
    Ok(image)
}

fn append_string(image: &mut Vec<u8>, text: &[u8]) -> Result<(), Defect> {
    if text.len() > MAX_STRING_LENGTH {
        return Err(Defect::StringTooLong);
    }
    if text.contains(&0) {
        return Err(Defect::StringHasZero);
    }
    image.extend((text.len() as u32 + 1).to_le_bytes());
    image.extend(text);
    image.push(0);
    Ok(())
}

/// Writes the CRC of everything behind the header into it, if there is one.
pub fn seal(image: &mut [u8]) {
    let Some((header, payload)) = image.split_at_mut_checked(HEADER_SIZE) else { return };
    header[field::CRC..].copy_from_slice(&CRC.checksum(payload).to_le_bytes());
}
