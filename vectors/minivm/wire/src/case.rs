//! The way to the chip: a case and the profile to run it in.

use oracle_sequence::Sequence;
use serde::{Deserialize, Serialize};

/// The most steps that a case may ask for.
pub const MAX_STEPS: u32 = 1_000_000;

/// A complete starting state and a program. All memory that `mem` does not name is zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case<'a> {
    /// Instructions to retire at most, 1 to [`MAX_STEPS`].
    pub max_steps: u32,
    /// Byte address of the first instruction.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// The lowest address that a push may write.
    pub stack_limit: u32,
    /// Flags; the upper four bits count for nothing.
    pub psw: u8,
    /// Where the registers live in data memory; 0 = outside it.
    pub reg_base: u16,
    /// R0 to R15; written after `mem`.
    pub regs: [u32; 16],
    /// Return addresses, oldest first.
    #[serde(borrow)]
    pub calls: Sequence<'a, u32>,
    /// What data memory holds, applied in order.
    pub mem: Sequence<'a, Block<'a>>,
    /// Code bytes; instruction words are big-endian.
    #[serde(with = "serde_bytes")]
    pub code: &'a [u8],
}

/// Bytes at an address of data memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block<'a>(pub u32, #[serde(borrow, with = "serde_bytes")] pub &'a [u8]);

oracle_sequence::numbered! {
    /// A profile that the firmware runs.
    Profile {
        /// Bit for bit what the reference does.
        Reference,
        /// What the document says.
        Strict,
    }
}
