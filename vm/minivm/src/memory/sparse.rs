//! Data memory for chips that have less than 64 KiB for a task.

use super::access::{Bytes, DataMemory, LoadStore, SIZE};
use super::whole::Memory;

/// Bytes of a page: what gets room together.
const PAGE: usize = 256;
const PAGES: usize = SIZE / PAGE;

/// The data memory of one task, of which no more than `FRAMES` pages of 256 bytes, up to 255, can differ from zero.
///
/// Zeros need no room. A write that finds none is not done, and [`DataMemory::lacks_room`] says so from then on. Pages that
/// follow each other in memory do so where they are kept, so that what lies in several of them can be read as one piece.
///
/// ```
/// use minivm::memory::{DataMemory, LoadStore, SparseMemory};
/// let mut memory = SparseMemory::<2>::new();
/// assert_eq!((memory.write(0x10FF, [1, 2]), memory.write(0x4000, [0; 4])), (Some(()), Some(())));
/// assert_eq!((memory.read(0x10FE), memory.lacks_room()), (Some([0, 1, 2, 0]), false));
/// assert_eq!((memory.write(0x4000, [3]), memory.lacks_room()), (None, true));
/// ```
#[derive(Clone, Debug)]
pub struct SparseMemory<const FRAMES: usize> {
    /// By page: the frame that keeps it, from 1; 0: none.
    frame_of: [u8; PAGES],
    /// The page of each frame that is used, ascending.
    pages: [u8; FRAMES],
    used: usize,
    lacks_room: bool,
    frames: [[u8; PAGE]; FRAMES],
}

impl<const FRAMES: usize> SparseMemory<FRAMES> {
    const FRAMES_ARE_BYTES: () = assert!(FRAMES <= u8::MAX as usize, "a frame is numbered by a byte");

    /// Memory full of zeros.
    pub const fn new() -> Self {
        let () = Self::FRAMES_ARE_BYTES;
        SparseMemory {
            frame_of: [0; PAGES],
            pages: [0; FRAMES],
            used: 0,
            lacks_room: false,
            frames: [[0; PAGE]; FRAMES],
        }
    }

    /// Makes it as new.
    pub fn renew(&mut self) {
        DataMemory::reset(self);
        self.lacks_room = false;
    }

    /// As [`LoadStore::write`].
    pub fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        LoadStore::write(self, address, bytes)
    }

    /// The frame that keeps a page.
    fn frame(&self, page: usize) -> Option<usize> {
        usize::from(self.frame_of[page]).checked_sub(1)
    }

    /// The same, which it is given if it has none yet.
    fn claim(&mut self, page: usize) -> Option<usize> {
        if let Some(frame) = self.frame(page) {
            return Some(frame);
        }
        if self.used == FRAMES {
            self.lacks_room = true;
            return None;
        }
        let at = self.pages[..self.used].partition_point(|&before| usize::from(before) < page);
        self.frames.copy_within(at..self.used, at + 1);
        self.pages.copy_within(at..self.used, at + 1);
        self.frames[at].fill(0);
        self.pages[at] = page as u8;
        self.used += 1;
        for (frame, &page) in self.pages[..self.used].iter().enumerate().skip(at) {
            self.frame_of[usize::from(page)] = 1 + frame as u8;
        }
        Some(at)
    }

    fn byte(&self, address: usize) -> u8 {
        self.frame(address / PAGE).map_or(0, |frame| self.frames[frame][address % PAGE])
    }
}

/// What of `length` bytes at `start` lies in each page: the page, the first byte in it, the bytes of the whole.
fn by_page(start: usize, length: usize) -> impl Iterator<Item = (usize, usize, core::ops::Range<usize>)> {
    let end = start + length;
    let pages = if length == 0 { 0..0 } else { start / PAGE..(end - 1) / PAGE + 1 };
    pages.map(move |page| {
        let (from, to) = (start.max(page * PAGE), end.min((page + 1) * PAGE));
        (page, from % PAGE, from - start..to - start)
    })
}

impl<const FRAMES: usize> Bytes for SparseMemory<FRAMES> {
    fn size(&self) -> usize {
        SIZE
    }

    fn run(&self, address: u16) -> &[u8] {
        let (page, offset) = (usize::from(address) / PAGE, usize::from(address) % PAGE);
        let Some(frame) = self.frame(page) else { return &[] };
        let together = self.pages[frame..self.used].iter().zip(page..);
        let count = together.take_while(|(kept, wanted)| usize::from(**kept) == *wanted).count();
        &self.frames[frame..frame + count].as_flattened()[offset..]
    }
}

impl<const FRAMES: usize> LoadStore for SparseMemory<FRAMES> {
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        if !Memory::contains::<N>(address) {
            return None;
        }
        let (start, offset) = (address as usize, address as usize % PAGE);
        if offset + N > PAGE {
            return Some(core::array::from_fn(|at| self.byte(start + at)));
        }
        let Some(frame) = self.frame(start / PAGE) else { return Some([0; N]) };
        self.frames[frame][offset..offset + N].try_into().ok()
    }

    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        if !Memory::contains::<N>(address) {
            return None;
        }
        let (start, offset) = (address as usize, address as usize % PAGE);
        match self.frame(start / PAGE) {
            Some(frame) if offset + N <= PAGE => {
                self.frames[frame][offset..offset + N].copy_from_slice(&bytes);
                Some(())
            }
            _ => self.write_block(address, &bytes),
        }
    }
}

