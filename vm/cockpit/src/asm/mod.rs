//! The assembler: text in, instructions and strings out.
//!
//! One statement a line; `;` starts a comment. A label `name:`, alone or before a statement, names what is placed next:
//! the index of an instruction or the number of a string. An immediate is a number (decimal, `0x…`, `0b…` or a
//! character `'a'`), 0 to 65535, or a label.
//!
//! | form | example |
//! |---|---|
//! | no immediate | `ADD`, `RET`, `HALT` |
//! | number | `PUSH 42`, `PUSH 'A'`, `LOAD_GLOBAL 3` |
//! | label | `JMP_TRUE loop`, `PRINTF greeting` |
//! | string | `greeting: .string "Hello, %d\n"` |
//! | any four bytes | `.word 0x0005FF01`: opcode in the low byte, then flags, then the immediate |
//!
//! ```
//! let program = cockpit::asm::assemble("loop: PUSH 0\n PRINTF text\n JMP loop\n text: .string \"hi\"").unwrap();
//! assert_eq!(program.code, [[0x01, 0, 0, 0], [0x18, 0, 0, 0], [0x30, 0, 0, 0]]);
//! assert_eq!(program.strings, [b"hi"]);
//! ```

mod complaint;
mod literal;
mod statement;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::instruction::{Instruction, Word};
use crate::isa::Opcode;
use crate::vm::{MAX_STRING_LENGTH, MAX_STRINGS};
pub use complaint::AsmError;
use complaint::{Parsed, complain, locate};
use statement::{Body, Statement};

/// What assembling gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Instructions.
    pub code: Vec<Word>,
    /// Strings, by number.
    pub strings: Vec<Vec<u8>>,
    /// Labels: indices of instructions, or numbers of strings.
    pub labels: BTreeMap<String, usize>,
}

/// Assembles `source`. Opcodes of all profiles are known.
///
/// # Errors
/// The first thing that is wrong, with its line and column.
pub fn assemble(source: &str) -> Result<Source, AsmError> {
    let mut assembler = Assembler::default();
    for (index, line) in source.lines().enumerate() {
        assembler.take(index, line).map_err(|complaint| locate(complaint, index, line))?;
    }
    assembler.name_end();
    assembler.finish()
}

/// A word whose immediate waits until all labels are known.
struct Pending<'s> {
    index: usize,
    line: &'s str,
    op: Opcode,
    immediate: &'s str,
}

/// Every line is taken in order, which defines the labels; then the immediates are filled in, which uses them.
#[derive(Default)]
struct Assembler<'s> {
    source: Source,
    pending: Vec<(usize, Pending<'s>)>,
    /// Labels that name what is placed next.
    unplaced: Vec<&'s str>,
}

impl<'s> Assembler<'s> {
    fn take(&mut self, index: usize, line: &'s str) -> Parsed<'s, ()> {
        let Statement { label, body } = statement::parse(line)?;
        if let Some(label) = label {
            let known = self.source.labels.contains_key(label) || self.unplaced.contains(&label);
            if known {
                return complain(label, "this label is defined twice");
            }
            self.unplaced.push(label);
        }
        match body {
            Body::Nothing => return Ok(()),
            Body::String(name, text) => return self.add_string(name, text),
            Body::Word(text) => {
                let word = literal::number(text, u32::MAX)?;
                self.name_next(self.source.code.len());
                self.source.code.push(word.to_le_bytes());
            }
            Body::Instruction(op, immediate) => {
                let at = self.source.code.len();
                self.name_next(at);
                self.source.code.push(Instruction::new(op, 0).encode());
                if let Some(immediate) = immediate {
                    self.pending.push((at, Pending { index, line, op, immediate }));
                }
            }
        }
        Ok(())
    }

    fn add_string(&mut self, name: &'s str, text: &'s str) -> Parsed<'s, ()> {
        let bytes = literal::string(text)?;
        if bytes.contains(&0) {
            return complain(text, "a string can not contain \\x00");
        }
        if bytes.len() > MAX_STRING_LENGTH {
            return complain(text, format!("a string has at most {MAX_STRING_LENGTH} bytes"));
        }
        let number = self.source.strings.len();
        if number == MAX_STRINGS {
            return complain(name, format!("a program has at most {MAX_STRINGS} strings"));
        }
        self.name_next(number);
        self.source.strings.push(bytes);
        Ok(())
    }

    fn name_next(&mut self, value: usize) {
        let labels = self.unplaced.drain(..).map(|label| (label.into(), value));
        self.source.labels.extend(labels);
    }

    fn name_end(&mut self) {
        self.name_next(self.source.code.len());
    }

    fn finish(mut self) -> Result<Source, AsmError> {
        for (at, Pending { index, line, op, immediate }) in self.pending {
            let immediate = literal::immediate(immediate, &self.source.labels)
                .map_err(|complaint| locate(complaint, index, line))?;
            self.source.code[at] = Instruction::new(op, immediate).encode();
        }
        Ok(self.source)
    }
}
