//! Return addresses in an array that the caller lends.

use minivm::CallStack;

use crate::rc::Rc;

/// The array, and how much of it is used.
pub(crate) struct LentCalls {
    addresses: &'static mut [u32],
    depth: usize,
}

impl LentCalls {
    /// One without calls.
    pub fn new(addresses: &'static mut [u32]) -> Self {
        LentCalls { addresses, depth: 0 }
    }

    /// The return addresses, oldest first.
    pub fn as_slice(&self) -> &[u32] {
        &self.addresses[..self.depth]
    }

    /// Takes these return addresses for those that were there.
    pub fn set(&mut self, addresses: &[u32]) -> Result<(), Rc> {
        self.addresses.get_mut(..addresses.len()).ok_or(Rc::VmEnospc)?.copy_from_slice(addresses);
        self.depth = addresses.len();
        Ok(())
    }
}

impl CallStack for LentCalls {
    fn push(&mut self, address: u32) -> bool {
        let Some(slot) = self.addresses.get_mut(self.depth) else { return false };
        *slot = address;
        self.depth += 1;
        true
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn depth(&self) -> usize {
        self.depth
    }
}
