//! What is compared: code with a machine state, and what running it comes to.

use std::collections::BTreeSet;

use minivm::Instruction;
use minivm::disasm::Disassembly;
use minivm::points::Row;
use oracle::subject::{Cases, Profile, State, first_and_others};

use crate::case::Case;
use crate::outcome::Outcome;
use crate::profile::{PORTABLE, REFERENCE, STRICT};
use crate::word::{topic, word_at};
use crate::{listing, state};

/// The instruction set.
#[derive(Clone, Copy, Debug, Default)]
pub struct MiniVm;

impl Cases for MiniVm {
    const NAME: &'static str = "minivm";
    const PROFILES: &'static [Profile] = &[REFERENCE, STRICT, PORTABLE];
    const REFERENCE_COMMIT: Option<&'static str> = Some(vectors_hxe::REFERENCE_COMMIT);

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn start(case: &Case) -> State {
        state::start(case)
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        state::end(outcome)
    }

    /// Traces explain, and are not compared; all else is written in one way only.
    fn say_the_same(_: &Case, one: &Outcome, other: &Outcome) -> bool {
        let compared = |outcome: &Outcome| Outcome { trace: None, ..outcome.clone() };
        one.trace != other.trace && compared(one) == compared(other)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        let mut others = BTreeSet::new();
        let code = if case.max_steps > 1 { &case.code[..] } else { &[] };
        for (_, instruction) in Disassembly::walk(code, 0) {
            others.extend(Instruction::decode(instruction.word).map(|decoded| decoded.op.mnemonic()));
        }
        first_and_others(topic(word_at(&case.code, case.pc)), others)
    }

    fn all_topics() -> Vec<&'static str> {
        Row::all().map(Row::name).collect()
    }

    fn listing(case: &Case) -> String {
        listing::listing(case)
    }
}
