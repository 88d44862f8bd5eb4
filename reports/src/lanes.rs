//! The lanes of a result as text: those that ran in a table, those that did not with their reasons.

use std::fmt::Write as _;

use oracle::report::{LaneReport, Report, SampleReport};
use oracle::verdict::{Sign, Verdict};

use crate::clean;
use crate::layout::{columns, folded, table};
use crate::numbers::{grouped, rate};

/// The lanes that ran, by subject. Columns in which nothing is counted, and speeds, are left out if there is no room for
/// them; if there is none for the others, the counts stand in words.
pub(crate) fn text(report: &Report, width: usize) -> String {
    let ran: Vec<&LaneReport> = report.lanes.iter().filter(|lane| lane.ran()).collect();
    if ran.is_empty() {
        return String::new();
    }
    let is_counted = |verdict: &Verdict| {
        ran.iter().any(|lane| lane.counts.of(*verdict) > 0)
            || [Verdict::Agree, Verdict::Differ].contains(verdict)
    };
    let counted: Vec<Verdict> = Verdict::ALL.into_iter().filter(is_counted).collect();
    let has_speed = ran.iter().any(|lane| lane.oracle_seconds > 0.0);
    let tables = [(&Verdict::ALL[..], has_speed), (&counted, has_speed), (&counted, false)];
    let tables = tables.map(|(verdicts, speeds)| in_columns(&ran, verdicts, speeds));
    tables.into_iter().find(|table| columns(table) <= width).unwrap_or_else(|| in_words(&ran, width))
}

fn name(lane: &LaneReport) -> String {
    clean::line(&format!(" {} {}", lane.sign().symbol(), lane.lane))
}

/// Where a subject begins.
fn begins<'a>(lanes: &[&'a LaneReport], at: usize) -> Option<&'a str> {
    let subject = lanes[at].subject.as_str();
    (at == 0 || lanes[at - 1].subject != subject).then_some(subject)
}

fn in_columns(lanes: &[&LaneReport], verdicts: &[Verdict], speeds: bool) -> String {
    let names = verdicts.iter().map(|verdict| verdict.name());
    let mut table = table(["", "cases"].into_iter().chain(names).chain(speeds.then_some("speed")));
    for (at, lane) in lanes.iter().enumerate() {
        if let Some(subject) = begins(lanes, at) {
            table.add_row([clean::line(subject)]);
        }
        let counts = verdicts.iter().map(|&verdict| grouped(lane.counts.of(verdict)));
        let speed = if lane.oracle_seconds > 0.0 { rate(lane.cases_per_second()) } else { "-".to_owned() };
        let numbers = [name(lane), grouped(lane.cases)].into_iter().chain(counts);
        table.add_row(numbers.chain(speeds.then_some(speed)));
    }
    format!("{}\n", table.trim_fmt())
}

fn in_words(lanes: &[&LaneReport], width: usize) -> String {
    let mut text = String::new();
    for (at, lane) in lanes.iter().enumerate() {
        if let Some(subject) = begins(lanes, at) {
            let _ = writeln!(text, "{}", folded(&clean::line(subject), width, 2));
        }
        let counted = Verdict::ALL.into_iter().filter(|&verdict| lane.counts.of(verdict) > 0);
        let counts: Vec<String> =
            counted.map(|it| format!("{} {}", grouped(lane.counts.of(it)), it.name())).collect();
        let line = format!("{}: {} cases: {}", name(lane), grouped(lane.cases), counts.join(", "));
        let _ = writeln!(text, "{}", folded(&line, width, 4));
    }
    text
}

/// The lanes that did not run, those of one reason together.
pub(crate) fn skipped_lanes(report: &Report, width: usize) -> String {
    let mut reasons: Vec<(&LaneReport, Vec<String>)> = Vec::new();
    for lane in report.lanes.iter().filter(|lane| !lane.ran()) {
        let key = |of: &LaneReport| (of.subject.clone(), of.required, of.skipped_because.clone());
        match reasons.iter_mut().find(|(first, _)| key(first) == key(lane)) {
            Some((_, lanes)) => lanes.push(lane.lane.to_string()),
            None => reasons.push((lane, vec![lane.lane.to_string()])),
        }
    }
    let line = |(first, lanes): (&LaneReport, Vec<String>)| {
        format!("{}\n", folded(&because(first, &lanes.join(", ")), width, 2))
    };
    reasons.into_iter().map(line).collect()
}

