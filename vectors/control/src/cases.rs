//! What is compared: scripts of calls, and what comes of them.

use oracle::subject::script;
use oracle::subject::{Cases, Profile, State};

use crate::case::{self, Call, Case};
use crate::outcome::Outcome;
use crate::{check, state};

/// What the design document says, and what was decided where it is silent.
pub const DOCUMENT: Profile =
    Profile::new("document", "What the design document says, and what was decided if it is silent.");

/// The control plane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Control;

impl Cases for Control {
    const NAME: &'static str = "control";
    const PROFILES: &'static [Profile] = &[DOCUMENT];

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case::check(case)
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        script::check_results::<Control>(case, outcome)?;
        check::outcome(case, outcome)
    }

    fn start(case: &Case) -> State {
        state::start(case)
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        script::end::<Control>(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        script::topics::<Control>(case)
    }

    fn all_topics() -> Vec<&'static str> {
        Call::NAMES.to_vec()
    }

    fn listing(case: &Case) -> String {
        script::listing::<Control>(case)
    }
}
