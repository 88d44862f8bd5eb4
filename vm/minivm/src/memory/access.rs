//! Data memory as instructions, the control plane and services reach it, whatever keeps its bytes.

use crate::instruction::Reg;
use crate::stop::PagingFailure;

/// The size of data memory in bytes.
pub const SIZE: usize = 0x1_0000;

/// Memory that can be read in runs.
pub trait Bytes {
    /// How many bytes there are, up to [`SIZE`].
    fn size(&self) -> usize;

    /// The bytes from `address` on that lie together. They end with memory, or before bytes that nobody has written,
    /// which are zero and may be kept nowhere.
    fn run(&self, address: u16) -> &[u8];

    /// Copies the bytes from `address` on, cut at the end of memory. Says how many there were.
    ///
    /// ```
    /// use minivm::memory::{Bytes, SparseMemory};
    /// let mut memory = SparseMemory::<1>::new();
    /// memory.write(0xFFFE, [7]);
    /// let mut bytes = [9; 4];
    /// assert_eq!((memory.copy(0xFFFD, &mut bytes), bytes), (3, [0, 7, 0, 9]));
    /// ```
    fn copy(&self, address: u16, bytes: &mut [u8]) -> usize {
        let count = self.size().saturating_sub(address.into()).min(bytes.len());
        let mut done = 0;
        while done < count {
            let run = self.run(address + done as u16);
            let length = run.len().min(count - done);
            let (piece, next) = if length == 0 { (&[0][..], 1) } else { (&run[..length], length) };
            bytes[done..done + next].copy_from_slice(piece);
            done += next;
        }
        count
    }
}

/// Memory as small as its bytes.
impl Bytes for [u8] {
    fn size(&self) -> usize {
        self.len()
    }

    fn run(&self, address: u16) -> &[u8] {
        self.get(address.into()..).unwrap_or_default()
    }
}

/// The same with a size that is known.
impl<const N: usize> Bytes for [u8; N] {
    fn size(&self) -> usize {
        N
    }

    fn run(&self, address: u16) -> &[u8] {
        self.as_slice().run(address)
    }
}

/// Data memory as instructions reach it: 64 KiB, little-endian.
pub trait LoadStore {
    /// Reads `N` bytes at `address`; nothing if they do not all lie within memory.
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]>;

    /// Writes `N` bytes at `address`; nothing is written if they do not all lie within memory, or find no room.
    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()>;

    /// What has failed of that which keeps the bytes, if anything has: then no access is let through.
    #[inline(always)]
    fn failure(&self) -> Option<PagingFailure> {
        None
    }

    /// As [`LoadStore::read`]; nothing if `address` is no multiple of `N` (4, 2 or 1).
    #[inline(always)]
    fn read_aligned<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        if address.is_multiple_of(N as u32) { self.read(address) } else { None }
    }

    /// As [`LoadStore::write`]; nothing is written if `address` is no multiple of `N` (4, 2 or 1).
    #[inline(always)]
    fn write_aligned<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        if address.is_multiple_of(N as u32) { self.write(address, bytes) } else { None }
    }

    /// As [`LoadStore::read_aligned`], at the low 16 bits of `address`.
    #[inline(always)]
    fn read_wrapped<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        self.read_aligned(address % SIZE as u32)
    }

    /// As [`LoadStore::write_aligned`], at the low 16 bits of `address`.
    #[inline(always)]
    fn write_wrapped<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        self.write_aligned(address % SIZE as u32, bytes)
    }

    /// The value of a register in the window at `wp`. A window that does not fit (`wp` above 0xFFC0) reads as 0.
    #[inline(never)]
    fn register(&self, wp: u16, reg: Reg) -> u32 {
        self.read(u32::from(wp) + 4 * reg.index() as u32).map_or(0, u32::from_le_bytes)
    }

    /// The values of two registers in the window at `wp`, read in this order.
    #[inline(never)]
    fn registers(&self, wp: u16, first: Reg, second: Reg) -> (u32, u32) {
        (self.register(wp, first), self.register(wp, second))
    }

    /// Sets a register in the window at `wp`.
    #[inline(never)]
    fn set_register(&mut self, wp: u16, reg: Reg, value: u32) {
        self.write(u32::from(wp) + 4 * reg.index() as u32, value.to_le_bytes());
    }
}

/// The data memory of a task that lies together: all zero when new.
pub trait DataMemory: Bytes + LoadStore {
    /// Makes all bytes zero again.
    fn reset(&mut self);

    /// Writes a block of any length; nothing is written if it does not lie within memory, or finds no room.
    fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()>;

    /// The bytes from `address` on, cut at the end of memory, lying together. Those that are kept nowhere are given room;
    /// it ends before those for which there is none.
    fn gather(&mut self, address: u16, length: u16) -> &[u8];

    /// Everything that was written, piece by piece, each with its address; ascending. All other bytes are zero.
    fn written(&self) -> impl Iterator<Item = (usize, &[u8])>;

    /// Whether something has found no room since this memory was new: then nothing that came after it has a meaning.
    fn lacks_room(&self) -> bool {
        false
    }
}
