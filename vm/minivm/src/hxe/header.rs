//! The header: fields that are known only in part, and what they still can be.

use super::defect::Defect;
use crate::profile::{Profile, Switch};

/// The size of a header of version 1, in bytes.
pub const VERSION_1_SIZE: usize = 32;
/// The size of a header of version 2, in bytes.
pub const VERSION_2_SIZE: usize = 96;
/// The largest code, rodata and bss, in bytes.
pub const SECTION_MAX: u32 = 0x1_0000;
/// Where read-only data is loaded to, in data memory; bss follows.
pub const RODATA_BASE: u32 = 0x4000;
/// How much of the header the CRC covers: up to its own field.
pub(super) const COVERED: usize = 28;

const MAGIC: &[u8; 4] = b"HSXE";
const NAME: core::ops::Range<usize> = 0x20..0x40;
const RESERVED: core::ops::Range<usize> = 0x48..0x60;

/// A header whose fields are all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// 1 or 2.
    pub version: u16,
    /// Bit 0: a manifest is there; bit 1: several instances may run.
    pub flags: u16,
    /// Byte address of the first instruction.
    pub entry: u32,
    /// Bytes of code.
    pub code_len: u32,
    /// Bytes of read-only data.
    pub ro_len: u32,
    /// Bytes of zeroed data.
    pub bss_size: u32,
    /// Capabilities that it asks for; not enforced.
    pub req_caps: u32,
    /// The CRC-32 that it claims.
    pub crc32: u32,
    /// The raw name field of version 2.
    pub app_name: [u8; 32],
    /// Where the metadata table begins; 0 = there is none. 0 in version 1.
    pub meta_offset: u32,
    /// How many sections it has. 0 in version 1.
    pub meta_count: u32,
}

impl Header {
    /// The size of the header itself, in bytes.
    pub const fn size(&self) -> usize {
        if self.version == 1 { VERSION_1_SIZE } else { VERSION_2_SIZE }
    }

    /// The name: up to the first NUL, without blanks around it; empty where there is none.
    pub fn name(&self) -> &str {
        let end = self.app_name.iter().position(|&byte| byte == 0).unwrap_or(self.app_name.len());
        let text = core::str::from_utf8(&self.app_name[..end]).unwrap_or_default();
        // What Python's `strip` takes away of ASCII.
        text.trim_matches(|c: char| c == ' ' || ('\t'..='\r').contains(&c) || ('\x1C'..='\x1F').contains(&c))
    }

    /// Whether several instances may run at once: always in version 1, by its flag in version 2.
    pub const fn allows_multiple(&self) -> bool {
        self.version == 1 || self.flags & 2 != 0
    }

    /// Where rodata ends, counted from the start of the image.
    pub(super) const fn rodata_end(&self) -> u32 {
        self.size() as u32 + self.code_len + self.ro_len
    }
}

/// The bytes of a header that are there so far.
#[derive(Clone, Debug)]
pub(super) struct PartialHeader {
    bytes: [u8; VERSION_2_SIZE],
    length: usize,
}

/// What a field can still be: both ends are possible values.
#[derive(Clone, Copy)]
struct Range {
    low: u32,
    high: u32,
}

impl PartialHeader {
    pub const fn new() -> Self {
        PartialHeader { bytes: [0; VERSION_2_SIZE], length: 0 }
    }

    /// The size of the whole header, as far as the version is known.
    pub fn size(&self) -> usize {
        if self.length >= 6 && self.bytes[5] == 2 { VERSION_2_SIZE } else { VERSION_1_SIZE }
    }

    /// Takes one more byte and says whether the header can still become a valid one: if not, the defect and the value
    /// that shows it.
    pub fn take(&mut self, profile: impl Profile, byte: u8) -> Result<(), (Defect, u32)> {
        self.bytes[self.length] = byte;
        self.length += 1;
        match self.length {
            1..=4 if self.bytes[..self.length] != MAGIC[..self.length] => {
                Err((Defect::BadMagic, self.field(0, 4).low))
            }
            5..=6 => {
                let version = self.field(4, 2);
                let possible = version.contains(1) || version.contains(2);
                if possible { Ok(()) } else { Err((Defect::UnsupportedVersion, version.low)) }
            }
            9..=28 => self.check_lengths(profile),
            _ => self.check_extension(),
        }
    }

