//! Registers of peripherals.

/// A register at an address.
#[derive(Clone, Copy)]
pub struct Register(usize);

impl Register {
    /// The register at `offset` behind `base`, both of which must be those of a register of the chip, of 32 bits, whose
    /// reading and writing does nothing to memory. All uses are in `chip` and `link`, and in `board` behind its `Bus`.
    pub const fn new(base: usize, offset: usize) -> Self {
        Register(base + offset)
    }

    /// Its value.
    pub fn read(self) -> u32 {
        // SAFETY: the address is that of a register of the chip, which `new` asks for; such a read touches no memory.
        unsafe { core::ptr::read_volatile(self.0 as *const u32) }
    }

    /// Sets it.
    pub fn write(self, value: u32) {
        // SAFETY: as in `read`; such a write touches no memory.
        unsafe { core::ptr::write_volatile(self.0 as *mut u32, value) }
    }

    /// Puts `value` into the bits of `mask`.
    pub fn modify(self, mask: u32, value: u32) {
        self.write(self.read() & !mask | value);
    }
}
