//! Planted bugs: each must be found, made small, and written as a vector that tells right from wrong.

use std::fs;

use executive::Switch;
use oracle::Role;
use oracle::campaign::Seat;
use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::report::Exit;
use oracle::subject::{Subject, agree};
use oracle::suite::Suite;
use rstest::rstest;
use vectors_executive::{Executive, NativeExecutive, STRICT};

use crate::mutant::Mutant;
use crate::{failures, native, run};

#[rstest]
#[case::who_is_next("next", Switch::Successor, 6)]
#[case::a_leak_at_kill("leak", Switch::Cleanup, 3)]
#[case::a_sleeper_that_does_not_wake("sleep", Switch::Sleep, 4)]
#[case::a_handle_that_is_waited_on_after_its_close("closed", Switch::ClosedWaiter, 3)]
#[case::a_message_too_many("notice", Switch::OneNotice, 2)]
#[case::a_tap_that_holds_messages("taps", Switch::Taps, 6)]
#[case::an_owner_that_is_refused("owner", Switch::CommandOwner, 2)]
fn a_bug_becomes_a_small_vector(#[case] name: &str, #[case] bug: Switch, #[case] most: usize) {
    let folder = failures(name);
    let _ = fs::remove_dir_all(&folder);
    let nothing = (&Suite::default(), &Ledger::default());
    let machines = vec![native(), Seat::new(Role::Program, Mutant::new(&[bug]))];
    let report = run(nothing, machines, &["mutant~rust/strict"], (2000, 7), folder.clone());
    assert_eq!(report.exit(), Exit::Differs);
    let finding = &report.findings[0];

    let written = Executive::written().unwrap();
    let suite = written.load(&folder.with_file_name(&finding.file)).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.calls.len() <= most, "{}", finding.listing);
    let expected = &vector.expected_in(STRICT).unwrap().outcome;
    let right = run_one::<Executive>(&mut NativeExecutive::default(), STRICT, &vector.case);
    assert!(
        agree::<Executive>(&vector.case, expected, right.outcome().unwrap()),
        "the right machine keeps to it"
    );
    let wrong = run_one::<Executive>(&mut Mutant::new(&[bug]), STRICT, &vector.case);
    assert!(!agree::<Executive>(&vector.case, expected, wrong.outcome().unwrap()), "the wrong one does not");
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let nothing = (&Suite::default(), &Ledger::default());
    let machines = vec![native(), Seat::new(Role::Program, Mutant::new(&[]))];
    let report = run(nothing, machines, &["mutant~rust/strict"], (500, 50), failures("none"));
    assert_eq!(report.lanes[0].counts.agree, report.lanes[0].cases);
}
