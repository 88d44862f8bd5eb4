//! What a run of several jobs came to, in one paragraph.

use oracle::report::Report;

/// The paragraph.
pub fn paragraph(report: &Report) -> String {
    let ran: Vec<_> = report.lanes.iter().filter(|lane| lane.skipped_because.is_none()).collect();
    let sum = |count: fn(&oracle::report::LaneReport) -> u64| ran.iter().map(|lane| count(lane)).sum::<u64>();
    let (all, hit) =
        report.coverage.iter().map(|coverage| coverage.totals()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let out = report.measurements.iter().filter(|measurement| !measurement.holds()).count();
    let exit = report.exit();
    let mut text = format!(
        "{exit}: {} cases on {} lanes, {} of them differ in {} groups, {} known; {hit} of {all} coverage points; {} figures, {out} out of bounds.",
        sum(|lane| lane.cases),
        ran.len(),
        sum(|lane| lane.differ),
        report.findings.len(),
        sum(|lane| lane.known),
        report.measurements.len(),
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
    text + &format!(" Seed {}, exit status {}.", report.seed, exit as u8)
}
