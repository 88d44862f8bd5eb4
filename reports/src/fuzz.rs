//! Fuzzing: one table of all targets while they run, and the screen after it.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use oracle::report::{LaneReport, Report};
use oracle::{called, quoted};

use crate::bugs::bugs;
use crate::layout::{command, fitted};
use crate::numbers::grouped;
use crate::terminal::{conclusion, heading};
use crate::{clean, finding};

/// The table of all targets: inputs, their speed, corpus, edges, share of use, and those that showed something.
pub fn table(report: &Report) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["target", "inputs", "inputs/s", "corpus", "edges", "useful", "failing", "floor"]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for lane in &report.lanes {
        table.add_row(row(report, lane));
    }
    table.trim_fmt()
}

fn row(report: &Report, lane: &LaneReport) -> [String; 8] {
    // A target's lane is called as its measurements are.
    let (name, group) = (&lane.lane.machine, lane.lane.to_string());
    let measurements = || report.measurements.iter().filter(|measurement| measurement.group == group);
    let value = |name: &str| measurements().find(|it| it.name == name).map_or(0.0, |it| it.value);
    let begun = lane.cases > 0;
    let shown = |text: String| if begun { text } else { "-".into() };
    let fallen: Vec<&str> = measurements().filter(|it| !it.holds()).map(|it| it.name.as_str()).collect();
    let unbounded = measurements().all(|it| it.at_least.is_none());
    let floor = match fallen.join(", ") {
        _ if !begun || unbounded => "-".into(),
        fallen if fallen.is_empty() => "holds".into(),
        fallen => format!("below: {fallen}"),
    };
    [
        clean::line(name),
        shown(grouped(lane.cases)),
        shown(grouped(value("executions") as u64)),
        shown(grouped(value("corpus") as u64)),
        shown(grouped(value("edges") as u64)),
        shown(format!("{:.1}%", 100.0 * value("useful"))),
        shown(grouped(lane.counts.differ)),
        floor,
    ]
}

/// The screen after a session: the table, then every finding in full.
pub fn screen(report: &Report, width: usize) -> String {
    let mut text = format!("{}\n\n{}\n", heading(report), table(report));
    for warning in report.all_warnings() {
        let _ = writeln!(text, "warning: {}", clean::line(&warning));
    }
    for bug in bugs(report) {
        let _ = write!(text, "\n{}", finding::text(&bug, width));
        for (_, found) in bug.findings {
            let keep = format!("{} promote {}", called(), quoted(&clean::line(&found.file)));
            let _ = writeln!(text, "{}", command("  keep:  ", &keep, width));
        }
    }
    let _ = write!(text, "\n{}", conclusion(report));
    fitted(&clean::screen(&text), width)
}

/// The table, drawn again and again in one place. Silent if stderr is no terminal.
pub struct Live(ProgressBar);

impl Default for Live {
    fn default() -> Self {
        let style =
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        Live(ProgressBar::new_spinner().with_style(style))
    }
}

impl Live {
    /// Shows how a session stands.
    pub fn show(&self, report: &Report) {
        self.0.set_message(format!("{}\n{:.0} s", table(report), report.seconds));
        self.0.tick();
    }

    /// Takes the table away; the screen follows.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
