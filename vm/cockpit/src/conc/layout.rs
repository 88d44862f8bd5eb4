//! The sizes of headers, and the checksum.

use crc::{CRC_16_IBM_3740, Crc, NoTable};

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"CNOC";
/// The size of the header before the payload, in bytes.
pub const HEADER_SIZE: usize = 16;
/// The size of the header within the payload, in bytes.
pub const INNER_HEADER_SIZE: usize = 8;

/// Also known as CRC-16/CCITT-FALSE.
pub(super) static CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);
