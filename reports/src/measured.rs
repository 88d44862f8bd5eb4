//! What was measured beside verdicts, as text: name, value, bound.

use std::fmt::Write as _;

use oracle::report::{Measurement, Report};

use crate::clean;
use crate::layout::{laid_out, table};
use crate::numbers::figure;

/// How many are shown if none is out of its bounds.
const SHOWN: usize = 60;

/// Those out of their bounds. Of a result that is about nothing else, all, unless they are very many.
pub(crate) fn text(report: &Report, width: usize) -> String {
    let all = &report.measurements;
    if all.is_empty() {
        return String::new();
    }
    let is_bounded = |it: &&Measurement| it.at_most.is_some() || it.at_least.is_some();
    let mut text = format!(
        "measurements: {}, {} with bounds, {} out of them\n",
        all.len(),
        all.iter().filter(is_bounded).count(),
        out(all)
    );
    let are_all_shown = report.lanes.is_empty() && all.len() <= SHOWN;
    let mut table = table(["", "value", "bound"]);
    let mut group = None;
    for measurement in all.iter().filter(|it| are_all_shown || !it.holds()) {
        if group != Some(&measurement.group) {
            group = Some(&measurement.group);
            table.add_row([clean::line(&measurement.group)]);
        }
        table.add_row(row(measurement));
    }
    if !table.is_empty() {
        text += &laid_out(table, width, 2);
    }
    if report.lanes.is_empty() && !are_all_shown {
        let _ = writeln!(text, "  all of them are on the page, under Figures");
    }
    text
}

/// How many are out of their bounds.
pub(crate) fn out(measurements: &[Measurement]) -> usize {
    measurements.iter().filter(|measurement| !measurement.holds()).count()
}

fn row(measurement: &Measurement) -> [String; 3] {
    let Measurement { name, value, unit, at_most, at_least, .. } = measurement;
    let sign = if measurement.holds() { " " } else { "✗" };
    let bound = |word: &str, bound: &Option<f64>| bound.map(|bound| format!("{word} {}", figure(bound)));
    let bounds: Vec<String> = [bound("≥", at_least), bound("≤", at_most)].into_iter().flatten().collect();
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    [clean::line(&format!(" {sign} {name}")), clean::line(&(figure(*value) + &unit)), bounds.join(" ")]
}
