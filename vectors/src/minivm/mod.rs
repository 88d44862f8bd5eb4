//! Subject `minivm`: the instruction set of the HSX MiniVM.

mod case;
mod compare;
mod expectation;
mod listing;
mod outcome;
pub mod random;
mod simpler;
pub mod sweep;
mod vector;

pub use case::{Block, Case, MAX_STEPS};
pub use expectation::Open;
pub use outcome::{Outcome, Stop, TraceRow, changed_runs};
pub use vector::Entry;

use std::path::Path;

use ::minivm::disasm::Disassembly;
use ::minivm::points::Row;
use ::minivm::{Instruction, Opcode};

use crate::subject::{Difference, Profile, Subject, TraceLine};
use crate::suite::{Problem, Vector};

/// The instruction set.
#[derive(Clone, Copy, Debug, Default)]
pub struct MiniVm;

impl Subject for MiniVm {
    const NAME: &'static str = "minivm";

    type Case = Case;
    type Outcome = Outcome;
    type Entry = Entry;
    type Open = Open;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn compare(expected: &Outcome, got: &Outcome) -> Vec<Difference> {
        compare::differences(expected, got)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        let mut topics = vec![topic(word_at(&case.code, case.pc))];
        if case.max_steps > 1 {
            let mut at = 0;
            while let Some(instruction) = Disassembly::at(&case.code, at) {
                topics.extend(Instruction::decode(instruction.word).map(|decoded| decoded.op.mnemonic()));
                at += instruction.size();
            }
            topics[1..].sort_unstable();
            topics.dedup();
        }
        topics
    }

    fn all_topics() -> Vec<&'static str> {
        Row::all().map(Row::name).collect()
    }

    fn steps(case: &Case) -> u32 {
        case.max_steps
    }

    fn first_steps(case: &Case, steps: u32) -> Case {
        Case { max_steps: steps, ..case.clone() }
    }

    fn continue_from(case: &Case, outcome: &Outcome) -> Option<Case> {
        simpler::continue_from(case, outcome)
    }

    fn simpler(case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }

    fn sweep() -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(seed: u64) -> Box<dyn FnMut(u64) -> (&'static str, Case)> {
        let (program, single) = (random::program(), random::single_instruction());
        Box::new(move |index| match index % 4 {
            0 => ("program", crate::random::draw(&program, seed, index)),
            _ => ("instruction", crate::random::draw(&single, seed, index)),
        })
    }

    fn starting_fields(case: &Case) -> Vec<(String, String)> {
        compare::starting_fields(case)
    }

    fn fields(outcome: &Outcome) -> Vec<(String, String)> {
        compare::fields(outcome)
    }

    fn traced(case: &Case) -> Case {
        Case { trace: true, ..case.clone() }
    }

    fn trace(outcome: &Outcome) -> Vec<TraceLine> {
        outcome.trace.iter().flatten().map(compare::trace_line).collect()
    }

    fn next_step(case: &Case, outcome: Option<&Outcome>) -> String {
        let pc = outcome.map_or(case.pc, |outcome| outcome.pc);
        match Disassembly::at(&case.code, pc as usize) {
            Some(instruction) => format!("{pc:04x}  {:08x}  {instruction}", instruction.word),
            None => format!("{pc:04x}  (no code)"),
        }
    }

    fn changes(case: &Case, before: Option<&Outcome>, after: &Outcome) -> Vec<(String, String)> {
        compare::changes(case, before, after)
    }

    fn listing(case: &Case) -> String {
        listing::listing(case)
    }

    fn close(case: &Case, expected: &Outcome, open: &Open, got: &Outcome) -> Outcome {
        expectation::close(case, expected, open, got)
    }

    fn resolve(entry: Entry, folder: &Path) -> Result<Vector<Self>, Problem> {
        expectation::resolve(entry, folder)
    }

    fn write_vector(name: &str, note: &str, case: &Case, profile: Profile, expected: &Outcome) -> String {
        listing::write(name, note, case, profile, expected)
    }
}

/// The instruction word at `pc`, if it lies within `code`.
fn word_at(code: &[u8], pc: u32) -> Option<u32> {
    Disassembly::at(code, pc as usize).map(|instruction| instruction.word)
}

fn topic(word: Option<u32>) -> &'static str {
    match word.map(Instruction::decode) {
        None => Row::Fetch.name(),
        Some(None) => Row::Illegal.name(),
        Some(Some(instruction)) => Opcode::mnemonic(instruction.op),
    }
}
