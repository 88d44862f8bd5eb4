//! Planted bugs: each must be found, blamed on the right opcode, made small, and written as a vector that tells right from
//! wrong.

use std::fs;

use oracle::Role;
use oracle::campaign::Seat;
use oracle::machine::run_one;
use oracle::report::Exit;
use oracle::subject::{Subject, agree};
use rstest::rstest;
use vectors_cockpit::{Cockpit, HEAD, NativeVm};

use crate::mutant::{Bug, Mutant};
use crate::{failures, native, run};

#[rstest]
#[case::sign(Bug::Sign, "LE", 1)]
#[case::order(Bug::Order, "SUB", 1)]
#[case::bound(Bug::Bound, "CREATE_ARRAY", 1)]
#[case::lost_pop(Bug::LostPop, "DIV", 1)]
#[case::argument(Bug::Argument, "ANALOG_WRITE", 1)]
fn a_bug_becomes_a_small_vector(#[case] bug: Bug, #[case] topic: &str, #[case] most: usize) {
    let folder = failures(&format!("{bug:?}"));
    let _ = fs::remove_dir_all(&folder);
    let machines = vec![native(), Seat::new(Role::Program, Mutant(bug))];
    let report = run(machines, &["mutant~rust/head"], (4000, 10), folder.clone());
    assert_eq!(report.exit(), Exit::Differs);
    let finding = &report.findings[0];
    assert_eq!((finding.topic.as_str(), report.findings.len()), (topic, 1), "{}", finding.listing);

    let written = Cockpit::written().unwrap();
    let suite = written.load(&folder.with_file_name(&finding.file)).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.words().len() <= most, "{}", finding.listing);
    let expected = &vector.expected_in(HEAD).unwrap().outcome;
    let right = run_one::<Cockpit>(&mut NativeVm, HEAD, &vector.case);
    assert!(
        agree::<Cockpit>(&vector.case, expected, right.outcome().unwrap()),
        "the right machine keeps to it"
    );
    let wrong = run_one::<Cockpit>(&mut Mutant(bug), HEAD, &vector.case);
    assert!(!agree::<Cockpit>(&vector.case, expected, wrong.outcome().unwrap()), "the wrong one does not");
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let machines = vec![native(), Seat::new(Role::Program, Mutant(Bug::None))];
    let report = run(machines, &["mutant~rust/head"], (500, 100), failures("none"));
    assert_eq!(report.exit(), Exit::Conformant);
}
