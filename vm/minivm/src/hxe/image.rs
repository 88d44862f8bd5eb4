//! An image: its bytes by their place, and the table of its metadata.

use super::header::Header;
use super::store::{Region, Store};

/// The size of an entry of the table, in bytes.
const ENTRY_SIZE: u32 = 16;

/// An image that is whole and valid.
#[derive(Clone, Copy)]
pub struct Image<'s, S> {
    /// The header.
    pub header: Header,
    pub(crate) store: &'s S,
    /// Its length in bytes.
    pub length: u32,
}

/// An entry of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its type, as it stands there.
    pub kind: u32,
    /// Where it begins, counted from the start of the image.
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
    /// How many entries it has.
    pub count: u32,
}

/// The types of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Values.
    Values,
    /// Commands.
    Commands,
    /// Mailboxes.
    Mailboxes,
}

impl Section {
    /// What it declares; nothing for a type that is not known, which is kept but not looked into.
    pub const fn declares(&self) -> Option<SectionKind> {
        match self.kind {
            1 => Some(SectionKind::Values),
            2 => Some(SectionKind::Commands),
            3 => Some(SectionKind::Mailboxes),
            _ => None,
        }
    }

    pub(super) fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.size)
    }
}

/// Whether there is metadata: both the place and the number say so.
pub(super) fn has_table(header: &Header) -> bool {
    header.meta_offset != 0 && header.meta_count != 0
}

/// Where the byte at `offset` of the image goes, and how many may follow it there.
pub(super) fn place(header: &Header, offset: u32) -> (Region, u32, u32) {
    let code = offset - header.size() as u32;
    if code < header.code_len {
        return (Region::Code, code, header.code_len - code);
    }
    let rodata = code - header.code_len;
    if rodata < header.ro_len {
        return (Region::Rodata, rodata, header.ro_len - rodata);
    }
    (Region::Rest, rodata - header.ro_len, u32::MAX)
}

impl<S: Store> Image<'_, S> {
    /// A byte of the image; 0 within the header, which no section may reach.
    pub(super) fn byte(&self, offset: u32) -> u8 {
        if (offset as usize) < self.header.size() {
            return 0;
        }
        let (region, offset, _) = place(&self.header, offset);
        self.store.get(region, offset as usize)
    }

    /// How many entries of the table are there, of those bytes that are.
    pub(super) fn table_entries_there(&self) -> u32 {
        let bytes = self.length.saturating_sub(self.header.meta_offset);
        if has_table(&self.header) { (bytes / ENTRY_SIZE).min(self.header.meta_count) } else { 0 }
    }

    /// After how many bytes a section can be judged. One that lies before its own entry is there when the entry is.
    pub(super) fn whole_at(&self, index: u32, section: &Section) -> u64 {
        section.end().max(self.entry_end(index))
    }

    pub(super) fn entry_end(&self, index: u32) -> u64 {
        u64::from(self.header.meta_offset) + u64::from(ENTRY_SIZE) * (u64::from(index) + 1)
    }

    /// The sections of metadata, in the order of the table.
    pub fn sections(&self) -> impl Iterator<Item = Section> + '_ {
        let count = if has_table(&self.header) { self.header.meta_count } else { 0 };
        (0..count).map(|index| self.section(index))
    }

    /// The entry of the table with this number, which may be 0 up to their count.
    pub(super) fn section(&self, index: u32) -> Section {
        let word = |at: u32| {
            self.word(self.header.meta_offset.wrapping_add(index * ENTRY_SIZE).wrapping_add(4 * at))
        };
        Section { kind: word(0), offset: word(1), size: word(2), count: word(3) }
    }

    pub(super) fn half(&self, offset: u32) -> u16 {
        u16::from(self.byte(offset)) << 8 | u16::from(self.byte(offset.wrapping_add(1)))
    }

    pub(super) fn word(&self, offset: u32) -> u32 {
        u32::from(self.half(offset)) << 16 | u32::from(self.half(offset.wrapping_add(2)))
    }
}
