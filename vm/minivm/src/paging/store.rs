//! Where lines of code and pages of data come from and go to.

use crate::memory::Memory;

/// Bytes could not be read or written. Why is for whoever implements the source or the store to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unavailable;

/// Where code is read from, line by line.
pub trait CodeSource {
    /// How many bytes of code there are. Always the same.
    fn size(&self) -> u32;

    /// Fills a line with the code from the byte address `address` on. Only bytes below [`CodeSource::size`] are asked for.
    ///
    /// # Errors
    /// [`Unavailable`] ends the run with [`Stop::Paging`](crate::Stop::Paging). What the line holds then does not matter.
    fn read(&mut self, address: u32, line: &mut [u8]) -> Result<(), Unavailable>;

    /// The line at `address` will probably be read next. A source that works beside the machine can begin now.
    fn prefetch(&mut self, address: u32) {
        let _ = address;
    }

    /// The line that was announced last will not be read.
    fn abort(&mut self) {}
}

/// Code that is all at hand, such as in the flash of the chip.
impl CodeSource for &[u8] {
    fn size(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    fn read(&mut self, address: u32, line: &mut [u8]) -> Result<(), Unavailable> {
        let bytes = self.get(address as usize..).and_then(|rest| rest.get(..line.len()));
        line.copy_from_slice(bytes.ok_or(Unavailable)?);
        Ok(())
    }
}

/// Where the 64 KiB of data memory are kept, page by page.
pub trait PageStore {
    /// Fills a page with the bytes from `address` on, a multiple of its size.
    ///
    /// # Errors
    /// [`Unavailable`] ends the run with [`Stop::Paging`](crate::Stop::Paging). What the page holds then does not matter.
    fn read(&mut self, address: u16, page: &mut [u8]) -> Result<(), Unavailable>;

    /// Keeps a page.
    ///
    /// # Errors
    /// [`Unavailable`] ends the run with [`Stop::Paging`](crate::Stop::Paging). The page stays where it is, and counts as
    /// changed.
    fn write(&mut self, address: u16, page: &[u8]) -> Result<(), Unavailable>;
}

impl<S: PageStore + ?Sized> PageStore for &mut S {
    fn read(&mut self, address: u16, page: &mut [u8]) -> Result<(), Unavailable> {
        (**self).read(address, page)
    }

    fn write(&mut self, address: u16, page: &[u8]) -> Result<(), Unavailable> {
        (**self).write(address, page)
    }
}

/// Memory that is whole can keep the pages of one that is not, for tests and simulations.
impl PageStore for Memory {
    fn read(&mut self, address: u16, page: &mut [u8]) -> Result<(), Unavailable> {
        let bytes = self.bytes()[address.into()..].get(..page.len());
        page.copy_from_slice(bytes.ok_or(Unavailable)?);
        Ok(())
    }

    fn write(&mut self, address: u16, page: &[u8]) -> Result<(), Unavailable> {
        self.write_block(address.into(), page).ok_or(Unavailable)
    }
}
