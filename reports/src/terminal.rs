//! One screen for the terminal: lanes, coverage, ledger, first differences. Readable without colour.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use oracle::coverage::ProfileCoverage;
use oracle::report::{Blame, Exit, Finding, LaneReport, Measurement, Part, Report};

/// Findings shown in full.
const SHOWN: usize = 3;

/// The whole screen.
pub fn screen(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", heading(report));
    let _ = writeln!(text, "{}\n", lanes(&report.lanes));
    for lane in report.lanes.iter().filter(|lane| lane.skipped_because.is_some()) {
        let because = lane.skipped_because.as_deref().unwrap_or_default();
        let _ = writeln!(text, "skipped {} {}: {because}", lane.subject, lane.name);
    }
    for profiles in report.coverage.chunk_by(|a, b| a.subject == b.subject) {
        let _ = writeln!(text, "\n{}", coverage(profiles, report.gates_coverage()));
    }
    let _ = writeln!(text, "{}", ledger(report));
    text += &measurements(&report.measurements);
    for part in &report.parts {
        let _ = writeln!(text, "{}", self::part(part));
    }
    for warning in report.all_warnings() {
        let _ = writeln!(text, "warning: {warning}");
    }
    let explained = || report.findings.iter().filter(|finding| finding.explained);
    for finding in explained().take(SHOWN) {
        let _ = write!(text, "\n{}", self::finding(finding));
    }
    for finding in explained().skip(SHOWN) {
        let _ = writeln!(text, "\n{}\n  {}", headline(finding), finding.replay);
    }
    let _ = write!(text, "\n{}", conclusion(report));
    text
}

