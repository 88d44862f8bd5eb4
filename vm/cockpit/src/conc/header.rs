//! The header before the payload.

use super::bytes::{u16_at, u32_at};
use super::defect::{Defect, LoadError, reject};
use super::layout::{CRC, HEADER_SIZE, MAGIC};

/// Offsets of its fields, in bytes.
pub(super) mod field {
    pub const PAYLOAD_SIZE: usize = 4;
    pub const INSTRUCTIONS: usize = 8;
    pub const STRINGS: usize = 12;
    pub const CRC: usize = 14;
}

pub(super) struct Header {
    pub payload_size: u32,
    pub instructions: u32,
    pub strings: u16,
    pub crc: u16,
}

impl Header {
    pub fn read(bytes: &[u8]) -> Result<Self, LoadError> {
        let Some(header) = Header::fields(bytes) else {
            return reject(Defect::HeaderTruncated, bytes.len(), bytes.len());
        };
        if !bytes.starts_with(&MAGIC) {
            return reject(Defect::BadMagic, 0, u32_at(bytes, 0).unwrap_or(0) as usize);
        }
        if header.payload_size == 0 {
            return reject(Defect::PayloadEmpty, field::PAYLOAD_SIZE, 0);
        }
        if header.instructions == 0 {
            return reject(Defect::NoInstructions, field::INSTRUCTIONS, 0);
        }
        Ok(header)
    }

    fn fields(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..HEADER_SIZE)?;
        Some(Header {
            payload_size: u32_at(bytes, field::PAYLOAD_SIZE)?,
            instructions: u32_at(bytes, field::INSTRUCTIONS)?,
            strings: u16_at(bytes, field::STRINGS)?,
            crc: u16_at(bytes, field::CRC)?,
        })
    }

    /// The payload, its CRC being right.
    pub fn payload<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], LoadError> {
        let rest = bytes.get(HEADER_SIZE..).unwrap_or(&[]);
        let Some(payload) = rest.get(..self.payload_size as usize) else {
            return reject(Defect::PayloadTruncated, bytes.len(), rest.len());
        };
        let crc = CRC.checksum(payload);
        if crc != self.crc {
            return reject(Defect::CrcMismatch, field::CRC, crc.into());
        }
        Ok(payload)
    }
}
