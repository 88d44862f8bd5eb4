//! Planted bugs: each must be found, located, made small, and written as a vector that tells right from wrong.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, Seat};
use oracle::ledger::Ledger;
use oracle::machine::{Role, run_one};
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::{Exit, Report};
use oracle::subject::agree;
use oracle::suite::Suite;
use oracle::{Answer, Lane, Machine, Subject};
use rstest::rstest;
use vectors_minivm::{Case, MiniVm, NativeVm, Outcome, REFERENCE};

mod mutant;
use mutant::{Bug, Mutant, branch, depth, flag, rounding, sign_extension, stack_order, wrap};

fn campaign(bug: Bug, lane: Lane, folder: &Path) -> Report {
    campaign_with(&Suite::default(), bug, lane, folder)
}

fn campaign_with(suite: &Suite<MiniVm>, bug: Bug, lane: Lane, folder: &Path) -> Report {
    let ledger = Ledger::default();
    let mutant = Seat::new(Role::Program, Mutant { name: "mutant", vm: NativeVm::default(), bug });
    let own = MiniVm::machines().into_iter().map(|(role, machine)| Seat { role, machine, sample: None });
    let machines = own.chain([mutant]).collect();
    let plan = Plan { seed: 1, random: 4000, sweep_stride: 5, topics: Vec::new(), shard: Shard::default() };
    let campaign =
        Campaign { machines, lanes: vec![lane], ..Campaign::new((suite, &ledger), plan, folder.to_owned()) };
    campaign.run(&AtomicBool::new(false), &mut |_| {}).unwrap()
}

fn lane() -> Lane {
    Lane::between("mutant", "rust", "reference")
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
    assert!(
        finding.differences.iter().any(|difference| difference.path.to_string().starts_with(field)),
        "{finding:?}"
    );

    let file = folder.with_file_name(&finding.file);
    let suite = MiniVm::written().unwrap().load(&file).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.code.len() <= 8 && vector.case.max_steps == 1, "{}", finding.listing);
    let expected = &vector.expected[0].outcome;
    let case = &vector.case;
    assert!(agrees(&mut NativeVm::default(), case, expected), "the right machine keeps to the vector");
    let mut wrong = Mutant { name: "mutant", vm: NativeVm::default(), bug };
    assert!(!agrees(&mut wrong, case, expected), "the wrong one does not");
}

fn agrees(machine: &mut dyn Machine<MiniVm>, case: &Case, expected: &Outcome) -> bool {
    match run_one(machine, REFERENCE, case) {
        Answer::Outcome(outcome) => agree::<MiniVm>(case, expected, &outcome),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_difference_between_profiles_is_replayed_in_that_of_the_machine() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("profiles");
    let _ = std::fs::remove_dir_all(&folder);
    let lane = Lane::across(("mutant", "reference"), ("rust", "strict"));
    let report = campaign(flag, lane, &folder);
    let finding = report.findings.iter().find(|finding| finding.topic == "ADC").unwrap();
    let suite = MiniVm::written().unwrap().load(&folder.with_file_name(&finding.file)).unwrap();
    let [expected] = &suite.vectors[0].expected[..] else { panic!("more than one profile: {finding:?}") };
    assert_eq!(expected.profile, REFERENCE);
    let mut wrong = Mutant { name: "mutant", vm: NativeVm::default(), bug: flag };
    assert!(!agrees(&mut wrong, &suite.vectors[0].case, &expected.outcome));
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let report = campaign(|_, _, _| {}, lane(), Path::new(env!("CARGO_TARGET_TMPDIR")));
    let lane = &report.lanes[0];
    assert_eq!((lane.counts.differ, lane.counts.agree), (0, lane.cases));
    assert!(lane.cases > 60_000);
}

/// A bug in `JZ` alone, in vectors and in programs of many steps too.
#[test]
fn a_bug_of_one_instruction_is_charged_to_it_in_longer_cases_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suite = MiniVm::written().unwrap().load(folder).unwrap();
    let failures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jz");
    let _ = std::fs::remove_dir_all(&failures);
    for lane in [lane(), Lane::with_vectors("mutant")] {
        let report = campaign_with(&suite, branch, lane, &failures);
        assert!(!report.findings.is_empty());
        assert!(report.findings.iter().all(|finding| finding.topic == "JZ"), "{:#?}", report.findings);
        let red = |points: &std::collections::BTreeMap<String, oracle::report::PointCases>| {
            points.values().any(|cases| cases.counts.failed() > 0)
        };
        let topics: Vec<&str> = report.lanes[0]
            .points
            .iter()
            .filter(|(_, points)| red(points))
            .map(|(topic, _)| topic.as_str())
            .collect();
        assert_eq!(topics, ["JZ"], "{}", report.lanes[0].lane);
    }
}
