//! JUnit XML, for CI: a test suite a lane, a test case a vector and a sweep group.

use oracle::report::{Finding, LaneReport, Report};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

/// The report as JUnit XML.
///
/// # Errors
/// Those of the XML writer.
pub fn xml(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut junit = quick_junit::Report::new("lockstep");
    junit.add_test_suites(report.lanes.iter().map(|lane| suite(lane, &report.findings)));
    junit.add_test_suite(ledger(report));
    junit.to_string()
}

fn suite(lane: &LaneReport, findings: &[Finding]) -> TestSuite {
    let mut suite = TestSuite::new(title(lane));
    if let Some(because) = &lane.skipped_because {
        let mut status = TestCaseStatus::skipped();
        status.set_message(because.clone());
        suite.add_test_case(TestCase::new("lane", status));
        return suite;
    }
    suite.add_test_cases(lane.groups.iter().map(|(name, group)| {
        if group.failed == 0 {
            return TestCase::new(name.clone(), TestCaseStatus::success());
        }
        let explained = findings.iter().filter(|finding| {
            (&finding.subject, &finding.lane) == (&lane.subject, &lane.name) && belongs(finding, name)
        });
        let text: Vec<String> = explained.map(crate::terminal::finding).collect();
        failed(name, format!("{} of {} cases fail", group.failed, group.cases), text.join("\n"))
    }));
    for problem in lane.machine_problem.iter().chain(&lane.oracle_problem) {
        suite.add_test_case(failed("machine", problem.clone(), String::new()));
    }
    for case in &mut suite.test_cases {
        case.set_classname(title(lane));
    }
    suite
}

fn title(lane: &LaneReport) -> String {
    format!("{}: {}", lane.subject, lane.name)
}

/// Whether the finding was made by a case of this group.
fn belongs(finding: &Finding, group: &str) -> bool {
    let kind = finding.case.split('/').next().unwrap_or_default();
    group == finding.case || group == kind || group == format!("{kind}/{}", finding.topic)
}

fn ledger(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("ledger");
    suite.add_test_cases(report.ledger.rows.iter().map(|row| match &row.problem {
        None => TestCase::new(row.id.clone(), TestCaseStatus::success()),
        Some(problem) => failed(&row.id, problem.clone(), String::new()),
    }));
    suite.add_test_cases(
        report.ledger.problems.iter().map(|problem| failed("ledger", problem.clone(), String::new())),
    );
    suite
}

fn failed(name: &str, message: String, text: String) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    if !text.is_empty() {
        status.set_description(text);
    }
    TestCase::new(name, status)
}
