//! One screen for the terminal: lanes, coverage, ledger, first differences. Readable without colour.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use oracle::report::{Exit, LaneReport, Measurement, Part, Report};
use oracle::verdict::{Sign, Verdict};

use crate::{clean, coverage, finding, ladder};

pub(crate) use crate::coverage::reached;

/// Findings shown in full.
const SHOWN: usize = 3;

/// The whole screen. Nothing of it is obeyed by a terminal, or by GitHub, which reads it.
pub fn screen(report: &Report) -> String {
    let mut text = format!("{}\n\n{}\n\n", heading(report), lanes(&report.lanes));
    for lane in report.lanes.iter().filter(|lane| !lane.ran()) {
        let _ = writeln!(text, "{}", skipped(lane));
    }
    text += &unsupported(&report.lanes);
    text += &coverage::text(report);
    let _ = writeln!(text, "\n{}", ledger(report));
    text += &measurements(&report.measurements);
    for part in &report.parts {
        let _ = writeln!(text, "{}", self::part(part));
    }
    for warning in report.all_warnings() {
        let _ = writeln!(text, "warning: {}", clean::line(&warning));
    }
    let explained = || report.findings.iter().filter(|finding| finding.explained);
    for finding in explained().take(SHOWN) {
        let _ = write!(text, "\n{}", finding::text(finding));
    }
    for finding in explained().skip(SHOWN) {
        let _ = writeln!(text, "\n{}\n  {}", finding::headline(finding), clean::line(&finding.replay));
    }
    text += &ladders(report);
    let _ = write!(text, "\n{}", conclusion(report));
    clean::screen(&text)
}

/// What fixes the run, in a line.
pub(crate) fn heading(report: &Report) -> String {
    let commit = report.commit.as_deref().map_or(String::new(), |commit| format!(" · commit {commit}"));
    let parts: Vec<String> = report.shards.parts.iter().map(ToString::to_string).collect();
    let shard = match report.shards.of {
        1 => String::new(),
        of => format!(" · shard {}/{of}", parts.join("+")),
    };
    let topics =
        if report.topics.is_empty() { String::new() } else { format!(" · {}", report.topics.join(" ")) };
    clean::line(&format!("seed {}{commit}{shard}{topics} · {:.1} s", report.seed, report.seconds))
}

/// The lanes that ran, a line each.
fn lanes(lanes: &[LaneReport]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let verdicts = Verdict::ALL.map(Verdict::name);
    table.set_header(["", "subject", "lane", "cases"].into_iter().chain(verdicts).chain(["cases/s"]));
    for lane in lanes.iter().filter(|lane| lane.ran()) {
        let speed =
            if lane.oracle_seconds > 0.0 { format!("{:.0}", lane.cases_per_second()) } else { "-".into() };
        let sign = lane.counts.sign().symbol().to_string();
        let counts = Verdict::ALL.map(|verdict| lane.counts.of(verdict).to_string());
        let name = [sign, clean::line(&lane.subject), clean::line(&lane.lane.to_string())];
        table.add_row(name.into_iter().chain([lane.cases.to_string()]).chain(counts).chain([speed]));
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// Why a lane did not run.
pub(crate) fn skipped(lane: &LaneReport) -> String {
    let because = lane.skipped_because.as_deref().unwrap_or_default();
    let required = if lane.required { ", although it is required" } else { "" };
    clean::line(&format!("skipped {} {}{required}: {because}", lane.subject, lane.lane))
}

/// What was not implemented, the most frequent reason of each lane.
fn unsupported(lanes: &[LaneReport]) -> String {
    let mut text = String::new();
    for lane in lanes.iter().filter(|lane| lane.counts.unsupported > 0) {
        let reasons = &lane.unsupported_by_reason;
        let most = reasons.iter().max_by_key(|(_, count)| **count);
        let reason = most.map_or(String::new(), |(reason, count)| format!(": {reason} ({count})"));
        let more = match reasons.len() {
            0 | 1 => String::new(),
            more => format!(" and {} more reasons", more - 1),
        };
        let sign = Sign::Unsupported.symbol();
        let line = format!(
            "{sign} {} {}: {} unsupported{reason}{more}",
            lane.subject, lane.lane, lane.counts.unsupported
        );
        let _ = writeln!(text, "{}", clean::line(&line));
    }
    text
}

/// What each program should implement next.
fn ladders(report: &Report) -> String {
    let lines = report.ladders.iter().map(|it| format!("\nladder: {}\n", ladder::line(it)));
    lines.collect()
}

fn ledger(report: &Report) -> String {
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for (row, count) in report.lanes.iter().flat_map(|lane| &lane.known_by_row) {
        *known.entry(row).or_default() += count;
    }
    let problems: Vec<String> = report.ledger.all_problems().collect();
    let mut text = format!("ledger: {} rows, {} problems", report.ledger.rows.len(), problems.len());
    if !known.is_empty() {
        let known: Vec<String> = known.iter().map(|(row, count)| format!("{row} {count}")).collect();
        let _ = write!(text, "; known differences: {}", known.join(", "));
    }
    for problem in problems {
        let _ = write!(text, "\n  {}", clean::line(&problem));
    }
    text
}

/// How many there are, and those out of their bounds.
fn measurements(measurements: &[Measurement]) -> String {
    if measurements.is_empty() {
        return String::new();
    }
    let bounded = |m: &&Measurement| m.at_most.is_some() || m.at_least.is_some();
    let out = || measurements.iter().filter(|measurement| !measurement.holds());
    let mut text = format!(
        "measurements: {}, {} with bounds, {} out of them\n",
        measurements.len(),
        measurements.iter().filter(bounded).count(),
        out().count()
    );
    for Measurement { group, name, value, unit, at_most, at_least } in out() {
        let bound =
            |word: &str, bound: &Option<f64>| bound.map_or(String::new(), |b| format!(", {word} {b} {unit}"));
        let (most, least) = (bound("at most", at_most), bound("at least", at_least));
        let _ = writeln!(text, "  {}", clean::line(&format!("{group} {name}: {value} {unit}{most}{least}")));
    }
    text
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
    let ran = report.lanes.iter().filter(|lane| lane.ran());
    let cases: u64 = ran.map(|lane| lane.cases).sum();
    let exit = report.exit();
    format!("{exit}: {cases} cases, exit status {}\n", exit as u8)
}
