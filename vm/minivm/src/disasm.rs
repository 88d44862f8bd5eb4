//! Instruction words as assembly text.
//!
//! The text of a word assembles to that word again, for all 2^32 words: a word that the assembler has no other way to
//! write (illegal opcode, ignored bits set, an `LDI32` without its literal) becomes `.word`, with a comment.

use core::fmt::{self, Display, Formatter};
use core::iter;
use core::ops::Range;

use crate::instruction::Instruction;
use crate::isa::{Opcode, Operands};

/// One instruction, to be displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disassembly {
    /// The instruction word.
    pub word: u32,
    /// The word behind it, where there is one; only `LDI32` shows it.
    pub literal: Option<u32>,
}

impl Disassembly {
    /// The instruction at `pc` in `code`; nothing where no whole word lies there.
    pub fn at(code: &[u8], pc: usize) -> Option<Self> {
        let word = |at: usize| Some(u32::from_be_bytes(code.get(at..at.checked_add(4)?)?.try_into().ok()?));
        Some(Disassembly { word: word(pc)?, literal: pc.checked_add(4).and_then(word) })
    }

    /// The instructions of `code` from `pc` on, each with the bytes that it takes, until no whole word is left.
    pub fn walk(code: &[u8], pc: usize) -> impl Iterator<Item = (Range<usize>, Self)> {
        let at =
            move |pc: usize| Self::at(code, pc).map(|instruction| (pc..pc + instruction.size(), instruction));
        iter::successors(at(pc), move |(bytes, _)| at(bytes.end))
    }

    /// The size in code, in bytes: 8 for an `LDI32` with its literal, else 4.
    pub fn size(self) -> usize {
        match Instruction::decode(self.word) {
            Some(i) if i.op == Opcode::Ldi32 && self.literal.is_some() && !i.has_unused_bits() => 8,
            _ => 4,
        }
    }
}

impl Display for Disassembly {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(instruction) = Instruction::decode(self.word) else {
            return write!(f, ".word {:#010X} ; illegal", self.word);
        };
        match (instruction.op, self.literal) {
            _ if instruction.has_unused_bits() => {
                write!(f, ".word {:#010X} ; {} with ignored bits", self.word, instruction)
            }
            (Opcode::Ldi32, Some(literal)) => write!(f, "LDI32 {}, {literal:#X}", instruction.rd),
            (Opcode::Ldi32, None) => write!(f, ".word {:#010X} ; {instruction} without literal", self.word),
            _ => instruction.fmt(f),
        }
    }
}

impl Display for Instruction {
    /// The assembly text; of `LDI32` the literal is missing, and bits that the opcode ignores are not shown.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Instruction { op, rd, rs1, rs2, imm } = self;
        let signed = self.word().signed_imm();
        f.write_str(op.mnemonic())?;
        match op.operands() {
            Operands::Nothing => Ok(()),
            Operands::Rd | Operands::RdImm32 => write!(f, " {rd}"),
            Operands::Rs1 => write!(f, " {rs1}"),
            Operands::RdRs1 => write!(f, " {rd}, {rs1}"),
            Operands::RdRs1Rs2 => write!(f, " {rd}, {rs1}, {rs2}"),
            Operands::Rs1Rs2 => write!(f, " {rs1}, {rs2}"),
            Operands::RdImm => write!(f, " {rd}, {signed}"),
            Operands::RdMem => write!(f, " {rd}, [{rs1}{signed:+}]"),
            Operands::MemRs2 => write!(f, " [{rs1}{signed:+}], {rs2}"),
            Operands::Target => write!(f, " {imm:#X}"),
            Operands::Call if rs1.index() == 0 => write!(f, " {signed}"),
            Operands::Call => write!(f, " {rs1}, {signed}"),
            Operands::Svc => write!(f, " MOD={} FN={}", self.word().svc_module(), self.word().low_byte()),
            Operands::Code => write!(f, " {}", self.word().low_byte()),
        }
    }
}
