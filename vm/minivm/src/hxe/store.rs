//! Where the bytes of an image go while it is loaded.

use super::header::Header;

/// The parts of an image behind its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// Code.
    Code,
    /// Read-only data.
    Rodata,
    /// Everything behind rodata: metadata, and whatever else is there.
    Rest,
}

/// Takes the bytes of an image, and gives them back: sections of metadata may lie anywhere behind the header.
pub trait Store {
    /// Told of the header once it is whole; `false` where an image of these sizes will not fit.
    #[must_use]
    fn reserve(&mut self, header: &Header) -> bool {
        let _ = header;
        true
    }
    /// Keeps `bytes` at `offset` of a region; `false` where there is no room.
    #[must_use]
    fn put(&mut self, region: Region, offset: usize, bytes: &[u8]) -> bool;
    /// A byte that was put. A store may forget bytes of rodata that the task cannot see anyway; it gives 0 for them.
    fn get(&self, region: Region, offset: usize) -> u8;
}

/// A store of three buffers.
#[derive(Debug)]
pub struct Buffers<'a> {
    /// For code.
    pub code: &'a mut [u8],
    /// For rodata.
    pub rodata: &'a mut [u8],
    /// For what is behind.
    pub rest: &'a mut [u8],
}

impl Store for Buffers<'_> {
    fn put(&mut self, region: Region, offset: usize, bytes: &[u8]) -> bool {
        let buffer = match region {
            Region::Code => &mut *self.code,
            Region::Rodata => &mut *self.rodata,
            Region::Rest => &mut *self.rest,
        };
        copy_into(buffer, offset, bytes)
    }

    fn get(&self, region: Region, offset: usize) -> u8 {
        let buffer = match region {
            Region::Code => &*self.code,
            Region::Rodata => &*self.rodata,
            Region::Rest => &*self.rest,
        };
        buffer.get(offset).copied().unwrap_or(0)
    }
}

/// Copies `bytes` to `offset` of a buffer; `false`, and nothing copied, where they do not fit.
pub(crate) fn copy_into(buffer: &mut [u8], offset: usize, bytes: &[u8]) -> bool {
    match offset.checked_add(bytes.len()).and_then(|end| buffer.get_mut(offset..end)) {
        Some(target) => target.copy_from_slice(bytes),
        None => return false,
    }
    true
}
