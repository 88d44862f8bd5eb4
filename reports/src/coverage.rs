//! Coverage as text: which points were reached, and which of them each machine has passed.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use oracle::coverage::Coverage;
use oracle::report::Report;
use oracle::verdict::Sign;

use crate::clean;

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

/// What each machine has passed, by subject: topics and machines in a table, then a line for each profile and the holes.
pub(crate) fn text(report: &Report) -> String {
    let mut subjects: Vec<&str> = report.coverage.iter().map(|table| table.subject.as_str()).collect();
    subjects.dedup();
    let mut text = String::new();
    for subject in subjects {
        let _ = write!(text, "\n{}\n{}", topics(report, subject), profiles(report, subject));
    }
    text
}

/// Topics and machines: the sign of each, and how many of its points are passed.
fn topics(report: &Report, subject: &str) -> String {
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
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let names = std::iter::once(subject).chain(passed.iter().map(|(machine, _)| *machine));
    table.set_header(names.map(clean::line));
    for topic in topics {
        let cells: Vec<Cell> = passed.iter().map(|(_, coverage)| Cell::of(coverage, topic)).collect();
        // Where cases were left out, a topic that was never reached says nothing.
        let says = report.gates_coverage() || cells.iter().any(|cell| cell.reached);
        table.add_row_if(|_, _| says, std::iter::once(topic.to_owned()).chain(cells.iter().map(Cell::text)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// A topic of a machine, in all profiles.
struct Cell {
    sign: Sign,
    reached: bool,
    passed: usize,
    all: usize,
}

impl Cell {
    fn of(coverage: &[Coverage<'_>], topic: &str) -> Cell {
        let mut cell = Cell { sign: Sign::Agree, reached: false, passed: 0, all: 0 };
        for coverage in coverage {
            for (_, point) in coverage.table.points().filter(|(of, _)| *of == topic) {
                let counts = coverage.counts(topic, point);
                cell.sign = cell.sign.min(counts.sign());
                cell.reached |= counts.judged() > 0;
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

fn profiles(report: &Report, subject: &str) -> String {
    let mut text = String::new();
    for coverage in report.coverage().filter(|it| it.table.subject == subject) {
        let _ = writeln!(text, "{}", line(report, &coverage));
        let holes = coverage.holes();
        for (topic, point) in holes.iter().filter(|_| report.gates_coverage()) {
            let _ = writeln!(text, "  hole: {topic} {point}");
        }
    }
    text
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