    /// A field of `size` bytes, 4 at most; what is not there yet can be anything.
    fn field(&self, offset: usize, size: usize) -> Range {
        let bytes = &self.bytes[offset..offset + size];
        let low = bytes.iter().fold(0, |value, &byte| value << 8 | u32::from(byte));
        let missing = (offset + size).saturating_sub(self.length.max(offset));
        // Bytes that are not there are kept as 0.
        Range { low, high: low | ((1u64 << (8 * missing)) - 1) as u32 }
    }

    /// Entry, code_len, ro_len and bss_size, in the order in which the reference complains about them.
    fn check_lengths(&self, profile: impl Profile) -> Result<(), (Defect, u32)> {
        let (entry, code) = (self.field(8, 4), self.field(12, 4));
        let (rodata, bss) = (self.field(16, 4), self.field(20, 4));
        // Only a multiple of 4 will do, so that is the largest code there can be.
        let largest_code = code.high.min(SECTION_MAX) & !3;
        let defect = if code.low > SECTION_MAX {
            (Defect::CodeTooLarge, code.low)
        } else if rodata.low > SECTION_MAX {
            (Defect::RodataTooLarge, rodata.low)
        } else if bss.low > SECTION_MAX {
            (Defect::BssTooLarge, bss.low)
        } else if code.is_known() && !code.low.is_multiple_of(4) {
            (Defect::CodeMisaligned, code.low)
        } else if rodata.is_known()
            && !rodata.low.is_multiple_of(4)
            && profile.strict(Switch::RodataAlignment)
        {
            (Defect::RodataMisaligned, rodata.low)
        } else if entry.is_known() && !entry.low.is_multiple_of(4) {
            (Defect::EntryMisaligned, entry.low)
        } else if entry.low >= largest_code {
            (Defect::EntryOutsideCode, entry.low)
        } else {
            return Ok(());
        };
        Err(defect)
    }

    /// The fields of version 2 behind the CRC: name, metadata table, reserved bytes.
    fn check_extension(&self) -> Result<(), (Defect, u32)> {
        let at = self.length - 1;
        let byte = self.bytes[at];
        if NAME.contains(&at) {
            let in_name = !self.bytes[NAME.start..at].contains(&0);
            return if in_name && !byte.is_ascii() {
                Err((Defect::NameNotAscii, byte.into()))
            } else {
                Ok(())
            };
        }
        if RESERVED.contains(&at) && byte != 0 {
            return Err((Defect::ReservedNotZero, byte.into()));
        }
        let table = self.field(0x40, 4);
        let end = VERSION_2_SIZE as u32 + self.field(12, 4).low + self.field(16, 4).low;
        if at >= 0x40 && table.low != 0 && table.high < end {
            return Err((Defect::MetadataOverlap, table.low));
        }
        Ok(())
    }

    /// The header, once it is whole.
    pub fn whole(&self) -> Option<Header> {
        (self.length >= VERSION_1_SIZE && self.length == self.size()).then(|| self.read())
    }

    fn read(&self) -> Header {
        let word = |offset| self.field(offset, 4).low;
        let extended = self.length == VERSION_2_SIZE;
        let mut app_name = [0; 32];
        app_name.copy_from_slice(&self.bytes[NAME]);
        Header {
            version: self.field(4, 2).low as u16,
            flags: self.field(6, 2).low as u16,
            entry: word(8),
            code_len: word(12),
            ro_len: word(16),
            bss_size: word(20),
            req_caps: word(24),
            crc32: word(28),
            app_name,
            meta_offset: if extended { word(0x40) } else { 0 },
            meta_count: if extended { word(0x44) } else { 0 },
        }
    }
}

impl Range {
    fn is_known(self) -> bool {
        self.low == self.high
    }

    fn contains(self, value: u32) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
