//! JUnit XML, for CI: a test suite a lane, a test case a vector and a sweep group.
//!
//! What was not compared has not passed: what is not implemented is skipped, what was not run is an error. The suite `run`
//! has the verdict over all, so that the file is as red as the exit status.

use oracle::report::{Exit, Finding, LaneReport, Report, SampleReport};
use oracle::verdict::{Counts, Sign};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::bugs::Bug;
use crate::layout::ELSEWHERE;
use crate::{clean, finding};

/// The report as JUnit XML.
///
/// # Errors
/// Those of the XML writer.
pub fn xml(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut junit = quick_junit::Report::new("lockstep");
    junit.add_test_suites(report.lanes.iter().map(|lane| suite(lane, &report.findings)));
    junit.add_test_suite(ledger(report));
    junit.add_test_suite(run(report));
    junit.to_string()
}

fn suite(lane: &LaneReport, findings: &[Finding]) -> TestSuite {
    let title = clean::xml(&format!("{}: {}", lane.subject, lane.lane));
    let mut suite = TestSuite::new(title.clone());
    match &lane.skipped_because {
        Some(because) if lane.required => {
            suite.add_test_case(failed("lane", NonSuccessKind::Error, because, ""));
        }
        Some(because) => {
            suite.add_test_case(skipped("lane", because));
        }
        None if lane.cases == 0 => {
            suite.add_test_case(skipped("lane", "no case was selected"));
        }
        None => {
            suite.add_test_cases(lane.groups.iter().map(|(name, counts)| {
                let of_group =
                    findings.iter().filter(|finding| finding.is_of(lane) && finding.group == *name);
                let text: Vec<String> =
                    of_group.map(|finding| finding::text(&Bug::on_its_lane(finding), ELSEWHERE)).collect();
                group(name, counts, &text.join("\n"))
            }));
        }
    }
    if let Some(SampleReport { what, of }) = &lane.sample {
        let why = format!(
            "{} of {of} cases are not in the sample: the vectors, and {what}",
            of.saturating_sub(lane.cases)
        );
        suite.add_test_case(skipped("left out", &why));
    }
    if let Some(problem) = &lane.machine_problem {
        suite.add_test_case(failed("machine", NonSuccessKind::Failure, problem, ""));
    }
    if let Some(problem) = &lane.oracle_problem {
        suite.add_test_case(failed("oracle", NonSuccessKind::Error, problem, ""));
    }
    for case in &mut suite.test_cases {
        case.set_classname(title.clone());
    }
    suite
}

/// The cases of a group, by their sign.
fn group(name: &str, counts: &Counts, text: &str) -> TestCase {
    let of = |count: u64, what: &str| format!("{count} of {} cases {what}", counts.judged());
    match counts.sign() {
        Sign::Agree | Sign::Known => TestCase::new(clean::xml(name), TestCaseStatus::success()),
        Sign::Differ => failed(name, NonSuccessKind::Failure, &of(counts.failed(), "fail"), text),
        Sign::OracleFault => {
            failed(name, NonSuccessKind::Error, &of(counts.oracle_fault, "are oracle faults"), text)
        }
        Sign::NotRun => failed(name, NonSuccessKind::Error, &of(counts.not_run, "were not run"), ""),
        Sign::Partly | Sign::Unsupported => skipped(name, &of(counts.unsupported, "are not implemented")),
        Sign::Nothing => skipped(name, Sign::Nothing.meaning()),
    }
}

fn ledger(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("ledger");
    suite.add_test_cases(report.ledger.rows.iter().map(|row| {
        let name = format!("{} {}", row.subject, row.id);
        match &row.problem {
            None => TestCase::new(clean::xml(&name), TestCaseStatus::success()),
            Some(problem) => failed(&name, NonSuccessKind::Failure, problem, ""),
        }
    }));
    let problems = report.ledger.problems.iter();
    suite.add_test_cases(problems.map(|problem| failed("ledger", NonSuccessKind::Failure, problem, "")));
    suite
}

/// The verdict over all.
fn run(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("run");
    suite.add_test_case(match report.exit() {
        Exit::Conformant => TestCase::new("verdict", TestCaseStatus::success()),
        exit @ Exit::Differs => failed("verdict", NonSuccessKind::Failure, &exit.to_string(), ""),
        exit => failed("verdict", NonSuccessKind::Error, &exit.to_string(), ""),
    });
    suite
}

fn skipped(name: &str, why: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(clean::xml(why));
    TestCase::new(clean::xml(name), status)
}

fn failed(name: &str, kind: NonSuccessKind, message: &str, text: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(clean::xml(message));
    if !text.is_empty() {
        status.set_description(clean::xml(text));
    }
    TestCase::new(clean::xml(name), status)
}
