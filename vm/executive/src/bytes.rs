//! Byte strings of any length in blocks of one size: payloads and files come and go without gaps.

use crate::pool::{List, Node, Pool};
use crate::table::Full;

/// How many bytes a block holds.
pub const BLOCK: usize = 28;
/// A block of a byte string.
pub type Block = Node<[u8; BLOCK]>;

/// A byte string in a pool of blocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteString {
    blocks: List,
    length: u32,
}

impl ByteString {
    /// Its length in bytes.
    pub fn len(&self) -> u32 {
        self.length
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// A pool of blocks.
pub type Blocks<'m> = Pool<'m, [u8; BLOCK]>;

impl Blocks<'_> {
    /// Keeps a copy of `bytes`.
    ///
    /// # Errors
    /// [`Full`]; nothing is kept.
    pub fn store(&mut self, bytes: &[u8]) -> Result<ByteString, Full> {
        let mut string = ByteString::default();
        self.overwrite(&mut string, 0, bytes)?;
        Ok(string)
    }

    /// Writes `bytes` at `position`; a string that ends before that is filled up with zeros.
    ///
    /// # Errors
    /// [`Full`]; the string is as it was.
    pub fn overwrite(&mut self, string: &mut ByteString, position: u32, bytes: &[u8]) -> Result<(), Full> {
        let start = position as usize;
        let end = start.checked_add(bytes.len()).filter(|end| *end <= u32::MAX as usize).ok_or(Full)?;
        let missing = end.div_ceil(BLOCK).saturating_sub(string.blocks.len() as usize);
        if missing > self.room() {
            return Err(Full);
        }
        for _ in 0..missing {
            self.push(&mut string.blocks, [0; BLOCK])?;
        }
        string.length = string.length.max(end as u32);
        let mut place = if bytes.is_empty() { None } else { self.place(&string.blocks, start / BLOCK) };
        let (mut offset, mut rest) = (start % BLOCK, bytes);
        while let Some(index) = place {
            let (piece, behind) = rest.split_at(rest.len().min(BLOCK - offset));
            self.get_mut(index)[offset..offset + piece.len()].copy_from_slice(piece);
            (offset, rest) = (0, behind);
            place = if rest.is_empty() { None } else { self.after(index) };
        }
        Ok(())
    }

    /// The bytes from `position` on, at most `length`, in pieces.
    ///
    /// ```
    /// use executive::bytes::{Block, Blocks};
    /// let mut nodes = [Block::default(); 4];
    /// let mut blocks = Blocks::new(&mut nodes);
    /// let mut text = blocks.store(b"executive, on a chip as on a desk")?;
    /// blocks.overwrite(&mut text, 0, b"E")?;
    /// let bytes: Vec<u8> = blocks.pieces(&text, 11, 9).flatten().copied().collect();
    /// assert_eq!(bytes, b"on a chip");
    /// # Ok::<(), executive::table::Full>(())
    /// ```
    pub fn pieces(&self, string: &ByteString, position: u32, length: u32) -> impl Iterator<Item = &[u8]> {
        let start = position.min(string.length) as usize;
        let end = start + (length.min(string.length - start as u32)) as usize;
        let blocks = self.refs(&string.blocks).zip((0..).step_by(BLOCK));
        blocks.skip(start / BLOCK).take_while(move |(_, at)| *at < end).map(move |(block, at)| {
            let from = start.saturating_sub(at);
            &block[from..(end - at).min(BLOCK).max(from)]
        })
    }

    /// Whether it has these bytes.
    pub fn equals(&self, string: &ByteString, bytes: &[u8]) -> bool {
        let same_length = string.length as usize == bytes.len();
        same_length && self.pieces(string, 0, u32::MAX).flatten().eq(bytes)
    }

    /// Frees its blocks.
    pub fn discard(&mut self, string: &mut ByteString) {
        self.clear(&mut string.blocks);
        string.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    proptest! {
        #[test]
        fn a_string_is_its_bytes(writes in prop::collection::vec((0u32..150, prop::collection::vec(any::<u8>(), 0..90)), 0..20),
                                 from in 0u32..300, length in 0u32..300) {
            let mut nodes = [Block::default(); 7];
            let mut blocks = Blocks::new(&mut nodes);
            let (mut string, mut model) = (ByteString::default(), Vec::new());
            for (position, bytes) in writes {
                let end = position as usize + bytes.len();
                let fits = end <= 7 * BLOCK;
                prop_assert_eq!(blocks.overwrite(&mut string, position, &bytes).is_ok(), fits);
                if fits {
                    model.resize(model.len().max(end), 0);
                    model[position as usize..end].copy_from_slice(&bytes);
                }
                prop_assert!(blocks.equals(&string, &model));
            }
            let start = model.len().min(from as usize);
            let end = model.len().min(start + length as usize);
            let read: Vec<u8> = blocks.pieces(&string, from, length).flatten().copied().collect();
            prop_assert_eq!(&read, &model[start..end]);
            blocks.discard(&mut string);
            prop_assert_eq!(blocks.used(), 0);
        }
    }
}
