//! CONC images: a program as it lies in flash page 63 of the reference's board.
//!
//! ```text
//! 0   u32  magic, 43 4E 4F 43
//! 4   u32  length of the payload
//! 8   u32  number of instructions
//! 12  u16  number of strings
//! 14  u16  CRC of the payload: CRC-16/CCITT-FALSE
//! 16  payload:
//!     u16  number of instructions
//!     u16  number of strings
//!     4 bytes of padding
//!     instructions, 4 bytes each
//!     strings: u32 length, then as many bytes, the last of which is 0
//! ```
//! All numbers are little-endian. What follows the payload is not looked at.
//!
//! Where the instructions end and the strings begin is told by the numbers in the headers (`plan`), or found by a
//! search for something that looks like a string ([`ImageLengths`](crate::Switch::ImageLengths), `head`).
//!
//! ```
//! use cockpit::{Head, Plan, Program, conc};
//!
//! let program = Program { code: &[[0x01, 0, 7, 0], [0x00, 0, 0, 0]], strings: &[b"seven"] };
//! let bytes = conc::write(program).unwrap();
//! assert_eq!(conc::read(&bytes, Plan).unwrap().program(), program);
//! assert_eq!(conc::read(&bytes, Head).unwrap().program(), program);
//! ```

mod bytes;
mod counted;
mod defect;
mod header;
mod search;
#[cfg(feature = "alloc")]
mod writer;

pub use defect::{Defect, Ending, LoadError};
#[cfg(feature = "alloc")]
pub use writer::{seal, write};

use crc::{CRC_16_IBM_3740, Crc, NoTable};

use crate::instruction::Word;
use crate::profile::{Profile, Switch};
use crate::vm::{MAX_STRINGS, Program};
use header::Header;

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"CNOC";
/// The size of the header before the payload, in bytes.
pub const HEADER_SIZE: usize = 16;
/// The size of the header within the payload, in bytes.
pub const INNER_HEADER_SIZE: usize = 8;

/// Also known as CRC-16/CCITT-FALSE.
static CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);

/// What an image contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    code: &'a [Word],
    strings: Strings<'a>,
}

impl Image<'_> {
    /// The program.
    pub fn program(&self) -> Program<'_> {
        Program { code: self.code, strings: &self.strings.texts[..self.strings.count] }
    }
}

/// Strings, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Strings<'a> {
    texts: [&'a [u8]; MAX_STRINGS],
    count: usize,
}

impl<'a> Strings<'a> {
    /// Adds a string, unless there are [`MAX_STRINGS`]; says whether more may follow.
    fn push(&mut self, text: &'a [u8]) -> bool {
        if let Some(slot) = self.texts.get_mut(self.count) {
            *slot = text;
            self.count += 1;
        }
        self.count < MAX_STRINGS
    }
}

/// Reads an image.
///
/// # Errors
/// The first defect, in the order in which [`Defect`] lists them for the profile.
pub fn read(bytes: &[u8], profile: impl Profile) -> Result<Image<'_>, LoadError> {
    let header = Header::read(bytes)?;
    let payload = header.payload(bytes)?;
    if profile.plan(Switch::ImageLengths) {
        counted::read(&header, payload)
    } else {
        search::read(bytes, payload)
    }
}
