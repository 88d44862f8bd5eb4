//! The steps of a case: its instructions.

use cockpit::disasm::Disassembly;
use oracle::subject::Steps;

use crate::case::Case;
use crate::cases::Cockpit;
use crate::outcome::{Outcome, Stop};
use crate::topic::topic;

impl Steps<Cockpit> for Cockpit {
    fn count(&self, case: &Case) -> u32 {
        case.max_steps
    }

    fn first(&self, case: &Case, steps: u32) -> Case {
        Case { max_steps: steps, ..case.clone() }
    }

    fn next(&self, case: &Case, outcome: &Outcome) -> Option<Case> {
        let next = Case { max_steps: 1, ..continued(case, outcome) };
        // A machine under test may have come to a state that no case starts from.
        (outcome.stop == Stop::Budget {} && next.check().is_ok()).then_some(next)
    }

    fn topic(&self, case: &Case, before: Option<&Outcome>) -> &'static str {
        topic(case, next_pc(case, before))
    }

    fn describe(&self, case: &Case, before: Option<&Outcome>) -> String {
        let pc = next_pc(case, before);
        match case.words().get(pc as usize) {
            Some(&word) => format!("{pc:4}  {}", Disassembly(word)),
            None => format!("{pc:4}  (no instruction)"),
        }
    }
}

/// The index of the instruction that follows `before`.
fn next_pc(case: &Case, before: Option<&Outcome>) -> u32 {
    before.map_or(case.pc, |outcome| outcome.pc)
}

/// The case that starts where `outcome`, which came out of this one, has stopped.
fn continued(case: &Case, outcome: &Outcome) -> Case {
    Case {
        pc: outcome.pc,
        stack: outcome.stack.clone(),
        globals: outcome.globals.clone(),
        arrays: outcome.arrays.clone(),
        pins: outcome.pins.clone(),
        ..case.clone()
    }
}
