//! Instruction words: where they lie, what they say, and the topic of a step that executes one.

use minivm::disasm::Disassembly;
use minivm::points::Row;
use minivm::{Instruction, Opcode};

/// The instruction word at `pc`; `None` if no whole word lies there.
pub(crate) fn word_at(code: &[u8], pc: u32) -> Option<u32> {
    Disassembly::at(code, pc as usize).map(|instruction| instruction.word)
}

/// The instruction of this word. A literal is read from its register, where the instruction has put it.
pub(crate) fn disassembly(word: u32, regs: &[u32]) -> Disassembly {
    let rd = minivm::instruction::Word(word).rd().index();
    Disassembly { word, literal: regs.get(rd).copied() }
}

/// The topic of a step that executes this word; of one that fetches none, if there is none.
pub(crate) fn topic(word: Option<u32>) -> &'static str {
    match word.map(Instruction::decode) {
        None => Row::Fetch.name(),
        Some(None) => Row::Illegal.name(),
        Some(Some(instruction)) => Opcode::mnemonic(instruction.op),
    }
}
