//! Instruction words: all 2^32 of them decoded and encoded, and as text.
//!
//! The text is written and read for every word that an instruction can be written for: all combinations of the fields that
//! its opcode uses. Of the others, which are written as `.word` and a number of eight digits, it is done for all lower
//! halves of each opcode under three upper halves, and for all upper halves over twenty lower ones: the digits of a number
//! are written and read each by itself.

use minivm::disasm::Disassembly;
use minivm::instruction::Word;
use minivm::isa::Operands;
use minivm::{Instruction, asm};
use oracle::inputs::{Chunk, Part, Wrong};

use super::floats::CHUNKS;
use crate::MiniVm;

/// The opcodes, what they are called and what operands they take: the table of the reference, written down a second time.
const OPCODES: [(u8, &str, Operands); 38] = {
    use Operands::*;
    [
        (0x01, "LDI", RdImm),
        (0x02, "LD", RdMem),
        (0x03, "ST", MemRs2),
        (0x04, "MOV", RdRs1),
        (0x06, "LDB", RdMem),
        (0x07, "LDH", RdMem),
        (0x08, "STB", MemRs2),
        (0x09, "STH", MemRs2),
        (0x10, "ADD", RdRs1Rs2),
        (0x11, "SUB", RdRs1Rs2),
        (0x12, "MUL", RdRs1Rs2),
        (0x13, "DIV", RdRs1Rs2),
        (0x14, "AND", RdRs1Rs2),
        (0x15, "OR", RdRs1Rs2),
        (0x16, "XOR", RdRs1Rs2),
        (0x17, "NOT", RdRs1),
        (0x20, "CMP", Rs1Rs2),
        (0x21, "JMP", Target),
        (0x22, "JZ", Target),
        (0x23, "JNZ", Target),
        (0x24, "CALL", Call),
        (0x25, "RET", Nothing),
        (0x30, "SVC", Svc),
        (0x31, "LSL", RdRs1Rs2),
        (0x32, "LSR", RdRs1Rs2),
        (0x33, "ASR", RdRs1Rs2),
        (0x34, "ADC", RdRs1Rs2),
        (0x35, "SBC", RdRs1Rs2),
        (0x40, "PUSH", Rs1),
        (0x41, "POP", Rd),
        (0x50, "FADD", RdRs1Rs2),
        (0x51, "FSUB", RdRs1Rs2),
        (0x52, "FMUL", RdRs1Rs2),
        (0x53, "FDIV", RdRs1Rs2),
        (0x54, "I2F", RdRs1),
        (0x55, "F2I", RdRs1),
        (0x60, "LDI32", RdImm32),
        (0x7F, "BRK", Code),
    ]
};

/// The opcode of a byte.
fn row(byte: u8) -> Option<(&'static str, Operands)> {
    OPCODES.iter().find(|row| row.0 == byte).map(|&(_, name, operands)| (name, operands))
}

/// The bits below the opcode that operands use.
const fn used(operands: Operands) -> u32 {
    match operands {
        Operands::Nothing => 0x00_0000,
        Operands::Rd | Operands::RdImm32 => 0xF0_0000,
        Operands::Rs1 => 0x0F_0000,
        Operands::RdRs1 => 0xFF_0000,
        Operands::RdRs1Rs2 => 0xFF_F000,
        Operands::Rs1Rs2 => 0x0F_F000,
        Operands::RdImm => 0xF0_0FFF,
        Operands::RdMem => 0xFF_0FFF,
        Operands::MemRs2 => 0x0F_FFFF,
        Operands::Target | Operands::Svc => 0x00_0FFF,
        Operands::Call => 0x0F_0FFF,
        Operands::Code => 0x00_00FF,
    }
}

pub(super) fn parts() -> [Part<MiniVm>; 2] {
    let words = Part {
        name: "words",
        about: "all instruction words: legal or not, fields, operands, decoded and encoded again",
        inputs: 1 << 32,
        chunks: CHUNKS,
        run: Box::new(|number, chunk| {
            let each = (1u64 << 32) / CHUNKS;
            let first = (number * each) as u32;
            decoded(Instruction::decode, first..=first + (each as u32 - 1), chunk);
        }),
    };
    let text = Part {
        name: "text",
        about: "instruction words disassembled and assembled again: all that an instruction can be written for, and of \
                those written as numbers all halves",
        inputs: (0..=0xFF).map(texts_of).sum(),
        chunks: 256,
        run: Box::new(|number, chunk| text(number as u8, chunk)),
    };
    [words, text]
}

/// Decodes words of one opcode byte.
pub(super) fn decoded(
    decode: impl Fn(u32) -> Option<Instruction>,
    words: std::ops::RangeInclusive<u32>,
    chunk: &mut Chunk<MiniVm>,
) {
    let row = row((words.start() >> 24) as u8);
    for word in words {
        let instruction = decode(word);
        chunk.result([instruction.map_or(0, |it| 1 << 32 | u64::from(it.encode()))]);
        if !is_right(word, instruction, row) {
            let what = || format!("the word {word:#010x} decodes to {instruction:?}");
            chunk.wrong(|| Wrong { what: what(), case: None });
        }
    }
}

