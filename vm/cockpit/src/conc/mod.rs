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
mod image;
mod layout;
mod search;
#[cfg(feature = "alloc")]
mod writer;

pub use defect::{Defect, Ending, LoadError};
pub use image::Image;
pub use layout::{HEADER_SIZE, INNER_HEADER_SIZE, MAGIC};
#[cfg(feature = "alloc")]
pub use writer::{seal, write};

use crate::profile::{Profile, Switch};
use header::Header;

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
