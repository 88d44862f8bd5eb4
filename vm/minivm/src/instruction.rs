//! Instruction words: decoding and encoding.
//!
//! A word is 32 bits, big-endian in code: `opcode[31:24] rd[23:20] rs1[19:16] rs2[15:12] imm[11:0]`
//! (ledger row D1). Fields that an opcode does not use are kept, so encoding gives back every legal word.

use crate::isa::{Action, Opcode};

/// A register number, 0 to 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reg(u8);

impl Reg {
    /// The first register; it carries results, exit status and error codes.
    pub const R0: Reg = Reg(0);
    /// The last register; it mirrors sp after each stack operation (ledger row D9).
    pub const R15: Reg = Reg(15);

    /// The register of this number, or nothing above 15.
    pub const fn new(number: u8) -> Option<Reg> {
        if number < 16 { Some(Reg(number)) } else { None }
    }

    /// All 16, in order.
    pub fn all() -> impl DoubleEndedIterator<Item = Reg> + ExactSizeIterator {
        (0..16u8).map(Reg)
    }

    /// The register that the low 4 bits name.
    #[inline(always)]
    pub(crate) const fn of_low_bits(bits: u32) -> Reg {
        Reg(bits as u8 & 15)
    }

    /// The number, 0 to 15. The mask lets the compiler drop bounds checks.
    #[inline(always)]
    pub const fn index(self) -> usize {
        (self.0 & 15) as usize
    }
}

impl core::fmt::Display for Reg {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "R{}", self.0)
    }
}

/// The operands of an instruction, in whatever form it is kept.
pub(crate) trait Fields: Copy {
    fn rd(self) -> Reg;
    fn rs1(self) -> Reg;
    fn rs2(self) -> Reg;
    /// The immediate, sign-extended from 12 bits.
    fn signed_imm(self) -> i32;
    /// What [`Flags`](crate::alu::Flags) keep of it.
    fn source(self) -> u32;
}

impl Fields for Word {
    #[inline(always)]
    fn rd(self) -> Reg {
        Word::rd(self)
    }

    #[inline(always)]
    fn rs1(self) -> Reg {
        Word::rs1(self)
    }

    #[inline(always)]
    fn rs2(self) -> Reg {
        Word::rs2(self)
    }

    #[inline(always)]
    fn signed_imm(self) -> i32 {
        Word::signed_imm(self)
    }

    #[inline(always)]
    fn source(self) -> u32 {
        self.0
    }
}

/// An instruction word as it is fetched: its fields, each cut out when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word(pub u32);

impl Word {
    /// The operation; nothing where the byte is illegal.
    #[inline(always)]
    pub const fn op(self) -> Option<Opcode> {
        Opcode::from_byte((self.0 >> 24) as u8)
    }

    /// The operation, as the interpreter asks for it.
    #[inline(always)]
    pub(crate) const fn action(self) -> Action {
        Action::of_byte((self.0 >> 24) as u8)
    }

    /// Bits 23 to 20.
    #[inline(always)]
    pub const fn rd(self) -> Reg {
        Reg((self.0 >> 20) as u8 & 15)
    }

    /// Bits 19 to 16.
    #[inline(always)]
    pub const fn rs1(self) -> Reg {
        Reg((self.0 >> 16) as u8 & 15)
    }

    /// Bits 15 to 12.
    #[inline(always)]
    pub const fn rs2(self) -> Reg {
        Reg((self.0 >> 12) as u8 & 15)
    }

    /// Bits 11 to 0, zero-extended.
    #[inline(always)]
    pub const fn imm(self) -> u16 {
        self.0 as u16 & 0xFFF
    }

    /// Bits 11 to 0, sign-extended.
    #[inline(always)]
    pub const fn signed_imm(self) -> i32 {
        (self.0 << 20) as i32 >> 20
    }

    /// The module of an `SVC`, 0 to 15.
    pub const fn svc_module(self) -> u8 {
        (self.0 >> 8) as u8 & 15
    }

    /// The function of an `SVC`; also the code of a `BRK`.
    pub const fn low_byte(self) -> u8 {
        self.0 as u8
    }
}

/// A decoded instruction word. The literal of `LDI32` is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Bits 31 to 24.
    pub op: Opcode,
    /// Bits 23 to 20.
    pub rd: Reg,
    /// Bits 19 to 16.
    pub rs1: Reg,
    /// Bits 15 to 12.
    pub rs2: Reg,
    /// Bits 11 to 0, not extended.
    pub imm: u16,
}

impl Instruction {
    /// An instruction with all operand fields 0.
    pub const fn new(op: Opcode) -> Self {
        Instruction { op, rd: Reg(0), rs1: Reg(0), rs2: Reg(0), imm: 0 }
    }

    /// Decodes a word; nothing where its opcode byte is illegal.
    pub const fn decode(word: u32) -> Option<Self> {
        let word = Word(word);
        match word.op() {
            Some(op) => {
                Some(Instruction { op, rd: word.rd(), rs1: word.rs1(), rs2: word.rs2(), imm: word.imm() })
            }
            None => None,
        }
    }

    /// The word that decodes to this instruction.
    pub const fn encode(self) -> u32 {
        (self.op as u32) << 24
            | (self.rd.0 as u32) << 20
            | (self.rs1.0 as u32) << 16
            | (self.rs2.0 as u32) << 12
            | (self.imm as u32 & 0xFFF)
    }

    /// The word, for its fields.
    pub const fn word(self) -> Word {
        Word(self.encode())
    }

    /// Whether the word has bits set that the opcode ignores.
    pub const fn has_unused_bits(self) -> bool {
        self.encode() & !self.op.operands().used_bits() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn encode_undoes_decode(word: u32) {
            match Instruction::decode(word) {
                Some(instruction) => prop_assert_eq!(instruction.encode(), word),
                None => prop_assert_eq!(Opcode::from_byte((word >> 24) as u8), None),
            }
        }
    }

    #[test]
    fn immediates_extend_as_the_field_says() {
        let decode = |imm: u32| Instruction::decode(0x0100_0000 | imm).unwrap();
        assert_eq!(decode(0x7FF).word().signed_imm(), 2047);
        assert_eq!(decode(0x800).word().signed_imm(), -2048);
        assert_eq!(decode(0xFFF).word().signed_imm(), -1);
        assert_eq!(decode(0xA17).word().svc_module(), 10);
        assert_eq!(decode(0xA17).word().low_byte(), 0x17);
    }
}