impl<const FRAMES: usize> DataMemory for SparseMemory<FRAMES> {
    fn reset(&mut self) {
        self.frame_of = [0; PAGES];
        self.used = 0;
    }

    fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        let start = address as usize;
        start.checked_add(block.len()).filter(|end| *end <= SIZE)?;
        for (page, _, bytes) in by_page(start, block.len()) {
            if block[bytes].iter().any(|&byte| byte != 0) {
                self.claim(page)?;
            }
        }
        for (page, from, bytes) in by_page(start, block.len()) {
            if let Some(frame) = self.frame(page) {
                self.frames[frame][from..from + bytes.len()].copy_from_slice(&block[bytes]);
            }
        }
        Some(())
    }

    fn gather(&mut self, address: u16, length: u16) -> &[u8] {
        let length = usize::from(length).min(SIZE - usize::from(address));
        // What finds no room ends the run.
        let _roomy = by_page(address.into(), length).try_for_each(|(page, ..)| self.claim(page).map(|_| ()));
        let run = self.run(address);
        &run[..run.len().min(length)]
    }

    fn written(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let frames = self.pages[..self.used].iter().zip(&self.frames);
        frames.map(|(&page, bytes)| (usize::from(page) * PAGE, &bytes[..]))
    }

    fn lacks_room(&self) -> bool {
        self.lacks_room
    }
}

impl<const FRAMES: usize> Default for SparseMemory<FRAMES> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Something done to memory, at one of few addresses, so that pages meet.
    #[derive(Clone, Debug)]
    enum Access {
        Word(u32, u32),
        Half(u32, u16),
        Block(u32, Vec<u8>),
        Gather(u16, u16),
        Reset,
    }

    fn address() -> impl Strategy<Value = u32> {
        prop_oneof![4 => 0u32..0x800, 1 => 0xFE00u32..0x1_0004, 1 => any::<u32>()]
    }

    fn access() -> impl Strategy<Value = Access> {
        let word = prop_oneof![Just(0), any::<u32>()];
        prop_oneof![
            8 => (address(), word).prop_map(|(at, value)| Access::Word(at, value)),
            8 => (address(), any::<u16>()).prop_map(|(at, value)| Access::Half(at, value)),
            4 => (address(), prop::collection::vec(0u8..3, 0..600)).prop_map(|(at, block)| Access::Block(at, block)),
            2 => (address(), 0u16..700).prop_map(|(at, length)| Access::Gather(at as u16, length)),
            1 => Just(Access::Reset),
        ]
    }

    proptest! {
        #[test]
        fn it_is_like_memory_until_it_lacks_room(accesses in prop::collection::vec(access(), 1..60)) {
            let (mut whole, mut sparse) = (Memory::new(), SparseMemory::<9>::new());
            for access in accesses {
                let same = match access {
                    Access::Word(at, value) => {
                        let value = value.to_le_bytes();
                        (whole.write_aligned(at, value), whole.write(at, value))
                            == (sparse.write_aligned(at, value), sparse.write(at, value))
                            && whole.write_wrapped(at, value) == sparse.write_wrapped(at, value)
                            && whole.read::<4>(at) == LoadStore::read(&sparse, at)
                            && whole.read_wrapped::<4>(at) == sparse.read_wrapped(at)
                    }
                    Access::Half(at, value) => {
                        let value = value.to_le_bytes();
                        whole.write(at, value) == sparse.write(at, value)
                            && whole.read::<2>(at) == LoadStore::read(&sparse, at)
                    }
                    Access::Block(at, block) => whole.write_block(at, &block) == sparse.write_block(at, &block),
                    Access::Gather(at, length) => {
                        sparse.gather(at, length) == whole.gather(at, length) || sparse.lacks_room()
                    }
                    Access::Reset => {
                        whole.reset();
                        DataMemory::reset(&mut sparse);
                        true
                    }
                };
                if sparse.lacks_room() {
                    return Ok(());
                }
                prop_assert!(same);
                let mut bytes = vec![9; SIZE];
                prop_assert_eq!(sparse.copy(0, &mut bytes), SIZE);
                prop_assert!(bytes == whole.bytes());
                let mut pieces = vec![0; SIZE];
                for (at, piece) in sparse.written() {
                    pieces[at..at + piece.len()].copy_from_slice(piece);
                }
                prop_assert!(pieces == bytes);
            }
        }
    }

    #[test]
    fn what_finds_no_room_is_not_done_and_is_said_until_it_is_new() {
        let mut memory = SparseMemory::<1>::new();
        assert_eq!(memory.write_block(0x01FE, &[0, 0, 5]), Some(()));
        assert_eq!((memory.write_block(0x02FE, &[1, 1, 1]), memory.lacks_room()), (None, true));
        assert_eq!(LoadStore::read(&memory, 0x01FE), Some([0, 0, 5, 0]));
        DataMemory::reset(&mut memory);
        assert!(memory.lacks_room() && memory.written().count() == 0);
        memory.renew();
        assert!(!memory.lacks_room());
        assert_eq!(memory.gather(0x01F0, 0x20), [0; 0x10]);
        assert!(memory.lacks_room());
    }
}
