//! What was not compared is never counted or shown as passed.

use oracle::Answer;
use oracle::machine::FailureKind;
use oracle::report::{Exit, Report};
use oracle::verdict::Sign;

use crate::bench::{Behaviour, Planted, Setup, crashes, off_by_one, right, unsupported};

const LANES: [&str; 2] = ["other~model/wraps", "other~vectors"];

fn run(begin: fn() -> Behaviour) -> Report {
    Setup::new("verdicts", &LANES, vec![Planted::boxed("other", begin)]).run()
}

#[test]
fn a_machine_that_supports_nothing_has_passed_nothing() {
    let report = run(|| Box::new(unsupported));
    assert_eq!(report.exit(), Exit::Undetermined);
    for lane in &report.lanes {
        assert_eq!((lane.counts.unsupported, lane.counts.sign()), (lane.cases, Sign::Unsupported));
        assert_eq!(lane.unsupported_by_reason["not yet"], lane.cases);
        assert!(lane.compared_nothing() && lane.groups.values().all(|it| it.sign() == Sign::Unsupported));
        let points = lane.points.values().flat_map(|points| points.values());
        assert!(points.into_iter().all(|cases| cases.counts.sign() == Sign::Unsupported));
    }
    let coverage = report.coverage_of("other").next().unwrap();
    assert_eq!((coverage.passed(), coverage.reached(), coverage.total()), (0, 4, 4));
    assert!(report.coverage_of("rust").next().is_none(), "it was not put under test");
}

#[test]
fn a_crash_is_never_hidden_by_what_the_other_side_says() {
    let nothing = || Planted::boxed("nothing", || Box::new(unsupported));
    let broken = || Planted::boxed("broken", || Box::new(crashes));
    let report = Setup::new("crash", &["broken~nothing/wraps"], vec![nothing(), broken()]).run();
    assert_eq!(report.lanes[0].counts.differ, report.lanes[0].cases);
    assert_eq!(report.exit(), Exit::Differs);
    let report = Setup::new("crash", &["nothing~broken/wraps"], vec![nothing(), broken()]).run();
    assert_eq!(report.lanes[0].counts.oracle_fault, report.lanes[0].cases);
    assert_eq!(report.exit(), Exit::OracleFault);
}

#[test]
fn a_machine_that_is_given_up_leaves_cases_not_run() {
    let report = run(|| {
        let mut cases = 0;
        Box::new(move |profile, case| {
            cases += 1;
            match cases {
                ..=300 => Answer::Outcome(right(profile, case)),
                _ => Answer::NotRun("given up".into()),
            }
        })
    });
    assert_eq!(report.exit(), Exit::Undetermined);
    let counts = report.lanes[0].counts;
    assert!(counts.agree <= 300 && counts.not_run > 1000, "{counts:?}");
    assert_eq!(counts.sign(), Sign::NotRun);
    assert_eq!(report.lanes[0].not_run_by_reason["given up"], counts.not_run);
    let told = format!("{} cases not run: given up", counts.not_run);
    assert!(
        report.all_warnings().iter().any(|warning| warning.ends_with(&told)),
        "{:?}",
        report.all_warnings()
    );
}

/// The verdicts come to the cases that were asked for, which every campaign of these tests checks.
#[test]
fn all_verdicts_at_once_come_to_the_cases() {
    let report = run(|| {
        Box::new(|profile, case| match case.a % 5 {
            0 => unsupported(profile, case),
            1 => off_by_one(profile, case),
            2 => crashes(profile, case),
            3 => Answer::NotRun("off".into()),
            _ => Answer::Outcome(right(profile, case)),
        })
    });
    let counts = report.lanes[0].counts;
    assert!([counts.agree, counts.differ, counts.unsupported, counts.not_run].iter().all(|it| *it > 100));
    assert_eq!(report.exit(), Exit::Differs);
}

#[test]
fn a_machine_that_does_not_answer_every_case_is_not_believed() {
    struct Short;
    impl oracle::Machine<toy::Toy> for Short {
        fn name(&self) -> &str {
            "short"
        }
        fn profiles(&self) -> &[oracle::Profile] {
            <toy::Toy as oracle::Cases>::PROFILES
        }
        fn run(&mut self, profile: oracle::Profile, cases: &[toy::Toys]) -> Vec<Answer<toy::Toys>> {
            cases[1..].iter().map(|case| Answer::Outcome(right(profile, case))).collect()
        }
    }
    let report = Setup::new("short", &["short~model/wraps"], vec![Box::new(Short)]).run();
    assert_eq!(report.lanes[0].counts.differ, report.lanes[0].cases);
    assert_eq!(report.findings[0].topic, "every topic");
}

#[test]
fn reasons_are_fit_to_be_shown() {
    let report = run(|| {
        Box::new(|_, case| match case.a % 2 {
            0 => Answer::Unsupported("no\u{1B}[2J\nway\u{FFFE}".into()),
            _ => Answer::broken(FailureKind::Crash, "\u{7}::stop-commands::x"),
        })
    });
    let reasons: Vec<&str> = report.lanes[0].unsupported_by_reason.keys().map(String::as_str).collect();
    assert_eq!(reasons, ["no\u{FFFD}[2J way\u{FFFD}"]);
    let finding = report.findings.iter().find(|finding| finding.failure.is_some()).unwrap();
    assert_eq!(finding.failure.as_deref(), Some("\u{FFFD}::stop-commands::x"));
}
