//! Writing images.

use alloc::vec::Vec;

use crc::{CRC_32_ISO_HDLC, Crc, Table};

use super::header::{COVERED, VERSION_1_SIZE, VERSION_2_SIZE};

/// Here, unlike in the loader, speed matters more than room.
static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);

/// What an image is made of. Nothing is checked: tests want bad images too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageParts {
    /// 1 or 2.
    pub version: u16,
    /// Header flags.
    pub flags: u16,
    /// Byte address of the first instruction.
    pub entry: u32,
    /// Code.
    pub code: Vec<u8>,
    /// Read-only data.
    pub rodata: Vec<u8>,
    /// Bytes of zeroed data.
    pub bss_size: u32,
    /// Capabilities that it asks for.
    pub req_caps: u32,
    /// Name, version 2; cut at 32 bytes.
    pub app_name: Vec<u8>,
    /// Sections of metadata, version 2: type, number of entries, bytes. They follow the table, which follows rodata.
    pub sections: Vec<(u32, u32, Vec<u8>)>,
}

/// The bytes of an image, with a right CRC.
pub fn write(parts: &ImageParts) -> Vec<u8> {
    let header_size = if parts.version == 2 { VERSION_2_SIZE } else { VERSION_1_SIZE };
    let mut image = Vec::new();
    image.extend(b"HSXE");
    image.extend(parts.version.to_be_bytes());
    image.extend(parts.flags.to_be_bytes());
    let sizes = [parts.code.len(), parts.rodata.len()].map(|size| size as u32);
    for field in [parts.entry, sizes[0], sizes[1], parts.bss_size, parts.req_caps, 0] {
        image.extend(field.to_be_bytes());
    }
    image.resize(header_size, 0);
    image.extend(&parts.code);
    image.extend(&parts.rodata);
    if parts.version == 2 {
        let name = &parts.app_name[..parts.app_name.len().min(32)];
        image[0x20..0x20 + name.len()].copy_from_slice(name);
        append_metadata(parts, &mut image);
    }
    seal(&mut image);
    image
}

fn append_metadata(parts: &ImageParts, image: &mut Vec<u8>) {
    if parts.sections.is_empty() {
        return;
    }
    let table = image.len() as u32;
    let count = parts.sections.len() as u32;
    image[0x40..0x44].copy_from_slice(&table.to_be_bytes());
    image[0x44..0x48].copy_from_slice(&count.to_be_bytes());
    let mut offset = table + 16 * count;
    for (kind, entries, bytes) in &parts.sections {
        for field in [*kind, offset, bytes.len() as u32, *entries] {
            image.extend(field.to_be_bytes());
        }
        offset += bytes.len() as u32;
    }
    for (_, _, bytes) in &parts.sections {
        image.extend(bytes);
    }
}

/// Writes the CRC of an image into its header, if it has one.
pub fn seal(image: &mut [u8]) {
    let header_size = if image.get(5) == Some(&2) { VERSION_2_SIZE } else { VERSION_1_SIZE };
    if image.len() < header_size {
        return;
    }
    let mut digest = CRC.digest();
    digest.update(&image[..COVERED]);
    digest.update(&image[header_size..]);
    image[COVERED..VERSION_1_SIZE].copy_from_slice(&digest.finalize().to_be_bytes());
}
