//! Each exit status of a report, and which of several is the gravest.

use std::sync::atomic::{AtomicBool, Ordering};

use oracle::campaign::Event;
use oracle::ledger::Ledger;
use oracle::report::{Exit, Measurement, Part, Report};

use crate::bench::{Planted, Setup, crashes, skipped, unsupported, wrong_in_dec};

const ALL: [&str; 3] = ["rust~model/wraps", "rust~vectors", "rust/stays~model/wraps"];

fn conformant() -> Report {
    Setup::new("exits", &ALL, Vec::new()).run()
}

fn against_model(folder: &'static str, machine: fn() -> crate::bench::Behaviour) -> Report {
    Setup::new(folder, &["other~model/wraps"], vec![Planted::boxed("other", machine)]).run()
}

#[test]
fn what_agrees_or_is_known_is_conformant() {
    let report = conformant();
    assert_eq!(report.exit(), Exit::Conformant);
    assert!(report.gates_coverage() && report.findings.is_empty());
    assert_eq!(report.all_warnings(), [""; 0]);
}

#[test]
fn a_sample_need_not_reach_every_point() {
    let mut setup = Setup::new("sample", &ALL, Vec::new());
    setup.is_sample = true;
    let mut report = setup.run();
    assert!(!report.is_whole && !report.gates_coverage());
    report.coverage[0].rows[0].points.push(("never".into(), "range".into()));
    assert_eq!(report.exit(), Exit::Conformant);
}

#[test]
fn a_machine_that_differs_is_1() {
    assert_eq!(against_model("exit-1", || Box::new(wrong_in_dec)).exit(), Exit::Differs);
    assert_eq!(against_model("exit-1-crash", || Box::new(crashes)).exit(), Exit::Differs);
    let mut report = conformant();
    report.lanes[0].machine_problem = Some("ended with its input, but with exit status: 1".into());
    assert_eq!(report.exit(), Exit::Differs);
}

#[test]
fn what_could_not_be_compared_is_3() {
    let mut setup = Setup::new("exit-3", &ALL, Vec::new());
    setup.skipped = vec![skipped("gone~model/wraps", false)];
    assert_eq!(setup.run().exit(), Exit::Conformant, "nobody has asked for it");
    let mut setup = Setup::new("exit-3", &ALL, Vec::new());
    setup.skipped = vec![skipped("gone~model/wraps", true)];
    assert_eq!(setup.run().exit(), Exit::Undetermined);
    assert_eq!(against_model("exit-3", || Box::new(unsupported)).exit(), Exit::Undetermined);
    let mut report = conformant();
    let lane = &mut report.lanes[0];
    for counts in [&mut lane.counts, lane.groups.values_mut().find(|it| it.agree > 0).unwrap()] {
        counts.agree -= 1;
        counts.not_run += 1;
    }
    assert_eq!(report.exit(), Exit::Undetermined);
}

#[test]
fn nothing_selected_is_4() {
    let mut setup = Setup::new("exit-4", &ALL, Vec::new());
    setup.plan.topics = vec!["mul".into()];
    assert_eq!(setup.run().exit(), Exit::NothingSelected);
    assert_eq!(Report::new("conformance", None, 1).exit(), Exit::NothingSelected);
}

#[test]
fn a_job_that_has_not_run_is_never_conformant() {
    let exit = |jobs: &[Option<u8>]| {
        let job = |&exit: &Option<u8>| Part { name: "fuzz".into(), exit, ..Part::default() };
        Report { parts: jobs.iter().map(job).collect(), ..Report::new("nightly", None, 1) }.exit()
    };
    assert_eq!(exit(&[None, None]), Exit::Undetermined);
    assert_eq!(exit(&[Some(0), None]), Exit::Undetermined);
    assert_eq!(exit(&[Some(0), Some(0)]), Exit::Conformant);
}

#[test]
fn what_the_ledger_does_not_hold_or_explain_is_5() {
    let mut setup = Setup::new("exit-5", &ALL, Vec::new());
    setup.ledger = Ledger::default();
    assert_eq!(setup.run().exit(), Exit::Ledger);
    let other = Planted::boxed("other", || Box::new(wrong_in_dec));
    let report = Setup::new("exit-5-across", &["other/stays~model/wraps"], vec![other]).run();
    assert!(report.lanes[0].counts.differ > 0);
    assert_eq!(report.exit(), Exit::Ledger);
}

