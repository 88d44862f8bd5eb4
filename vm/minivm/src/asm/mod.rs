//! The MVASM assembler: text in, code and read-only data out.
//!
//! One statement a line; `;` starts a comment; `name:` is a label, alone or before a statement. Operands are separated
//! by commas or blanks. Numbers are decimal, `0x…`, `0b…` or a character `'a'`, with an optional `-`. Wherever a number
//! may stand, a label may, or `lo16(label)`, `hi16(label)`, `off16(label)` (its offset in the data section).
//!
//! | form | example |
//! |---|---|
//! | registers | `ADD R1, R2, R3`, `MOV R1, R2`, `PUSH R4`, `RET` |
//! | immediate | `LDI R1, -5`, `LDI32 R1, 0x12345678`, `BRK 3` |
//! | memory | `LD R1, [R2+4]`, `STB [R2-1], R3`, `LD R1, [R2]` |
//! | code address | `JMP loop`, `JZ 0x40` |
//! | call | `CALL function`, `CALL 2` (words from here), `CALL R3, 2` (words from R3; R0 is no base) |
//! | supervisor call | `SVC MOD=1 FN=1`, `SVC 0x101` |
//!
//! Directives: `.text`, `.data`, `.entry [label]`, `.org address` and `.word` in text; `.byte`, `.half`, `.word`,
//! `.ascii`, `.asciz`, `.zero count`, `.align bytes` in data. Words of text are big-endian, those of data
//! little-endian. Data is loaded at [`RODATA_BASE`]. A byte order mark at the start is passed over.

mod complaint;
mod data;
mod encode;
mod operand;
mod statement;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::hxe::{ImageParts, RODATA_BASE, SECTION_MAX};
use crate::isa::Opcode;
pub use complaint::AsmError;
use complaint::{Parsed, complain, locate};
use operand::Operand;
use statement::{Body, Statement};

/// What assembling gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Code bytes.
    pub code: Vec<u8>,
    /// Read-only data.
    pub rodata: Vec<u8>,
    /// Byte address of the first instruction.
    pub entry: u32,
    /// Labels with their addresses: in code, or in data memory.
    pub labels: BTreeMap<String, u32>,
    /// Number of instructions; `.word` in text counts as one.
    pub instructions: usize,
    /// Byte address of the last of them.
    pub last: usize,
}

impl From<Program> for ImageParts {
    /// An image of version 1, its rodata filled up to a multiple of 4 bytes, as the format document wants it.
    fn from(program: Program) -> Self {
        let mut rodata = program.rodata;
        rodata.resize(rodata.len().next_multiple_of(4), 0);
        ImageParts { version: 1, entry: program.entry, code: program.code, rodata, ..ImageParts::default() }
    }
}

/// Assembles `source`.
///
/// # Errors
/// The first thing that is wrong, with its line and column.
pub fn assemble(source: &str) -> Result<Program, AsmError> {
    let mut assembler = Assembler::default();
    let mut statements = Vec::new();
    // Some editors begin UTF-8 with it.
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    for (index, line) in source.lines().enumerate() {
        let placed = |complaint| locate(complaint, index, line);
        for statement in statement::parse(line).map_err(placed)? {
            let place = assembler.place(&statement).map_err(placed)?;
            statements.push((index, line, place, statement));
        }
    }
    for (index, line, place, statement) in &statements {
        assembler.emit(*place, statement).map_err(|complaint| locate(complaint, *index, line))?;
    }
    Ok(assembler.program)
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Text,
    Data,
}

/// Where a statement's bytes go.
#[derive(Clone, Copy)]
struct Place {
    section: Section,
    offset: usize,
}

/// First every statement is placed, which defines the labels; then every statement is emitted, which uses them.
#[derive(Default)]
struct Assembler {
    section: Section,
    text_size: usize,
    data_size: usize,
    has_entry: bool,
    program: Program,
}

