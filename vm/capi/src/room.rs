//! Data memory of an arena of the control plane, which has a fixed number of arenas: not all of them were lent any.

use minivm::memory::{Bytes, DataMemory, LoadStore, SIZE};

/// The memory that was lent; without any it is as if every access were beyond its end.
pub(crate) struct Room(pub Option<&'static mut [u8; SIZE]>);

impl Bytes for Room {
    fn size(&self) -> usize {
        self.0.as_ref().map_or(0, |bytes| bytes.len())
    }

    fn run(&self, address: u16) -> &[u8] {
        self.0.as_ref().map_or(&[], |bytes| bytes.run(address))
    }
}

impl LoadStore for Room {
    #[inline(always)]
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        self.0.as_ref()?.read(address)
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        self.0.as_mut()?.write(address, bytes)
    }
}

impl DataMemory for Room {
    fn reset(&mut self) {
        if let Some(bytes) = &mut self.0 {
            bytes.reset();
        }
    }

    fn write_block(&mut self, address: u32, block: &[u8]) -> Option<()> {
        self.0.as_mut()?.write_block(address, block)
    }

    fn gather(&mut self, address: u16, length: u16) -> &[u8] {
        self.0.as_mut().map_or(&[], |bytes| bytes.gather(address, length))
    }

    fn written(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.0.iter().map(|bytes| (0, bytes.as_slice()))
    }
}