/// What fixes the run, in a line.
pub(crate) fn heading(report: &Report) -> String {
    let commit = report.commit.as_deref().map_or(String::new(), |commit| format!(" · commit {commit}"));
    let parts: Vec<String> = report.shards.parts.iter().map(ToString::to_string).collect();
    let shard = match report.shards.of {
        1 => String::new(),
        of => format!(" · shard {}/{of}", parts.join("+")),
    };
    let opcodes =
        if report.opcodes.is_empty() { String::new() } else { format!(" · {}", report.opcodes.join(" ")) };
    format!("seed {}{commit}{shard}{opcodes} · {:.1} s", report.seed, report.seconds)
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

fn right_align(table: &mut Table, from: usize) {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// The lanes that ran, a line each.
fn lanes(lanes: &[LaneReport]) -> String {
    let mut table = plain_table();
    table.set_header([
        "subject",
        "lane",
        "cases",
        "agree",
        "known",
        "differ",
        "oracle fault",
        "unsupported",
        "not run",
        "cases/s",
    ]);
    for lane in lanes.iter().filter(|lane| lane.skipped_because.is_none()) {
        let speed =
            if lane.oracle_seconds > 0.0 { format!("{:.0}", lane.cases_per_second()) } else { "-".into() };
        let row = [lane.subject.clone(), lane.name.clone()]
            .into_iter()
            .chain(lane.counts().map(|count| count.to_string()))
            .chain([speed]);
        table.add_row(row);
    }
    right_align(&mut table, 2);
    table.trim_fmt()
}

/// Rows by groups of points: hit of all, both profiles together; then the holes. Where cases were left out, holes say
/// nothing, and rows that were never reached are left out too.
fn coverage(profiles: &[ProfileCoverage], whole: bool) -> String {
    let groups: Vec<&str> =
        profiles.first().map_or(Vec::new(), |first| first.groups.iter().map(String::as_str).collect());
    let mut cells: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut rows: Vec<&str> = Vec::new();
    for row in profiles.iter().flat_map(|profile| &profile.rows) {
        if !rows.contains(&row.name.as_str()) {
            rows.push(&row.name);
        }
        for point in &row.points {
            let (hit, all) = cells.entry((&row.name, &point.group)).or_default();
            *hit += usize::from(point.hits > 0);
            *all += 1;
        }
    }
    let mut table = plain_table();
    let subject = profiles.first().map_or("", |profile| profile.subject.as_str());
    table.set_header(std::iter::once(subject).chain(groups.iter().copied()));
    for row in rows {
        let cell = |group: &&str| match cells.get(&(row, *group)) {
            Some((hit, all)) => format!("{hit}/{all}"),
            None => String::new(),
        };
        let reached = cells.iter().any(|((of, _), (hit, _))| *of == row && *hit > 0);
        table.add_row_if(
            |_, _| whole || reached,
            std::iter::once(row.to_owned()).chain(groups.iter().map(cell)),
        );
    }
    right_align(&mut table, 1);
    let mut text = table.trim_fmt() + "\n";
    for profile in profiles {
        let (all, hit) = profile.totals();
        let _ =
            writeln!(text, "coverage of {} in {}: {hit} of {all} points", profile.subject, profile.profile);
        if !whole {
            continue;
        }
        let mut holes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (row, point) in profile.holes() {
            holes.entry(row).or_default().push(point);
        }
        for (row, points) in holes {
            let _ = writeln!(text, "  hole: {row} {}", points.join(", "));
        }
    }
    text
}

fn ledger(report: &Report) -> String {
    let problems: Vec<String> = report.ledger.all_problems().collect();
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for (row, count) in report.lanes.iter().flat_map(|lane| &lane.known_by_row) {
        *known.entry(row).or_default() += count;
    }
    let mut text = format!("ledger: {} rows, {} problems", report.ledger.rows.len(), problems.len());
    if !known.is_empty() {
        let known: Vec<String> = known.iter().map(|(row, count)| format!("{row} {count}")).collect();
        let _ = write!(text, "; known differences: {}", known.join(", "));
    }
    for problem in problems {
        let _ = write!(text, "\n  {problem}");
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
        let _ = writeln!(text, "  {group} {name}: {value} {unit}{most}{least}");
    }
    text
}

/// What became of a job.
pub fn part(part: &Part) -> String {
    let Part { name, exit, skipped_because, seconds } = part;
    match (exit, skipped_because) {
        (Some(exit), because) => {
            let because = because.as_ref().map_or(String::new(), |because| format!(", {because}"));
            format!("{name}: {}, exit status {exit}, {seconds:.1} s{because}", Exit::from_status(*exit))
        }
        (None, because) => format!("skipped {name}: {}", because.as_deref().unwrap_or("it has not run")),
    }
}

fn headline(finding: &Finding) -> String {
    let fields: Vec<&str> = finding.differences.iter().map(|difference| difference.field.as_str()).collect();
    let what = match &finding.failure {
        Some(failure) if finding.blame == Blame::Oracle => format!("the oracle: {failure}"),
        Some(failure) => failure.clone(),
        None => format!("differs in {}", fields.join(", ")),
    };
    let Finding { subject, lane, topic, count, case, .. } = finding;
    format!("{subject} {lane} {topic}: {what} ({count} cases, e.g. {case})")
}

/// A finding in full: what differs, in which case, from which state, and how to see it again.
pub fn finding(finding: &Finding) -> String {
    let mut text = format!("{}\n", headline(finding));
    if let Some(step) = finding.step.filter(|&step| step > 1) {
        let _ = writeln!(text, "  first at step {step}; that step alone, made small:");
    }
    for line in finding.listing.lines() {
        let _ = writeln!(text, "  {line}");
    }
    if !finding.expected.is_empty() && !finding.got.is_empty() {
        let _ = writeln!(text, "{}", indent(&side_by_side(finding)));
    }
    if let Some(row) = &finding.resembles {
        let _ = writeln!(text, "  ledger row {row} describes just this, for the other profile");
    }
    let _ = writeln!(text, "  vector: {}\n  replay: {}", finding.file, finding.replay);
    text
}

/// Every field that any of the three states has a say in, marked where oracle and machine differ.
fn side_by_side(finding: &Finding) -> String {
    let value = |fields: &[(String, String)], name: &str| {
        fields.iter().find(|(field, _)| field == name).map_or("-".to_owned(), |(_, value)| value.clone())
    };
    let mut table = plain_table();
    table.set_header(["", "field", "before", "oracle", "machine"]);
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in finding.expected.iter().chain(&finding.got).chain(&finding.before) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let (before, expected, got) =
            (value(&finding.before, name), value(&finding.expected, name), value(&finding.got, name));
        if before == expected && expected == got {
            continue;
        }
        let mark = if expected == got { "" } else { ">" };
        table.add_row([mark, name, &before, &expected, &got]);
    }
    table.trim_fmt()
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The verdict over all, in a sentence.
pub(crate) fn conclusion(report: &Report) -> String {
    let ran = report.lanes.iter().filter(|lane| lane.skipped_because.is_none());
    let cases: u64 = ran.map(|lane| lane.cases).sum();
    let exit = report.exit();
    format!("{exit}: {cases} cases, exit status {}\n", exit as u8)
}