#[inline(always)]
fn is_right(word: u32, instruction: Option<Instruction>, row: Option<(&str, Operands)>) -> bool {
    let (Some(i), Some((name, operands))) = (instruction, row) else {
        return instruction.is_none() && row.is_none() && Word(word).op().is_none();
    };
    let [byte, high, middle, low] = word.to_be_bytes();
    let imm = u32::from(middle & 15) << 8 | u32::from(low);
    let signed = if imm < 0x800 { imm as i32 } else { imm as i32 - 0x1000 };
    let fields = Word(word);
    i.op as u8 == byte
        && (i.rd.index(), i.rs1.index(), i.rs2.index())
            == ((high >> 4).into(), (high & 15).into(), (middle >> 4).into())
        && u32::from(i.imm) == imm
        && i.encode() == word
        && fields.op() == Some(i.op)
        && (fields.rd(), fields.rs1(), fields.rs2(), fields.imm()) == (i.rd, i.rs1, i.rs2, i.imm)
        && fields.signed_imm() == signed
        && (fields.svc_module(), fields.low_byte()) == (middle & 15, low)
        && i.op.mnemonic() == name
        && i.op.operands() == operands
        && i.op.size() == if matches!(operands, Operands::RdImm32) { 8 } else { 4 }
        && i.has_unused_bits() == (word & 0xFF_FFFF & !used(operands) != 0)
}

/// Upper bits under which all lower halves are written.
const UPPER: [u32; 3] = [0x00, 0x5A, 0xFF];

/// Lower halves over which all upper bits are written.
fn lower() -> impl Iterator<Item = u32> {
    [0x0000, 0xFFFF, 0x5A5A, 0xA5A5].into_iter().chain((0..16).map(|bit| 1 << bit))
}

/// How many words of an opcode byte are written as text.
fn texts_of(byte: u8) -> u64 {
    let written = row(byte).map_or(0, |(_, operands)| 1 << used(operands).count_ones());
    written + UPPER.len() as u64 * 0x1_0000 + 0x100 * lower().count() as u64
}

fn text(byte: u8, chunk: &mut Chunk<MiniVm>) {
    let opcode = u32::from(byte) << 24;
    let mut batch = Batch::new(row(byte));
    if let Some((_, operands)) = row(byte) {
        let used = used(operands);
        // All subsets of the bits, from none to all.
        let mut bits = 0u32;
        loop {
            batch.add(opcode | bits, chunk);
            bits = bits.wrapping_sub(used) & used;
            if bits == 0 {
                break;
            }
        }
    }
    for upper in UPPER {
        (0..=0xFFFF).for_each(|lower| batch.add(opcode | upper << 16 | lower, chunk));
    }
    for lower in lower() {
        (0..=0xFF).for_each(|upper| batch.add(opcode | upper << 16 | lower, chunk));
    }
    batch.flush(chunk);
}

/// Words whose text is assembled at once: a section has no room for more.
const WORDS: usize = 4096;

struct Batch {
    row: Option<(&'static str, Operands)>,
    words: Vec<u32>,
    text: String,
}

impl Batch {
    fn new(row: Option<(&'static str, Operands)>) -> Self {
        Batch { row, words: Vec::new(), text: String::new() }
    }

    fn add(&mut self, word: u32, chunk: &mut Chunk<MiniVm>) {
        let start = self.text.len();
        // An LDI32 has its literal; it is another one in each.
        let disassembly = Disassembly { word, literal: Some(literal(word)) };
        // Writing to a text does not fail.
        let _ = std::fmt::Write::write_fmt(&mut self.text, format_args!("{disassembly}"));
        let name = match self.row {
            Some((name, operands)) if word & 0xFF_FFFF & !used(operands) == 0 => name,
            _ => ".word",
        };
        let line = &self.text[start..];
        if line.split(' ').next() != Some(name) || disassembly.size() != size(self.row, name) {
            let what = format!("the word {word:#010x} is written as `{line}`");
            chunk.wrong(|| Wrong { what, case: None });
        }
        self.text.push('\n');
        self.words.push(word);
        if self.words.len() == WORDS {
            self.flush(chunk);
        }
    }

    /// Assembles what is there and compares it with what it was.
    fn flush(&mut self, chunk: &mut Chunk<MiniVm>) {
        let mut expected = Vec::new();
        for &word in &self.words {
            expected.extend(word.to_be_bytes());
            let is_ldi32 = self.row.is_some_and(|(_, operands)| operands == Operands::RdImm32);
            if is_ldi32 && word & 0xFF_FFFF & !used(Operands::RdImm32) == 0 {
                expected.extend(literal(word).to_be_bytes());
            }
            chunk.result([word.into()]);
        }
        match asm::assemble(&self.text) {
            Ok(program) if program.code == expected => {}
            result => {
                let why = result.map_or_else(|error| error.to_string(), |_| "other code".into());
                let (first, last) = (self.words.first(), self.words.last());
                let what =
                    format!("the text of the words {first:#010x?} to {last:#010x?} assembles to: {why}");
                chunk.wrong(|| Wrong { what, case: None });
            }
        }
        self.words.clear();
        self.text.clear();
    }
}

fn literal(word: u32) -> u32 {
    word.wrapping_mul(0x9E37_79B9)
}

fn size(row: Option<(&str, Operands)>, name: &str) -> usize {
    if name != ".word" && matches!(row, Some((_, Operands::RdImm32))) { 8 } else { 4 }
}
