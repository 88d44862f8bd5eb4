//! Data memory: 64 KiB, little-endian, with a note of what was written.
//!
//! A harness resets memory between millions of short cases; clearing 64 KiB each time would cost more than the case.
//! So every write marks its page of 1 KiB, and [`Memory::reset`] clears the marked pages only.

use crate::instruction::Reg;

/// The size of data memory in bytes.
pub const SIZE: usize = 0x1_0000;
/// The size of a page in bytes: what one mark stands for.
pub const PAGE: usize = SIZE / u64::BITS as usize;

/// The data memory of one task. All zero when new.
#[derive(Clone)]
pub struct Memory {
    bytes: [u8; SIZE],
    /// Bit n: page n may differ from zero.
    written: u64,
}

impl Memory {
    /// Memory full of zeros.
    pub const fn new() -> Self {
        Memory { bytes: [0; SIZE], written: 0 }
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8; SIZE] {
        &self.bytes
    }

    /// The byte ranges of pages written since the last reset, ascending. All other bytes are zero.
    pub fn written_pages(&self) -> impl Iterator<Item = core::ops::Range<usize>> + use<> {
        let written = self.written;
        (0..u64::BITS as usize)
            .filter(move |page| written >> page & 1 != 0)
            .map(|page| page * PAGE..(page + 1) * PAGE)
    }

    /// Makes all bytes zero again.
    pub fn reset(&mut self) {
        for page in self.written_pages() {
            self.bytes[page].fill(0);
        }
        self.written = 0;
    }

    /// Whether `N` bytes at `address` all lie within memory.
    #[inline(always)]
    pub const fn contains<const N: usize>(address: u32) -> bool {
        address as usize <= SIZE - N
    }

    /// The value of a register in the window at `wp`. A window that does not fit (`wp` above 0xFFC0) reads as 0.
    #[inline(always)]
    pub(crate) fn register(&self, wp: u16, reg: Reg) -> u32 {
        self.read(u32::from(wp) + 4 * reg.index() as u32).map_or(0, u32::from_le_bytes)
    }

    /// Sets a register in the window at `wp`.
    #[inline(always)]
    pub(crate) fn set_register(&mut self, wp: u16, reg: Reg, value: u32) {
        self.write(u32::from(wp) + 4 * reg.index() as u32, value.to_le_bytes());
    }

    /// Reads `N` bytes at `address`; nothing where they do not all lie within memory.
    #[inline(always)]
    pub fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        let start = address as usize;
        self.bytes.get(start..start.checked_add(N)?)?.try_into().ok()
    }

    /// Writes `N` bytes at `address`; nothing is written where they do not all lie within memory.
    #[inline(always)]
    pub fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        let start = address as usize;
        let target = self.bytes.get_mut(start..start.checked_add(N)?)?;
        target.copy_from_slice(&bytes);
        let crosses = start % PAGE + N > PAGE;
        self.written |= (1 | u64::from(crosses) << 1) << (start / PAGE);
        Some(())
    }

    /// Writes a block of any length; nothing is written where it does not lie within memory.
    pub fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        let start = address as usize;
        let end = start.checked_add(block.len())?;
        self.bytes.get_mut(start..end)?.copy_from_slice(block);
        for page in start / PAGE..end.div_ceil(PAGE) {
            self.written |= 1 << page;
        }
        Some(())
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
