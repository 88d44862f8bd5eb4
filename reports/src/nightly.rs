//! What a run of several jobs came to, in one paragraph.

use oracle::report::Report;
use oracle::verdict::{Counts, Verdict};

use crate::bugs::bugs;
use crate::numbers::grouped;
use crate::terminal::reached;
use crate::{clean, measured};

/// The paragraph.
pub fn paragraph(report: &Report) -> String {
    let ran = || report.lanes.iter().filter(|lane| lane.ran());
    let mut counts = Counts::default();
    ran().for_each(|lane| counts += lane.counts);
    let (points, all) = reached(report);
    let exit = report.exit();
    let by_verdict =
        Verdict::ALL.map(|verdict| format!("{} {}", grouped(counts.of(verdict)), verdict.name())).join(", ");
    let mut text = format!(
        "{exit}: {} cases on {} lanes: {by_verdict}; {} findings; {points} of {all} coverage points reached; {} figures, {} out of bounds.",
        grouped(counts.judged()),
        ran().count(),
        bugs(report).len(),
        report.measurements.len(),
        measured::out(&report.measurements),
    );
    let done: Vec<String> = report
        .parts
        .iter()
        .filter(|part| part.exit.is_some())
        .map(|part| format!("{} {:.0} s", part.name, part.seconds))
        .collect();
    if !done.is_empty() {
        text += &format!(" Run: {}.", done.join(", "));
    }
    for part in report.parts.iter().filter(|part| part.exit.is_none()) {
        text += &format!(" Skipped {}: {}.", part.name, part.skipped_because.as_deref().unwrap_or_default());
    }
    text += &format!(" Seed {}, exit status {}.", report.seed, exit as u8);
    clean::line(&text)
}