impl Assembler {
    fn place<'s>(&mut self, statement: &Statement<'s>) -> Parsed<'s, Place> {
        let place = self.here();
        let size = match &statement.body {
            Body::Label => {
                let address = self.address(place);
                if self.program.labels.insert(statement.name.into(), address).is_some() {
                    return complain(statement.name, "this label is defined twice");
                }
                0
            }
            Body::Instruction(op, _) => op.size() as usize,
            Body::Directive(operands) => self.directive_size(statement.name, operands)?,
        };
        let counter = if self.section == Section::Text { &mut self.text_size } else { &mut self.data_size };
        *counter += size;
        if *counter > SECTION_MAX as usize {
            return complain(statement.name, "the section grows beyond 64 KiB");
        }
        Ok(place)
    }

    fn here(&self) -> Place {
        let offset = if self.section == Section::Text { self.text_size } else { self.data_size };
        Place { section: self.section, offset }
    }

    fn address(&self, place: Place) -> u32 {
        place.offset as u32 + if place.section == Section::Text { 0 } else { RODATA_BASE }
    }

    fn directive_size<'s>(&mut self, name: &'s str, operands: &[Operand<'s>]) -> Parsed<'s, usize> {
        let here = self.here();
        match (name.to_ascii_lowercase().as_str(), here.section) {
            (".text", _) => self.section = Section::Text,
            (".data", _) => self.section = Section::Data,
            (".entry", Section::Text) if self.has_entry => return complain(name, "the entry is given twice"),
            (".entry", Section::Text) => {
                self.has_entry = true;
                self.program.entry = here.offset as u32;
            }
            (".word", Section::Text) => return Ok(4 * operands.len()),
            (".org", Section::Text) => {
                let [target] = operands else { return complain(name, ".org takes one address") };
                let target = target.constant()? as usize;
                return match target.checked_sub(here.offset) {
                    Some(gap) if target <= SECTION_MAX as usize && target.is_multiple_of(4) => Ok(gap),
                    Some(_) => complain(name, ".org takes a multiple of 4 of at most 0x10000"),
                    None => complain(name, ".org goes back, to before the code so far"),
                };
            }
            (directive, Section::Data) => return data::size(directive, name, operands, here.offset),
            _ => return complain(name, "unknown directive in .text"),
        }
        Ok(0)
    }

    fn emit<'s>(&mut self, place: Place, statement: &Statement<'s>) -> Parsed<'s, ()> {
        match (&statement.body, place.section) {
            (Body::Label, _) => Ok(()),
            (Body::Instruction(..), Section::Data) => complain(statement.name, "instructions stand in .text"),
            (Body::Instruction(op, operands), Section::Text) => {
                self.emit_instruction(*op, statement.name, operands, place.offset)
            }
            (Body::Directive(operands), Section::Text) => self.emit_in_text(statement.name, operands),
            (Body::Directive(operands), Section::Data) => {
                data::emit(statement.name, operands, &self.program.labels, &mut self.program.rodata)
            }
        }
    }

    fn emit_instruction<'s>(
        &mut self,
        op: Opcode,
        name: &'s str,
        operands: &[Operand<'s>],
        pc: usize,
    ) -> Parsed<'s, ()> {
        self.program.code.resize(pc, 0);
        let (instruction, literal) =
            encode::instruction(op, name, operands, &self.program.labels, pc as u32)?;
        self.program.last = pc;
        self.program.code.extend(instruction.encode().to_be_bytes());
        if let Some(literal) = literal {
            self.program.code.extend(literal.to_be_bytes());
        }
        self.program.instructions += 1;
        Ok(())
    }

    fn emit_in_text<'s>(&mut self, name: &'s str, operands: &[Operand<'s>]) -> Parsed<'s, ()> {
        match (name.to_ascii_lowercase().as_str(), operands) {
            (".entry", [label]) => self.program.entry = label.value(&self.program.labels)? as u32,
            (".entry", [_, second, ..]) => return complain(second.text, ".entry takes one label"),
            (".org", [target]) => self.program.code.resize(target.constant()? as usize, 0),
            (".word", words) => {
                for word in words {
                    let value =
                        word.in_range(&self.program.labels, i64::from(i32::MIN), i64::from(u32::MAX))?;
                    self.program.last = self.program.code.len();
                    self.program.code.extend((value as u32).to_be_bytes());
                    self.program.instructions += 1;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
