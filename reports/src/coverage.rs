//! Coverage as text: which points were reached, and which of them each machine has passed.

use std::fmt::Write as _;

use oracle::coverage::Coverage;
use oracle::report::Report;
use oracle::verdict::Sign;

use crate::clean;
use crate::layout::{folded, laid_out, table};
use crate::numbers::grouped;

/// How many points the cases of a run have reached, and how many there are.
pub(crate) fn reached(report: &Report) -> (usize, usize) {
    report.coverage().fold((0, 0), |(reached, all), it| (reached + it.reached(), all + it.total()))
}

/// The machines under test, in the order of the lanes.
pub(crate) fn machines(report: &Report) -> Vec<&str> {
    let mut machines: Vec<&str> = Vec::new();
    for lane in report.lanes.iter().filter(|lane| lane.ran()) {
        if !machines.contains(&lane.lane.machine.as_str()) {
            machines.push(&lane.lane.machine);
        }
    }
    machines
}

/// What was reached and what each machine has passed: the holes, then a line a subject, then the topics in which something
/// failed or is missing. Of what is whole, a line says it.
pub(crate) fn text(report: &Report, width: usize) -> String {
    let mut subjects: Vec<&str> = report.coverage.iter().map(|table| table.subject.as_str()).collect();
    subjects.dedup();
    let of_all = |part: fn(&Report, &str, usize) -> String| -> String {
        subjects.iter().map(|subject| part(report, subject, width)).collect()
    };
    if subjects.is_empty() {
        return String::new();
    }
    let (holes, profiles, matrices) = (of_all(holes), of_all(profiles), of_all(failing_topics));
    let rest = folded("  the matrix of all topics is on the page, under Matrix", width, 2);
    format!("{holes}{profiles}{matrices}{rest}\n")
}

/// Points that no case has reached, if that is a failure.
fn holes(report: &Report, subject: &str, width: usize) -> String {
    let mut text = String::new();
    for coverage in report.coverage().filter(|it| report.gates_coverage() && it.table.subject == subject) {
        let mut topics: Vec<(&str, Vec<&str>)> = Vec::new();
        for (topic, point) in coverage.holes() {
            match topics.last_mut().filter(|(last, _)| *last == topic) {
                Some((_, points)) => points.push(point),
                None => topics.push((topic, vec![point])),
            }
        }
        for (topic, points) in topics {
            let profile = &coverage.table.profile;
            let line = format!("  hole: {subject} {topic} in {profile}: {}", points.join(", "));
            let _ = writeln!(text, "{}", folded(&clean::line(&line), width, 4));
        }
    }
    text
}

/// A subject in a line: what its profiles have reached, and what each machine has passed of all of them.
fn profiles(report: &Report, subject: &str, width: usize) -> String {
    let of_subject = |it: &Coverage<'_>| it.table.subject == subject;
    let reached: Vec<String> = report
        .coverage()
        .filter(of_subject)
        .map(|it| format!("{} of {} in {}", grouped(it.reached() as u64), it.total(), it.table.profile))
        .collect();
    let machines = machines(report).into_iter().filter_map(|machine| {
        let own: Vec<Coverage<'_>> = report.coverage_of(machine).filter(of_subject).collect();
        let passed: usize = own.iter().map(Coverage::passed).sum();
        let total: usize = own.iter().map(Coverage::total).sum();
        (!own.is_empty())
            .then(|| format!("{machine} {} of {}", grouped(passed as u64), grouped(total as u64)))
    });
    let (reached, passed) = (reached.join(", "), machines.collect::<Vec<_>>().join(", "));
    let line = format!("coverage of {subject}: points reached {reached}; passed by {passed}");
    folded(&clean::line(&line), width, 2) + "\n"
}

/// Topics and machines: the sign of each, and how many of its points are passed. Only topics in which something has failed
/// or was not run, or of which a point was not reached although it should be.
fn failing_topics(report: &Report, subject: &str, width: usize) -> String {
    let passed: Vec<(&str, Vec<Coverage<'_>>)> = machines(report)
        .into_iter()
        .map(|machine| {
            (machine, report.coverage_of(machine).filter(|it| it.table.subject == subject).collect())
        })
        .filter(|(_, coverage): &(_, Vec<_>)| !coverage.is_empty())
        .collect();
    let mut topics: Vec<&str> = Vec::new();
    for row in report.coverage.iter().filter(|table| table.subject == subject).flat_map(|table| &table.rows) {
        if !topics.contains(&row.topic.as_str()) {
            topics.push(&row.topic);
        }
    }
    let is_hole = |topic: &str| {
        let holes = |it: Coverage<'_>| it.holes().iter().any(|(of, _)| *of == topic);
        report.gates_coverage() && report.coverage().filter(|it| it.table.subject == subject).any(holes)
    };
    let names: Vec<String> = passed.iter().map(|(machine, _)| clean::line(machine)).collect();
    let mut table = table([subject].into_iter().chain(names.iter().map(String::as_str)));
    for topic in topics {
        let cells: Vec<Cell> = passed.iter().map(|(_, coverage)| Cell::of(coverage, topic)).collect();
        if is_hole(topic) || cells.iter().any(|cell| cell.sign <= Sign::NotRun) {
            table.add_row(std::iter::once(clean::line(topic)).chain(cells.iter().map(Cell::text)));
        }
    }
    if table.is_empty() { String::new() } else { laid_out(table, width, 2) }
}

/// A topic of a machine, in all profiles.
struct Cell {
    sign: Sign,
    passed: usize,
    all: usize,
}

impl Cell {
    fn of(coverage: &[Coverage<'_>], topic: &str) -> Cell {
        let mut cell = Cell { sign: Sign::Agree, passed: 0, all: 0 };
        for coverage in coverage {
            for (_, point) in coverage.table.points().filter(|(of, _)| *of == topic) {
                let counts = coverage.counts(topic, point);
                cell.sign = cell.sign.min(counts.sign());
                cell.passed += usize::from(coverage.passes(topic, point));
                cell.all += 1;
            }
        }
        cell
    }

    fn text(&self) -> String {
        if self.all == 0 {
            String::new()
        } else {
            format!("{} {}/{}", self.sign.symbol(), self.passed, self.all)
        }
    }
}

/// What the cases of a profile have reached, and what each machine has passed.
pub(crate) fn line(report: &Report, coverage: &Coverage<'_>) -> String {
    let table = coverage.table;
    let (reached, total) = (coverage.reached(), coverage.total());
    let passed = machines(report).into_iter().filter_map(|machine| {
        let own = report.coverage_of(machine).find(|it| it.table == table)?;
        Some(format!("{machine} passes {}", own.passed()))
    });
    let passed: Vec<String> = passed.collect();
    let (subject, profile) = (&table.subject, &table.profile);
    let passed = passed.join(", ");
    clean::line(&format!("coverage of {subject} in {profile}: {reached} of {total} points reached; {passed}"))
}
