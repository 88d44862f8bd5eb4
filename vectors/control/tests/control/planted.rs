//! Planted bugs: each must be found, blamed on the right call, made small, and written as a vector that tells right from
//! wrong.

use std::fs;

use oracle::Role;
use oracle::campaign::Seat;
use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::report::Exit;
use oracle::subject::{Subject, agree};
use oracle::suite::Suite;
use vectors_control::{Control, DOCUMENT, NativePlane};

use crate::mutant::{Bug, CLOCK, LATCH, Mutant, NONE, POLICY, REGISTER, WINDOW};
use crate::{failures, native, run};

fn a_bug_becomes_a_small_vector(name: &str, bug: Bug, topic: &str, most: usize) {
    let folder = failures(name);
    let _ = fs::remove_dir_all(&folder);
    let nothing = (&Suite::default(), &Ledger::default());
    let machines = vec![native(), Seat::new(Role::Program, Mutant::new(bug))];
    let report = run(nothing, machines, &["mutant~rust/document"], (2000, 10), folder.clone());
    assert_eq!(report.exit(), Exit::Differs);
    let finding = &report.findings[0];
    assert_eq!(finding.topic, topic, "{}", finding.listing);

    let written = Control::written().unwrap();
    let suite = written.load(&folder.with_file_name(&finding.file)).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.calls.len() <= most, "{}", finding.listing);
    let expected = &vector.expected_in(DOCUMENT).unwrap().outcome;
    let right = run_one::<Control>(&mut NativePlane::default(), DOCUMENT, &vector.case);
    assert!(
        agree::<Control>(&vector.case, expected, right.outcome().unwrap()),
        "the right machine keeps to it"
    );
    let wrong = run_one::<Control>(&mut Mutant::new(bug), DOCUMENT, &vector.case);
    assert!(!agree::<Control>(&vector.case, expected, wrong.outcome().unwrap()), "the wrong one does not");
}

#[test]
fn a_policy_that_is_not_looked_at() {
    a_bug_becomes_a_small_vector("policy", POLICY, "mem_write", 4);
}

#[test]
fn a_number_that_names_a_register_too_many() {
    a_bug_becomes_a_small_vector("register", REGISTER, "reg_get_for", 1);
}

#[test]
fn an_instruction_too_many() {
    a_bug_becomes_a_small_vector("clock", CLOCK, "clock", 3);
}

#[test]
fn a_byte_of_the_window_that_is_lost() {
    a_bug_becomes_a_small_vector("window", WINDOW, "mem_read", 4);
}

#[test]
fn a_fault_that_is_latched_for_the_first_task_only() {
    a_bug_becomes_a_small_vector("latch", LATCH, "clock", 4);
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let nothing = (&Suite::default(), &Ledger::default());
    let machines = vec![native(), Seat::new(Role::Program, Mutant::new(NONE))];
    let report = run(nothing, machines, &["mutant~rust/document"], (500, 100), failures("none"));
    assert_eq!(report.exit(), Exit::Conformant);
}
