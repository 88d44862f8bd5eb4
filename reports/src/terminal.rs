//! The screen of a result: lanes, coverage, ledger, what comes next, then what is wrong, and the verdict as the last line.
//! Readable without colour, which the module `paint` adds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oracle::report::{Exit, LaneReport, Part, Report};

use crate::bugs::{Bug, bugs};
use crate::layout::{fitted, folded};
use crate::numbers::{grouped, plural};
use crate::{clean, coverage, finding, ladder, lanes, measured};

pub(crate) use crate::coverage::reached;

/// Bugs shown in full.
const SHOWN: usize = 3;

/// The whole screen, in lines of at most `width` columns. Nothing of it is obeyed by a terminal, or by GitHub, which reads
/// it.
pub fn screen(report: &Report, width: usize) -> String {
    let sections = [
        heading(report) + "\n",
        lanes::text(report, width),
        lanes::skipped_lanes(report, width)
            + &lanes::samples(report, width)
            + &lanes::unsupported(report, width),
        coverage::text(report, width),
        ledger(report, width),
        measured::text(report, width),
        report.parts.iter().map(|part| self::part(part) + "\n").collect(),
        warnings(report, width),
        ladders(report, width),
        findings(report, width),
        conclusion(report),
    ];
    let sections = sections.iter().map(|section| section.trim_end_matches('\n'));
    let text = sections.filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n\n");
    fitted(&clean::screen(&text), width) + "\n"
}

/// What fixes the run, in a line.
pub(crate) fn heading(report: &Report) -> String {
    let Report { seed, commit, shards, topics, lanes, seconds, .. } = report;
    let parts: Vec<String> = shards.parts.iter().map(ToString::to_string).collect();
    let facts = [
        // What has no cases has no random ones.
        (!lanes.is_empty()).then(|| format!("seed {seed}")),
        commit.as_ref().map(|commit| format!("commit {commit}")),
        (shards.of > 1).then(|| format!("shard {}/{}", parts.join("+"), shards.of)),
        (!topics.is_empty()).then(|| topics.join(" ")),
        Some(format!("{seconds:.1} s")),
    ];
    clean::line(&facts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// What each program should implement next.
fn ladders(report: &Report, width: usize) -> String {
    let line = |it| folded(&format!("ladder: {}", ladder::line(it)), width, 2) + "\n";
    report.ladders.iter().map(line).collect()
}

fn ledger(report: &Report, width: usize) -> String {
    if report.ledger.rows.is_empty() && report.ledger.problems.is_empty() {
        return String::new();
    }
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for (row, count) in report.lanes.iter().flat_map(|lane| &lane.known_by_row) {
        *known.entry(row).or_default() += count;
    }
    let problems: Vec<String> = report.ledger.all_problems().collect();
    let rows = plural(report.ledger.rows.len() as u64, "row");
    let mut text = format!("ledger: {rows}, {}", plural(problems.len() as u64, "problem"));
    for problem in problems {
        let _ = write!(text, "\n{}", folded(&clean::line(&format!("  {problem}")), width, 4));
    }
    if !known.is_empty() {
        let known: Vec<String> =
            known.iter().map(|(row, count)| format!("{row} {}", grouped(*count))).collect();
        let known = clean::line(&format!("  known differences: {}", known.join(", ")));
        let _ = write!(text, "\n{}", folded(&known, width, 4));
    }
    text
}

fn warnings(report: &Report, width: usize) -> String {
    let line = |warning: String| folded(&clean::line(&format!("warning: {warning}")), width, 2) + "\n";
    report.all_warnings().into_iter().map(line).collect()
}

/// The bugs: the first in full, the others by their sentence. If none could be explained, as when a run is interrupted, the
/// first are told as far as they are known.
fn findings(report: &Report, width: usize) -> String {
    let (explained, others): (Vec<Bug<'_>>, Vec<Bug<'_>>) =
        bugs(report).into_iter().partition(|bug| bug.lead().explained);
    if explained.is_empty() {
        return others
            .iter()
            .take(SHOWN)
            .map(|bug| finding::headline(bug, width))
            .collect::<Vec<_>>()
            .join("\n");
    }
    let (whole, others) = explained.split_at(explained.len().min(SHOWN));
    let others = others.iter().map(|bug| finding::headline(bug, width) + &finding::replay(bug.lead(), width));
    let texts = whole.iter().map(|bug| finding::text(bug, width)).chain(others);
    texts.collect::<Vec<_>>().join("\n")
}

/// What became of a job.
pub fn part(part: &Part) -> String {
    let Part { name, exit, skipped_because, seconds } = part;
    let text = match (exit, skipped_because) {
        (Some(exit), because) => {
            let because = because.as_ref().map_or(String::new(), |because| format!(", {because}"));
            format!("{name}: {}, exit status {exit}, {seconds:.1} s{because}", Exit::from_status(*exit))
        }
        (None, because) => format!("skipped {name}: {}", because.as_deref().unwrap_or("it has not run")),
    };
    clean::line(&text)
}

/// The verdict over all, in a sentence.
pub(crate) fn conclusion(report: &Report) -> String {
    let exit = report.exit();
    clean::line(&format!("{exit}: {}, exit status {}", summed_up(report), exit as u8)) + "\n"
}

/// What the verdict is about: cases, or what was measured if there are no lanes, and what is wrong.
pub(crate) fn summed_up(report: &Report) -> String {
    if report.lanes.is_empty() && !report.measurements.is_empty() {
        let all = plural(report.measurements.len() as u64, "measurement");
        return match measured::out(&report.measurements) {
            0 => all,
            out => format!("{all}, {out} out of bounds"),
        };
    }
    let ran: Vec<&LaneReport> = report.lanes.iter().filter(|lane| lane.ran()).collect();
    let cases = plural(ran.iter().map(|lane| lane.cases).sum(), "case");
    let bugs = bugs(report);
    let mut machines: Vec<&str> = Vec::new();
    for bug in &bugs {
        if !machines.contains(&bug.machine()) {
            machines.push(bug.machine());
        }
    }
    match bugs.len() as u64 {
        0 => cases,
        count => format!("{cases}, {} about {}", plural(count, "finding"), machines.join(", ")),
    }
}
