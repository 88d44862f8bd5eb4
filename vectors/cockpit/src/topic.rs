//! What an instruction is about.

use cockpit::Instruction;
use cockpit::points::Row;

use crate::case::Case;

/// What the instruction at `pc` is about.
pub(crate) fn topic(case: &Case, pc: u32) -> &'static str {
    let row = match case.words().get(pc as usize).map(|&word| Instruction::decode(word)) {
        None => Row::Program,
        Some(None) => Row::Illegal,
        Some(Some(Instruction { op, .. })) => Row::Op(op),
    };
    row.name()
}
