//! The loader of images in the engine: its machine, its coverage, its part of the ledger.

mod coverage;
pub(crate) mod machine;
mod room;

use minivm::{Switch, SwitchSet};
use vectors::Profile;
use vectors::hxe::{Case, Hxe, Outcome};

use crate::coverage::Observer;
use crate::machine::Machine;
use crate::native::{FromProfile, Native};
use machine::Rust;
pub use room::Room;

impl Native for Hxe {
    fn machine() -> Box<dyn Machine<Self> + Send> {
        Box::new(Rust::default())
    }

    fn cases_of_image(image: &[u8]) -> Vec<Case> {
        let byte_by_byte = vec![1; image.len()];
        vec![Case::whole(image.to_vec()), Case { image: image.to_vec(), chunks: byte_by_byte }]
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
        let mut rust = Rust::default();
        let (expected_in, got_in) = (SwitchSet::of(expected_in), SwitchSet::of(got_in));
        if rust.load(expected_in, case) != *expected || rust.load(got_in, case) != *got {
            return None;
        }
        let explains = |switch: &Switch| {
            rust.load(expected_in.flipped(*switch), case) == *got
                || rust.load(got_in.flipped(*switch), case) == *expected
        };
        of_loader().find(explains).map(|switch| vec![switch.ledger_row()])
    }

    fn switches() -> Vec<(&'static str, &'static str)> {
        of_loader().map(|switch| (switch.ledger_row(), switch.name())).collect()
    }

    fn switch_shows(row: &str, case: &Case) -> bool {
        let mut rust = Rust::default();
        let Some(switch) = of_loader().find(|switch| switch.ledger_row() == row) else { return false };
        [SwitchSet::REFERENCE, SwitchSet::STRICT]
            .into_iter()
            .any(|profile| rust.load(profile, case) != rust.load(profile.flipped(switch), case))
    }
}

fn of_loader() -> impl Iterator<Item = Switch> {
    Switch::ALL.iter().copied().filter(|switch| switch.is_of_loader())
}
