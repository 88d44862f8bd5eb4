//! Instructions as assembly text.
//!
//! The text of a word assembles to that word again, for all 2^32 words: a word that the assembler has no other way to
//! write (no such opcode, bits set that the opcode ignores) becomes `.word`, with a comment.

use core::fmt::{self, Display, Formatter};

use crate::instruction::{Instruction, Word};
use crate::isa::Immediate;

/// One word, to be displayed. Targets are the indices of instructions, strings are their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disassembly(pub Word);

impl Display for Disassembly {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = u32::from_le_bytes(self.0);
        match Instruction::decode(self.0) {
            None => write!(f, ".word {word:#010X} ; no opcode"),
            Some(instruction) if instruction.has_ignored_bits() => {
                write!(f, ".word {word:#010X} ; {instruction} with ignored bits")
            }
            Some(instruction) => instruction.fmt(f),
        }
    }
}

impl Display for Instruction {
    /// The assembly text; bits that the opcode ignores are not shown.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.mnemonic())?;
        match self.op.immediate() {
            Immediate::Ignored => Ok(()),
            Immediate::Number
            | Immediate::Target
            | Immediate::Global
            | Immediate::Local
            | Immediate::Array
            | Immediate::String => write!(f, " {}", self.immediate),
        }
    }
}
