//! What is compared: scripts of calls, and what comes of them.

use oracle::subject::script;
use oracle::subject::{Cases, Profile, State};

use crate::case::{self, Case};
use crate::outcome::{self, Outcome};
use crate::profile::{REFERENCE, STRICT};
use crate::{fields, topics};

/// The executive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Executive;

impl Cases for Executive {
    const NAME: &'static str = "executive";
    const PROFILES: &'static [Profile] = &[REFERENCE, STRICT];
    const REFERENCE_COMMIT: Option<&'static str> = Some(vectors_hxe::REFERENCE_COMMIT);

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case::check(case)
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome::check(case, outcome)
    }

    fn start(case: &Case) -> State {
        fields::start(case)
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        script::end::<Executive>(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        topics::of(case)
    }

    fn all_topics() -> Vec<&'static str> {
        topics::all()
    }

    fn listing(case: &Case) -> String {
        script::listing::<Executive>(case)
    }
}
