//! The context of a task: everything that is exchanged when another task runs.

/// Flags of the program status word.
pub mod psw {
    /// Zero.
    pub const Z: u8 = 1;
    /// Carry; after a subtraction: nothing borrowed.
    pub const C: u8 = 2;
    /// Negative.
    pub const N: u8 = 4;
    /// Overflow.
    pub const V: u8 = 8;
    /// The flags with their letters, from the lowest bit up.
    pub const LETTERS: [(u8, char); 4] = [(Z, 'Z'), (C, 'C'), (N, 'N'), (V, 'V')];
}

/// The machine state of a task outside its registers and memory (design document, section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// Byte address of the next instruction; 32 bits, not masked.
    pub pc: u32,
    /// Stack pointer, an absolute byte address; 32 bits.
    pub sp: u32,
    /// Flags, see [`psw`]. The upper four bits are always 0 (ledger row D7).
    pub psw: u8,
    /// Workspace pointer: where the 16 registers live in data memory, 0 to 0xFFC0. At 0 they live outside it.
    pub wp: u16,
    /// The lowest address that a push may write.
    pub stack_limit: u32,
    /// The latched fault: 0, or 1 + the position of the fault in [`Fault::ALL`](crate::Fault::ALL).
    pub fault_code: u16,
}

impl Default for Context {
    /// What the reference starts a bare VM with: sp at 0x8000, everything else 0.
    fn default() -> Self {
        Context { pc: 0, sp: 0x8000, psw: 0, wp: 0, stack_limit: 0, fault_code: 0 }
    }
}
