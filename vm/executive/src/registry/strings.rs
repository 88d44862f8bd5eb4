//! The string table: each text once, with a NUL behind it.

use crate::text::GuestText;

/// How many bytes of text there may be, a NUL for each counted.
pub const STRINGS: usize = 4096;
/// Where a text comes from.
pub trait TextSource: Copy {
    /// Its bytes, which are UTF-8 without a NUL.
    fn bytes(self) -> impl Iterator<Item = u8>;
}

impl TextSource for GuestText<'_> {
    fn bytes(self) -> impl Iterator<Item = u8> {
        self.parts().flat_map(str::bytes)
    }
}

impl TextSource for &str {
    fn bytes(self) -> impl Iterator<Item = u8> {
        str::bytes(self)
    }
}

/// Texts, one behind the other.
#[derive(Debug)]
pub struct Strings<'m> {
    bytes: &'m mut [u8],
    used: usize,
}

impl<'m> Strings<'m> {
    /// No texts.
    pub fn new(bytes: &'m mut [u8]) -> Self {
        let room = bytes.len().min(STRINGS);
        Strings { bytes: &mut bytes[..room], used: 0 }
    }

    /// Bytes in use, NULs counted.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The offset of a text, which is kept if it is not there yet; nothing if there is no room.
    ///
    /// ```
    /// use executive::registry::Strings;
    /// let mut bytes = [0; 8];
    /// let mut strings = Strings::new(&mut bytes);
    /// let offsets = [strings.keep("volt"), strings.keep(""), strings.keep("volt"), strings.keep("ab"), strings.keep("a")];
    /// assert_eq!(offsets, [Some(0), Some(5), Some(0), None, Some(6)]);
    /// assert_eq!((strings.get(6), strings.used()), ("a", 8));
    /// ```
    pub fn keep(&mut self, text: impl TextSource) -> Option<u16> {
        let mut offset = 0;
        while let Some(length) = self.length_at(offset) {
            if self.bytes[offset..offset + length].iter().copied().eq(text.bytes()) {
                return u16::try_from(offset).ok();
            }
            offset += length + 1;
        }
        let mut end = self.used;
        for byte in text.bytes().chain([0]) {
            *self.bytes.get_mut(end)? = byte;
            end += 1;
        }
        self.used = end;
        u16::try_from(offset).ok()
    }

    /// The text at an offset that [`Strings::keep`] gave.
    pub fn get(&self, offset: u16) -> &str {
        let offset = usize::from(offset);
        let length = self.length_at(offset).unwrap_or(0);
        self.bytes
            .get(offset..offset + length)
            .and_then(|text| core::str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    /// The length of the text at `offset`; nothing behind the last.
    pub(super) fn length_at(&self, offset: usize) -> Option<usize> {
        self.bytes[..self.used].get(offset..)?.iter().position(|&byte| byte == 0)
    }

    pub(super) fn truncate(&mut self, used: usize) {
        self.used = self.used.min(used);
    }

    pub(super) fn remove(&mut self, offset: usize, length: usize) {
        self.bytes.copy_within(offset + length..self.used, offset);
        self.used -= length;
    }
}
