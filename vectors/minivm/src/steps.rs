//! The steps of a case: its instructions.

use minivm::disasm::Disassembly;
use oracle::subject::{Steps, TraceStep};

use crate::case::Case;
use crate::cases::MiniVm;
use crate::outcome::Outcome;
use crate::word::{topic, word_at};
use crate::{simpler, state};

impl Steps<MiniVm> for MiniVm {
    fn count(&self, case: &Case) -> u32 {
        case.max_steps
    }

    fn first(&self, case: &Case, steps: u32) -> Case {
        Case { max_steps: steps, ..case.clone() }
    }

    fn next(&self, case: &Case, outcome: &Outcome) -> Option<Case> {
        simpler::continue_from(case, outcome)
    }

    fn topic(&self, case: &Case, before: Option<&Outcome>) -> &'static str {
        topic(word_at(&case.code, next_pc(case, before)))
    }

    fn describe(&self, case: &Case, before: Option<&Outcome>) -> String {
        let pc = next_pc(case, before);
        match Disassembly::at(&case.code, pc as usize) {
            Some(instruction) => format!("{pc:04x}  {:08x}  {instruction}", instruction.word),
            None => format!("{pc:04x}  (no code)"),
        }
    }

    fn traced(&self, case: &Case) -> Case {
        Case { trace: true, ..case.clone() }
    }

    fn trace(&self, _: &Case, outcome: &Outcome) -> Vec<TraceStep> {
        outcome.trace.iter().flatten().map(state::trace_step).collect()
    }
}

/// The address of the instruction that follows `before`.
fn next_pc(case: &Case, before: Option<&Outcome>) -> u32 {
    before.map_or(case.pc, |outcome| outcome.pc)
}

impl Case {
    /// The case that starts where `outcome`, which came out of this one, has stopped.
    pub fn continued(&self, outcome: &Outcome) -> Case {
        Case {
            pc: outcome.pc,
            sp: outcome.sp,
            psw: outcome.psw,
            regs: outcome.regs,
            call_stack: outcome.call_stack.clone(),
            mem: self.mem.iter().chain(&outcome.mem).cloned().collect(),
            ..self.clone()
        }
    }
}
