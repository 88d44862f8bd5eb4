//! What is compared: images, and what the loader makes of them.

use oracle::subject::{Cases, Path, Profile, State, Value as Shown};

use crate::case::Case;
use crate::listing;
use crate::outcome::{self, Outcome};
use crate::profile::{REFERENCE, STRICT};

/// The commit of the reference, `Hans-Einar/HSX` on GitHub, that the facts about it were taken from.
pub const REFERENCE_COMMIT: &str = "e374da88f4dd470bad2d8ec6a2a14f1ce367e40e";

/// The loader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hxe;

impl Cases for Hxe {
    const NAME: &'static str = "hxe";
    const PROFILES: &'static [Profile] = &[REFERENCE, STRICT];
    const REFERENCE_COMMIT: Option<&'static str> = Some(REFERENCE_COMMIT);

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn start(case: &Case) -> State {
        let mut state = State::default();
        state.push(Path::of("bytes"), Shown::integer(case.image.len()));
        let chunks = case.chunks.iter().map(|&size| Shown::integer(size)).collect();
        state.push(Path::of("chunks"), Shown::List(chunks));
        state
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        outcome::state(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        vec![match case.image.get(4..6) {
            Some([0, 1]) => "version-1",
            Some([0, 2]) => "version-2",
            _ => "no-version",
        }]
    }

    fn all_topics() -> Vec<&'static str> {
        vec!["version-1", "version-2", "no-version"]
    }

    fn listing(case: &Case) -> String {
        listing::listing(case)
    }
}