/// Why a lane did not run.
pub(crate) fn skipped(lane: &LaneReport) -> String {
    because(lane, &lane.lane.to_string())
}

fn because(LaneReport { subject, skipped_because, required, .. }: &LaneReport, lanes: &str) -> String {
    let because = skipped_because.as_deref().unwrap_or_default();
    let required = if *required { ", although it is required" } else { "" };
    clean::line(&format!("skipped {subject} {lanes}{required}: {because}"))
}

/// The lanes that had a part of the cases, those of one sample together.
pub(crate) fn samples(report: &Report, width: usize) -> String {
    let mut told: Vec<(&str, &str, u64)> = Vec::new();
    let mut text = String::new();
    for lane in &report.lanes {
        let Some(SampleReport { what, of }) = &lane.sample else { continue };
        let sample = (lane.subject.as_str(), what.as_str(), *of);
        if told.contains(&sample) {
            continue;
        }
        told.push(sample);
        let is_same = |it: &&LaneReport| it.subject == lane.subject && it.sample == lane.sample;
        let lanes: Vec<&LaneReport> = report.lanes.iter().filter(is_same).collect();
        let _ = writeln!(text, "{}", folded(&sampled(&lanes), width, 2));
    }
    text
}

/// Which cases lanes of one sample had.
pub(crate) fn sampled(lanes: &[&LaneReport]) -> String {
    let [LaneReport { subject, sample: Some(SampleReport { what, of }), .. }, ..] = lanes else {
        return String::new();
    };
    let cases = |lane: &&LaneReport| format!("{} {}", lane.lane, grouped(lane.cases));
    let cases = lanes.iter().map(cases).collect::<Vec<_>>().join(", ");
    clean::line(&format!(
        "sample {subject}: {cases} of {} cases: the vectors, and {what}; a lane that is named (--lane, --only) has all",
        grouped(*of)
    ))
}

/// What each machine has not answered, with the most frequent reason.
pub(crate) fn unsupported(report: &Report, width: usize) -> String {
    let mut text = String::new();
    let mut told: Vec<(&str, &str)> = Vec::new();
    for LaneReport { subject, lane, .. } in report.lanes.iter().filter(|lane| lane.counts.unsupported > 0) {
        let who = (subject.as_str(), lane.machine.as_str());
        if told.contains(&who) {
            continue;
        }
        told.push(who);
        let is_own = |of: &&LaneReport| (of.subject.as_str(), of.lane.machine.as_str()) == who;
        let _ = writeln!(text, "{}", folded(&reason(report.lanes.iter().filter(is_own), who), width, 2));
    }
    text
}

fn reason<'a>(lanes: impl Iterator<Item = &'a LaneReport>, (subject, machine): (&str, &str)) -> String {
    let mut reasons: Vec<(&str, u64)> = Vec::new();
    let (mut cases, mut on) = (0, 0);
    for lane in lanes.filter(|lane| lane.counts.unsupported > 0) {
        cases += lane.counts.unsupported;
        on += 1;
        for (reason, count) in &lane.unsupported_by_reason {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, known)) => *known += count,
                None => reasons.push((reason, *count)),
            }
        }
    }
    let most = reasons.iter().max_by_key(|(_, count)| *count);
    let most = most.map_or(String::new(), |(reason, count)| format!(": {reason} ({})", grouped(*count)));
    let more = match reasons.len() {
        0 | 1 => String::new(),
        2 => " and 1 more reason".into(),
        more => format!(" and {} more reasons", more - 1),
    };
    let on = if on == 1 { "1 lane".into() } else { format!("{on} lanes") };
    let (sign, cases) = (Sign::Unsupported.symbol(), grouped(cases));
    clean::line(&format!("{sign} {subject} {machine}: {cases} unsupported on {on}{most}{more}"))
}
