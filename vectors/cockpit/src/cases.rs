//! What is compared: programs, and what comes of them.

use cockpit::points::Row;
use oracle::subject::{Cases, Profile, State, first_and_others};

use crate::case::Case;
use crate::outcome::Outcome;
use crate::profile::{HEAD, PLAN};
use crate::topic::topic;
use crate::{check, listing, state};

/// The instruction set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cockpit;

impl Cases for Cockpit {
    const NAME: &'static str = "cockpit";
    const PROFILES: &'static [Profile] = &[HEAD, PLAN];
    const REFERENCE_COMMIT: Option<&'static str> = Some("acc997d0983e8e730d639c0a9cf95609ef30a4df");

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        check::outcome(case, outcome)
    }

    fn start(case: &Case) -> State {
        state::start(case)
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        state::end(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        let words = if case.max_steps > 1 { case.words().len() as u32 } else { 0 };
        first_and_others(topic(case, case.pc), (0..words).map(|at| topic(case, at)))
    }

    fn all_topics() -> Vec<&'static str> {
        Row::all().map(Row::name).collect()
    }

    fn listing(case: &Case) -> String {
        listing::listing(case)
    }
}
