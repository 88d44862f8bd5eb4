//! Data memory in an array that somebody else keeps, such as a buffer of another language.

use super::access::{DataMemory, LoadStore, SIZE};

/// Nothing is noted of what was written, so all of it counts as written.
///
/// ```
/// use minivm::memory::{LoadStore, SIZE};
/// let mut bytes = vec![0; SIZE];
/// let memory: &mut [u8; SIZE] = bytes.as_mut_slice().try_into().unwrap();
/// assert_eq!((memory.write(0xFFFC, [1, 2, 3, 4]), memory.write(0xFFFD, [9; 4])), (Some(()), None));
/// assert_eq!((memory.read(0xFFFE), memory.read::<4>(0xFFFE)), (Some([3, 4]), None));
/// ```
impl LoadStore for [u8; SIZE] {
    #[inline(always)]
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        self.get(address as usize..)?.first_chunk().copied()
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        *self.get_mut(address as usize..)?.first_chunk_mut()? = bytes;
        Some(())
    }
}

impl DataMemory for [u8; SIZE] {
    fn reset(&mut self) {
        self.fill(0);
    }

    fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        self.get_mut(address as usize..)?.get_mut(..block.len())?.copy_from_slice(block);
        Some(())
    }

    fn gather(&mut self, address: u16, length: u16) -> &[u8] {
        let start = usize::from(address);
        &self[start..SIZE.min(start + usize::from(length))]
    }

    fn written(&self) -> impl Iterator<Item = (usize, &[u8])> {
        core::iter::once((0, self.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::*;
    use crate::memory::Memory;

    fn is_like_memory<const N: usize>(plain: &mut [u8; SIZE], memory: &mut Memory) {
        for address in (0..0x20).chain(0xFFE0..0x1_0020).chain(u32::MAX - 0x20..=u32::MAX) {
            let bytes = [address as u8 | 1; N];
            assert_eq!(plain.write(address, bytes), memory.write(address, bytes), "{address:#x}");
            assert_eq!(plain.write_aligned(address, bytes), memory.write_aligned(address, bytes));
            assert_eq!(plain.read::<N>(address), memory.read(address));
            assert_eq!(plain.write_block(address, &bytes), memory.write_block(address, &bytes));
            assert_eq!(plain, memory.bytes());
        }
    }

    #[test]
    fn an_array_is_like_memory() {
        let (mut plain, mut memory) = (Box::new([0; SIZE]), Box::new(Memory::new()));
        is_like_memory::<1>(&mut plain, &mut memory);
        is_like_memory::<2>(&mut plain, &mut memory);
        is_like_memory::<4>(&mut plain, &mut memory);
        assert_eq!(plain.gather(0xFFFE, 4), memory.gather(0xFFFE, 4));
        assert!(plain.written().eq([(0, memory.bytes().as_slice())]));
        DataMemory::reset(&mut *plain);
        assert!(plain.iter().all(|&byte| byte == 0));
    }
}
