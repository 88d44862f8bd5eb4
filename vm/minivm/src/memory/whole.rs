//! Data memory: 64 KiB, little-endian, with a note of what was written.
//!
//! A harness resets memory between millions of short cases; clearing 64 KiB each time would cost more than the case.
//! So every write marks its page of 1 KiB, and [`Memory::reset`] clears the marked pages only.

use super::access::{Bytes, DataMemory, LoadStore, SIZE};

/// The size of a page in bytes: what one mark stands for.
pub const PAGE: usize = SIZE / PAGES;
/// How many pages there are.
pub const PAGES: usize = 64;

/// The data memory of one task. All zero when new.
#[derive(Clone)]
pub struct Memory {
    /// Page n may differ from zero.
    written: [bool; PAGES],
    bytes: [u8; SIZE],
}

impl Memory {
    /// Memory full of zeros.
    pub const fn new() -> Self {
        Memory { written: [false; PAGES], bytes: [0; SIZE] }
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8; SIZE] {
        &self.bytes
    }

    /// All bytes, and the mark of each page. Whoever writes the bytes sets the marks of their pages.
    ///
    /// ```
    /// let mut memory = minivm::Memory::new();
    /// let (bytes, written) = memory.parts_mut();
    /// (bytes[0x8FF], written[2]) = (7, true);
    /// assert_eq!(memory.written_pages().next(), Some(0x800..0xC00));
    /// ```
    pub fn parts_mut(&mut self) -> (&mut [u8; SIZE], &mut [bool; PAGES]) {
        (&mut self.bytes, &mut self.written)
    }

    /// The byte ranges of pages written since the last reset, ascending. All other bytes are zero.
    pub fn written_pages(&self) -> impl Iterator<Item = core::ops::Range<usize>> + use<> {
        let written = self.written;
        (0..PAGES).filter(move |page| written[*page]).map(|page| page * PAGE..(page + 1) * PAGE)
    }

    /// Makes all bytes zero again.
    pub fn reset(&mut self) {
        for page in self.written_pages() {
            self.bytes[page].fill(0);
        }
        self.written = [false; PAGES];
    }

    /// Whether `N` bytes at `address` all lie within memory.
    #[inline(always)]
    pub const fn contains<const N: usize>(address: u32) -> bool {
        address as usize <= SIZE - N
    }

    /// Reads `N` bytes at `address`; nothing where they do not all lie within memory.
    #[inline(always)]
    pub fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        let start = Self::start::<N>(address)?;
        self.bytes.get(start..start + N)?.try_into().ok()
    }

    /// Writes `N` bytes at `address`; nothing is written where they do not all lie within memory.
    #[inline(always)]
    pub fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        let start = Self::start::<N>(address)?;
        self.bytes.get_mut(start..start + N)?.copy_from_slice(&bytes);
        self.written[start / PAGE] = true;
        self.written[(start + N - 1) / PAGE] = true;
        Some(())
    }

    /// Reads `N` bytes (4, 2 or 1) at `address`; nothing if that is no multiple of `N`, or not within memory.
    #[inline(always)]
    pub fn read_aligned<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        self.bytes.as_chunks().0.get(Self::place::<N>(address)).copied()
    }

    /// Writes `N` bytes (4, 2 or 1) at `address`; nothing is written if that is no multiple of `N`, or not within memory.
    #[inline(always)]
    pub fn write_aligned<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        let place = Self::place::<N>(address);
        *self.bytes.as_chunks_mut().0.get_mut(place)? = bytes;
        self.written[place / (PAGE / N)] = true;
        Some(())
    }

    /// Reads `N` bytes (4, 2 or 1) at the low 16 bits of `address`; nothing if that is no multiple of `N`.
    #[inline(always)]
    pub(crate) fn read_wrapped<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        if !address.is_multiple_of(N as u32) {
            return None;
        }
        self.bytes.as_chunks().0.get(usize::from(address as u16) / N).copied()
    }

    /// Writes `N` bytes (4, 2 or 1) at the low 16 bits of `address`; nothing is written if that is no multiple of `N`.
    #[inline(always)]
    pub(crate) fn write_wrapped<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        if !address.is_multiple_of(N as u32) {
            return None;
        }
        let place = usize::from(address as u16) / N;
        *self.bytes.as_chunks_mut().0.get_mut(place)? = bytes;
        self.written[place / (PAGE / N)] = true;
        Some(())
    }

    /// Which of the places for `N` bytes is at an address. A misaligned address is rotated to a number beyond them all.
    #[inline(always)]
    const fn place<const N: usize>(address: u32) -> usize {
        address.rotate_right(N.ilog2()) as usize
    }

    /// Where `N` bytes at `address` start, if they all lie within memory.
    #[inline(always)]
    fn start<const N: usize>(address: u32) -> Option<usize> {
        if Self::contains::<N>(address) { Some(address as usize) } else { None }
    }

    /// Writes a block of any length; nothing is written where it does not lie within memory.
    pub fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        let start = address as usize;
        let end = start.checked_add(block.len())?;
        self.bytes.get_mut(start..end)?.copy_from_slice(block);
        for page in start / PAGE..end.div_ceil(PAGE) {
            self.written[page] = true;
        }
        Some(())
    }
}

