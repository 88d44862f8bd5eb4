//! Return addresses of the calls in progress.
//!
//! The machine returns through data memory; what it keeps beside that is only how deep it is, because `RET` at depth
//! 0 ends the task. The reference keeps the addresses too (its shadow `call_stack`), so they are part of an outcome.
//! Popping by `POP` instead of `RET` lets the depth grow without end, so the store has a capacity of its own.

/// Storage for return addresses, oldest first.
pub trait CallStack {
    /// Adds one; `false` where there is no room.
    #[must_use]
    fn push(&mut self, address: u32) -> bool;
    /// Drops the newest.
    fn pop(&mut self);
    /// How many there are.
    fn depth(&self) -> usize;
    /// How many more there is room for; fewer where that is not known. Machine code collects return addresses before it
    /// adds them, and so many it may have.
    fn room(&self) -> usize {
        0
    }
}

/// A call stack of fixed capacity in an array, for places without an allocator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct FixedCallStack<const N: usize> {
    /// First, where its distance from the start is a small number.
    depth: usize,
    addresses: [u32; N],
}

impl<const N: usize> FixedCallStack<N> {
    /// An empty one.
    pub const fn new() -> Self {
        FixedCallStack { depth: 0, addresses: [0; N] }
    }

    /// The addresses, oldest first.
    pub fn as_slice(&self) -> &[u32] {
        &self.addresses[..self.depth]
    }
}

impl<const N: usize> Default for FixedCallStack<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> CallStack for FixedCallStack<N> {
    fn push(&mut self, address: u32) -> bool {
        let Some(slot) = self.addresses.get_mut(self.depth) else { return false };
        *slot = address;
        self.depth += 1;
        true
    }

    fn pop(&mut self) {
        // Whoever has asked for the depth before does not ask twice.
        if self.depth != 0 {
            self.depth -= 1;
        }
    }

    fn depth(&self) -> usize {
        self.depth
    }

    fn room(&self) -> usize {
        N - self.depth
    }
}

#[cfg(feature = "alloc")]
impl CallStack for alloc::vec::Vec<u32> {
    fn push(&mut self, address: u32) -> bool {
        alloc::vec::Vec::push(self, address);
        true
    }

    fn pop(&mut self) {
        alloc::vec::Vec::pop(self);
    }

    fn depth(&self) -> usize {
        self.len()
    }

    fn room(&self) -> usize {
        usize::MAX
    }
}

impl<S: CallStack> CallStack for &mut S {
    fn push(&mut self, address: u32) -> bool {
        (**self).push(address)
    }

    fn pop(&mut self) {
        (**self).pop();
    }

    fn depth(&self) -> usize {
        (**self).depth()
    }

    fn room(&self) -> usize {
        (**self).room()
    }
}
