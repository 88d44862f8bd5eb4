//! Which switch makes two profiles differ in a case.

use itertools::Itertools;
use minivm::{Switch, SwitchSet};
use vectors::minivm::{Case, MiniVm, Outcome};
use vectors::{Profile, Subject};

use crate::explain::first_difference;
use crate::machine::Answer;
use crate::machines::rust::Rust;
use crate::native::FromProfile;

/// The switches of the instruction set.
pub(super) fn of_instructions() -> impl Iterator<Item = Switch> + Clone {
    Switch::ALL.iter().copied().filter(|switch| !switch.is_of_loader())
}

/// See [`Native::explain`](crate::native::Native::explain).
pub(super) fn explain(
    case: &Case,
    (expected_in, expected): (Profile, &Outcome),
    (got_in, got): (Profile, &Outcome),
) -> Option<Vec<&'static str>> {
    let mut vm = Rust::default();
    let mut run = |switches, case: &Case| match vm.execute(switches, case) {
        Answer::Outcome(outcome) => Some(outcome),
        _ => None,
    };
    let (expected_in, got_in) = (SwitchSet::of(expected_in), SwitchSet::of(got_in));
    if run(expected_in, case)? != *expected || run(got_in, case)? != *got {
        return None;
    }
    let located =
        first_difference::<MiniVm>(case, &mut |case| Some((run(expected_in, case)?, run(got_in, case)?)))?;
    let step = located.alone.unwrap_or(located.case);
    let (expected, got) = (run(expected_in, &step)?, run(got_in, &step)?);
    // From either side: a fault that only `strict` has shows two switches from the side of `reference` (whether it
    // faults, and whether it writes R0), but goes away with one from the side of `strict`.
    let mut explains = |switches: &[Switch]| {
        let flip =
            |profile: SwitchSet| switches.iter().fold(profile, |profile, &switch| profile.flipped(switch));
        run(flip(expected_in), &step).is_some_and(|outcome| agree(&outcome, &got))
            || run(flip(got_in), &step).is_some_and(|outcome| agree(&outcome, &expected))
    };
    let singles = of_instructions().map(|switch| vec![switch]);
    let pairs = of_instructions().array_combinations().map(|[first, second]| vec![first, second]);
    let found = singles.chain(pairs).find(|switches| explains(switches))?;
    Some(found.iter().map(|switch| switch.ledger_row()).collect())
}

/// Whether flipping the switch alone changes the outcome, from either profile.
pub(super) fn shows(row: &str, case: &Case) -> bool {
    let mut vm = Rust::default();
    let Some(switch) = of_instructions().find(|switch| switch.ledger_row() == row) else { return false };
    [SwitchSet::REFERENCE, SwitchSet::STRICT]
        .into_iter()
        .any(|profile| vm.execute(profile, case) != vm.execute(profile.flipped(switch), case))
}

fn agree(a: &Outcome, b: &Outcome) -> bool {
    MiniVm::compare(a, b).is_empty()
}
