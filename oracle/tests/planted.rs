//! Planted bugs: each must be found, located, made small, and written as a vector that tells right from wrong.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use oracle::campaign::Campaign;
use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::machines::rust::Rust;
use oracle::native::Native;
use oracle::plan::Plan;
use oracle::report::{Exit, Report};
use oracle::{Answer, Lane, Machine};
use rstest::rstest;
use vectors::minivm::{Case, MiniVm, Outcome};
use vectors::{Profile, Subject, Suite};

mod mutant;
use mutant::{Bug, Mutant, depth, flag, rounding, sign_extension, stack_order, wrap};

fn campaign(bug: Bug, lane: Lane, folder: &Path) -> Report {
    let suite = Suite { vectors: Vec::new(), rules: Default::default() };
    let ledger = Ledger::default();
    let machines: Vec<Box<dyn Machine<MiniVm>>> =
        vec![MiniVm::machine(), Box::new(Mutant { name: "mutant", vm: Rust::default(), bug })];
    let campaign = Campaign {
        kind: "conformance",
        suite: &suite,
        ledger: &ledger,
        machines,
        lanes: vec![lane],
        skipped: Vec::new(),
        given: None,
        plan: Plan { seed: 1, random: 4000, sweep_stride: 5, topics: Vec::new(), shard: (1, 1) },
        failures: folder.to_owned(),
        replay_options: String::new(),
        commit: None,
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}

fn lane() -> Lane {
    Lane::between("mutant", "rust", Profile::Reference)
}

#[rstest]
#[case::flag(flag, "ADC", "psw")]
#[case::sign_extension(sign_extension, "LDH", "r")]
#[case::wrap(wrap, "SUB", "r")]
#[case::stack_order(stack_order, "POP", "r15")]
#[case::rounding(rounding, "FMUL", "r")]
#[case::depth(depth, "CALL", "call_stack")]
fn a_planted_bug_becomes_a_vector_of_one_instruction(
    #[case] bug: Bug,
    #[case] topic: &str,
    #[case] field: &str,
) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(topic);
    let _ = std::fs::remove_dir_all(&folder);
    let report = campaign(bug, lane(), &folder);
    assert_eq!(report.exit(), Exit::Differs);
    assert!(!report.findings.is_empty());
    assert!(report.findings.iter().all(|finding| finding.topic == topic), "only {topic} has a bug");
    let finding = &report.findings[0];
    assert!(finding.differences.iter().any(|difference| difference.field.starts_with(field)), "{finding:?}");

    let suite =
        Suite::<MiniVm>::load(&folder.with_file_name(&finding.file)).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.code.len() <= 8 && vector.case.max_steps == 1, "{}", finding.listing);
    let expected = &vector.expected[0].outcome;
    let case = &vector.case;
    assert!(agrees(&mut *MiniVm::machine(), case, expected), "the right machine keeps to the vector");
    let mut wrong = Mutant { name: "mutant", vm: Rust::default(), bug };
    assert!(!agrees(&mut wrong, case, expected), "the wrong one does not");
}

fn agrees(machine: &mut dyn Machine<MiniVm>, case: &Case, expected: &Outcome) -> bool {
    match run_one(machine, Profile::Reference, case) {
        Answer::Outcome(outcome) => MiniVm::compare(expected, &outcome).is_empty(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_difference_between_profiles_is_replayed_in_that_of_the_machine() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("profiles");
    let _ = std::fs::remove_dir_all(&folder);
    let lane = Lane::across(("mutant", Profile::Reference), ("rust", Profile::Strict));
    let report = campaign(flag, lane, &folder);
    let finding = report.findings.iter().find(|finding| finding.topic == "ADC").unwrap();
    let suite = Suite::<MiniVm>::load(&folder.with_file_name(&finding.file)).unwrap();
    let [expected] = &suite.vectors[0].expected[..] else { panic!("more than one profile: {finding:?}") };
    assert_eq!(expected.profile, Profile::Reference);
    let mut wrong = Mutant { name: "mutant", vm: Rust::default(), bug: flag };
    assert!(!agrees(&mut wrong, &suite.vectors[0].case, &expected.outcome));
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let report = campaign(|_, _, _| {}, lane(), Path::new(env!("CARGO_TARGET_TMPDIR")));
    let lane = &report.lanes[0];
    assert_eq!((lane.differ, lane.agree), (0, lane.cases));
    assert!(lane.cases > 60_000);
}
