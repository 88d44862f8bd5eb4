//! MiniVM in the engine: its machine, its coverage, its part of the ledger.

mod coverage;
mod image;
mod switches;

use vectors::Profile;
use vectors::minivm::{Case, MiniVm, Outcome};

use crate::coverage::Observer;
use crate::machine::Machine;
use crate::machines::rust::Rust;
use crate::native::Native;

impl Native for MiniVm {
    fn machine() -> Box<dyn Machine<Self> + Send> {
        Box::new(Rust::default())
    }

    fn cases_of_image(image: &[u8]) -> Vec<Case> {
        image::cases(image)
    }

    fn observer(profile: Profile) -> Box<dyn Observer<Case>> {
        Box::new(coverage::Counter::new(profile))
    }

    fn explain(
        case: &Case,
        expected_in: Profile,
        expected: &Outcome,
        got_in: Profile,
        got: &Outcome,
    ) -> Option<Vec<&'static str>> {
        switches::explain(case, (expected_in, expected), (got_in, got))
    }

    fn switches() -> Vec<(&'static str, &'static str)> {
        switches::of_instructions().map(|switch| (switch.ledger_row(), switch.name())).collect()
    }

    fn switch_shows(row: &str, case: &Case) -> bool {
        switches::shows(row, case)
    }
}