impl Bytes for Memory {
    fn size(&self) -> usize {
        SIZE
    }

    fn run(&self, address: u16) -> &[u8] {
        &self.bytes[address.into()..]
    }
}

impl LoadStore for Memory {
    #[inline(always)]
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        Memory::read(self, address)
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        Memory::write(self, address, bytes)
    }

    #[inline(always)]
    fn read_aligned<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        Memory::read_aligned(self, address)
    }

    #[inline(always)]
    fn write_aligned<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        Memory::write_aligned(self, address, bytes)
    }

    #[inline(always)]
    fn read_wrapped<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        Memory::read_wrapped(self, address)
    }

    #[inline(always)]
    fn write_wrapped<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        Memory::write_wrapped(self, address, bytes)
    }
}

impl DataMemory for Memory {
    fn reset(&mut self) {
        Memory::reset(self);
    }

    fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        Memory::write_block(self, address, block)
    }

    fn gather(&mut self, address: u16, length: u16) -> &[u8] {
        let start = usize::from(address);
        &self.bytes[start..SIZE.min(start + usize::from(length))]
    }

    fn written(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.written_pages().map(|page| (page.start, &self.bytes[page]))
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_end_of_memory_is_the_end() {
        let mut memory = Memory::new();
        assert_eq!(memory.read::<4>(0xFFFC), Some([0; 4]));
        assert_eq!(memory.read::<4>(0xFFFD), None);
        assert_eq!(memory.write(0xFFFF, [1, 2]), None);
        assert_eq!(memory.write_block(0x1_0000, &[]), Some(()));
        assert_eq!(memory.write_block(0x1_0001, &[]), None);
        assert_eq!(memory.read::<1>(u32::MAX), None);
        assert!(memory.bytes().iter().all(|&byte| byte == 0));
    }

    fn aligned_is_like_any<const N: usize>(one: &mut Memory, other: &mut Memory) {
        for address in (0..0x20).chain(0x3F0..0x410).chain(0xFFE0..0x1_0020).chain(u32::MAX - 0x20..=u32::MAX)
        {
            let bytes = [address as u8 | 1; N];
            let (is_aligned, aligned) = (address % N as u32 == 0, one.write_aligned(address, bytes));
            assert_eq!(aligned, if is_aligned { other.write(address, bytes) } else { None }, "{address:#x}");
            assert!(one.bytes() == other.bytes() && one.written_pages().eq(other.written_pages()));
            assert_eq!(one.read_aligned::<N>(address), one.read(address).filter(|_| is_aligned));
        }
    }

    fn wrapped_is_like_aligned<const N: usize>(one: &mut Memory, other: &mut Memory) {
        for address in (0..0x20).chain(0xFFE0..0x1_0020).chain(u32::MAX - 0x20..=u32::MAX) {
            let (bytes, low) = ([address as u8 | 1; N], address & 0xFFFF);
            assert_eq!(one.write_wrapped(address, bytes), other.write_aligned(low, bytes), "{address:#x}");
            assert!(one.bytes() == other.bytes() && one.written_pages().eq(other.written_pages()));
            assert_eq!(one.read_wrapped::<N>(address), other.read_aligned(low));
        }
    }

    #[test]
    fn wrapped_accesses_are_like_aligned_ones() {
        let (mut one, mut other) =
            (alloc::boxed::Box::new(Memory::new()), alloc::boxed::Box::new(Memory::new()));
        wrapped_is_like_aligned::<1>(&mut one, &mut other);
        wrapped_is_like_aligned::<2>(&mut one, &mut other);
        wrapped_is_like_aligned::<4>(&mut one, &mut other);
    }

    #[test]
    fn aligned_accesses_are_like_any() {
        let (mut one, mut other) =
            (alloc::boxed::Box::new(Memory::new()), alloc::boxed::Box::new(Memory::new()));
        aligned_is_like_any::<1>(&mut one, &mut other);
        aligned_is_like_any::<2>(&mut one, &mut other);
        aligned_is_like_any::<4>(&mut one, &mut other);
    }

    proptest! {
        #[test]
        fn reset_leaves_nothing(writes in prop::collection::vec((0u32..0x1_0000, any::<[u8; 4]>()), 0..50),
                                start in 0u32..0x1_0000, block in prop::collection::vec(any::<u8>(), 0..3000)) {
            let mut memory = alloc::boxed::Box::new(Memory::new());
            for (address, bytes) in writes {
                memory.write(address, bytes);
            }
            memory.write_block(start, &block);
            let written = memory.written_pages().flatten().filter(|&at| memory.bytes()[at] != 0).count();
            prop_assert_eq!(written, memory.bytes().iter().filter(|&&byte| byte != 0).count());
            memory.reset();
            prop_assert!(memory.bytes().iter().all(|&byte| byte == 0));
        }
    }
}
