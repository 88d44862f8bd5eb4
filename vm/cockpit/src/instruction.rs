//! Instructions: four bytes each.

use crate::isa::{Immediate, Opcode};

/// The bytes of an instruction, in the order of memory: opcode, flags, immediate with its low byte first.
pub type Word = [u8; 4];

/// A decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Byte 0.
    pub op: Opcode,
    /// Byte 1, which the machine ignores.
    pub flags: u8,
    /// Bytes 2 and 3.
    pub immediate: u16,
}

impl Instruction {
    /// An instruction with flags 0.
    pub const fn new(op: Opcode, immediate: u16) -> Self {
        Instruction { op, flags: 0, immediate }
    }

    /// Decodes a word; nothing if no profile has its opcode.
    #[inline(always)]
    pub const fn decode(word: Word) -> Option<Self> {
        let [byte, flags, low, high] = word;
        match Opcode::from_byte(byte) {
            Some(op) => Some(Instruction { op, flags, immediate: u16::from_le_bytes([low, high]) }),
            None => None,
        }
    }

    /// The word that decodes to this instruction.
    pub const fn encode(self) -> Word {
        let [low, high] = self.immediate.to_le_bytes();
        [self.op as u8, self.flags, low, high]
    }

    /// Whether bits are set that the opcode ignores.
    pub const fn has_ignored_bits(self) -> bool {
        self.flags != 0 || self.immediate != 0 && matches!(self.op.immediate(), Immediate::Ignored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn encode_undoes_decode(word: Word) {
            match Instruction::decode(word) {
                Some(instruction) => prop_assert_eq!(instruction.encode(), word),
                None => prop_assert_eq!(Opcode::from_byte(word[0]), None),
            }
        }

        #[test]
        fn decode_undoes_encode(index in 0..Opcode::ALL.len(), flags: u8, immediate: u16) {
            let instruction = Instruction { op: Opcode::ALL[index], flags, immediate };
            prop_assert_eq!(Instruction::decode(instruction.encode()), Some(instruction));
        }
    }

    #[test]
    fn the_immediate_is_little_endian() {
        assert_eq!(Instruction::new(Opcode::Push, 0x1234).encode(), [0x01, 0, 0x34, 0x12]);
    }
}