#[test]
fn an_oracle_that_fails_is_6() {
    let broken = Planted::boxed("broken", || Box::new(crashes));
    let report = Setup::new("exit-6", &["rust~broken/wraps"], vec![broken]).run();
    assert_eq!(report.exit(), Exit::OracleFault);
    let mut report = conformant();
    report.lanes[0].oracle_problem = Some("does not end with its input".into());
    assert_eq!(report.exit(), Exit::OracleFault);
}

#[test]
fn a_gate_that_falls_is_7() {
    let mut report = conformant();
    report.coverage[0].rows[0].points.push(("never".into(), "range".into()));
    assert_eq!(report.exit(), Exit::Gate);
    assert_eq!(report.coverage().next().unwrap().holes(), [("inc", "never")]);

    let measured = |value, at_most, at_least| Measurement {
        group: "budget".into(),
        name: "inc".into(),
        value,
        unit: "bytes".into(),
        at_most,
        at_least,
    };
    let with = |measurement| Report { measurements: vec![measurement], ..conformant() }.exit();
    assert_eq!(with(measured(4.0, Some(4.0), Some(4.0))), Exit::Conformant);
    assert_eq!(with(measured(4.1, Some(4.0), None)), Exit::Gate);
    assert_eq!(with(measured(3.9, None, Some(4.0))), Exit::Gate);
    assert_eq!(with(measured(f64::NAN, None, None)), Exit::Gate);
}

#[test]
fn verdicts_that_do_not_add_up_are_70() {
    let mut report = conformant();
    report.lanes[1].cases += 1;
    assert_eq!(report.exit(), Exit::Internal);
}

#[test]
fn verdicts_that_are_not_those_of_where_cases_come_from_are_70() {
    let mut report = conformant();
    report.lanes[0].groups.entry("vector/x".into()).or_default().differ += 5;
    assert_eq!(report.exit(), Exit::Internal);
    let mut report = conformant();
    report.lanes[0].unsupported_by_reason.insert("not yet".into(), 1);
    assert_eq!(report.exit(), Exit::Internal);
    let mut report = conformant();
    // Their sum, cut to 64 bits, is that of the cases.
    report.lanes[0].counts.differ = u64::MAX - report.lanes[0].counts.agree + 1;
    report.lanes[0].cases = 0;
    assert_eq!(report.exit(), Exit::Internal);
}

#[test]
fn an_interrupted_run_is_130_and_has_lost_no_case() {
    let interrupt = AtomicBool::new(false);
    let mut setup = Setup::new("exit-130", &ALL, Vec::new());
    setup.plan.random = 1_000_000;
    let report = setup.run_until(&interrupt, &mut |event| {
        if matches!(event, Event::Batch { .. }) {
            interrupt.store(true, Ordering::Relaxed);
        }
    });
    assert_eq!(report.exit(), Exit::Interrupted);
    assert!((1..1_000_000).contains(&report.lanes[0].cases), "{}", report.lanes[0].cases);
}

#[test]
fn differences_of_an_interrupted_run_are_counted_and_not_explained() {
    let interrupt = AtomicBool::new(true);
    let other = Planted::boxed("other", || Box::new(wrong_in_dec));
    let mut setup = Setup::new("exit-130-findings", &["other~model/wraps"], vec![other]);
    setup.plan.random = 0;
    let until = AtomicBool::new(false);
    let report = setup.run_until(&until, &mut |event| {
        if matches!(event, Event::Batch { done, cases, .. } if done == cases) {
            until.store(interrupt.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    });
    let [finding] = &report.findings[..] else { panic!("{:#?}", report.findings) };
    assert!(!finding.explained && finding.count == report.lanes[0].counts.differ);
    assert_eq!(report.all_warnings().len(), 1);
}

#[test]
fn the_gravest_status_of_all_jobs_is_that_of_the_run() {
    let of = |statuses: &[u8]| {
        let part = |&exit: &u8| Part { name: "job".into(), exit: Some(exit), ..Part::default() };
        Report { parts: statuses.iter().map(part).collect(), ..conformant() }.exit() as u8
    };
    assert_eq!(of(&[0, 0]), 0);
    let by_gravity = [70, 130, 1, 6, 5, 7, 3, 4, 2, 0];
    for (position, gravest) in by_gravity.iter().enumerate() {
        assert_eq!(of(&by_gravity[position..]), *gravest);
    }
    assert_eq!(of(&[1, 101]), 70, "what is no status of ours is a panic or a signal");
}
