//! How registers are reached.

/// The registers of the chip, by their addresses. Every one is a word.
pub trait Bus: Copy {
    /// Reads a register.
    fn read(self, address: u32) -> u32;

    /// Writes a register.
    fn write(self, address: u32, value: u32);

    /// Puts `value` into the bits of `mask`.
    fn modify(self, address: u32, mask: u32, value: u32) {
        self.write(address, self.read(address) & !mask | value);
    }

    /// Sets these bits.
    fn set(self, address: u32, bits: u32) {
        self.modify(address, bits, bits);
    }

    /// Waits until any of these bits is set.
    fn wait_for(self, address: u32, bits: u32) {
        while self.read(address) & bits == 0 {}
    }
}
