//! Which switch makes two profiles differ in a case.

use minivm::{Switch, SwitchSet};
use vectors::minivm::{Case, MiniVm, Outcome};
use vectors::{Profile, Subject};

use crate::explain::first_difference;
use crate::machine::Answer;
use crate::machines::rust::Rust;

fn switch_set(profile: Profile) -> SwitchSet {
    match profile {
        Profile::Reference => SwitchSet::REFERENCE,
        Profile::Strict => SwitchSet::STRICT,
    }
}

/// See [`Native::explain`](crate::native::Native::explain).
pub(super) fn explain(
    case: &Case,
    (expected_in, expected): (Profile, &Outcome),
    (got_in, got): (Profile, &Outcome),
) -> Option<&'static str> {
    let mut vm = Rust::default();
    let mut run = |switches, case: &Case| match vm.execute(switches, case) {
        Answer::Outcome(outcome) => Some(outcome),
        _ => None,
    };
    let (expected_in, got_in) = (switch_set(expected_in), switch_set(got_in));
    if run(expected_in, case)? != *expected || run(got_in, case)? != *got {
        return None;
    }
    let located =
        first_difference::<MiniVm>(case, &mut |case| Some((run(expected_in, case)?, run(got_in, case)?)))?;
    let step = located.alone.unwrap_or(located.case);
    let wanted = run(got_in, &step)?;
    let explains =
        |switch: &&Switch| run(expected_in.flipped(**switch), &step).is_some_and(|out| agree(&out, &wanted));
    Switch::ALL.iter().find(explains).map(|switch| switch.ledger_row())
}

/// Whether flipping the switch alone changes the outcome, from either profile.
pub(super) fn shows(row: &str, case: &Case) -> bool {
    let mut vm = Rust::default();
    let Some(&switch) = Switch::ALL.iter().find(|switch| switch.ledger_row() == row) else { return false };
    [SwitchSet::REFERENCE, SwitchSet::STRICT]
        .into_iter()
        .any(|profile| vm.execute(profile, case) != vm.execute(profile.flipped(switch), case))
}

fn agree(a: &Outcome, b: &Outcome) -> bool {
    MiniVm::compare(a, b).is_empty()
}
