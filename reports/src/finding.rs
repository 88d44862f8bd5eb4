//! A finding as text: what differs, in which case, from which state, and how to see it again.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use oracle::report::{Blame, Finding};
use oracle::subject::Value;

use crate::clean;
use crate::states::side_by_side;

/// What it is about, in a line.
pub(crate) fn headline(finding: &Finding) -> String {
    let paths: Vec<String> =
        finding.differences.iter().map(|difference| difference.path.to_string()).collect();
    let what = match &finding.failure {
        Some(failure) if finding.blame == Blame::Oracle => format!("the oracle: {failure}"),
        Some(failure) => failure.clone(),
        None if paths.is_empty() => format!("differs in {}", finding.aspect),
        None => format!("differs in {}", paths.join(", ")),
    };
    let Finding { subject, lane, topic, count, origin, .. } = finding;
    let cases = if *count == 1 { "1 case,".into() } else { format!("{count} cases, e.g.") };
    clean::line(&format!("{subject} {lane} {topic}: {what} ({cases} {origin})"))
}

/// All of it.
pub(crate) fn text(finding: &Finding) -> String {
    let mut text = format!("{}\n", headline(finding));
    if let Some(rule) = &finding.rule {
        let _ = writeln!(text, "  rule: {}", clean::line(rule));
    }
    if finding.explained && !finding.alone {
        let before: Vec<String> = finding.after.iter().map(ToString::to_string).collect();
        let before =
            if before.is_empty() { "of which no sequence was found".into() } else { before.join(", ") };
        let _ = writeln!(
            text,
            "  not if it runs alone: it depends on the cases before it, {}",
            clean::line(&before)
        );
    }
    if let Some(step) = finding.step.filter(|&step| step > 1) {
        let _ = writeln!(text, "  first at step {step}; that step alone, made small:");
    }
    for line in finding.listing.lines() {
        let _ = writeln!(text, "  {}", clean::line(line));
    }
    if !finding.expected.fields.is_empty() && !finding.got.fields.is_empty() {
        for line in states(finding).lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !finding.resembles.is_empty() {
        let rows = clean::line(&finding.resembles.join(" and "));
        let _ = writeln!(text, "  ledger row {rows} describes just this, for another profile");
    }
    for (name, value) in [("vector", finding.place()), ("replay", finding.replay.clone())] {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name}: {}", clean::line(&value));
        }
    }
    text
}

/// Every field that is not the same before, for the oracle and for the machine; marked if the last two differ.
fn states(finding: &Finding) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["", "field", "before", "oracle", "machine"]);
    let states = [&finding.before, &finding.expected, &finding.got];
    for row in side_by_side(states, |[_, expected, got]| expected == got) {
        let mark = if row.values[1] == row.values[2] { "" } else { ">" };
        let values = row.values.map(|value| value.as_ref().map_or("-".into(), shown));
        let [before, expected, got] = values;
        table.add_row([mark.to_owned(), clean::line(&row.path.to_string()), before, expected, got]);
    }
    table.trim_fmt()
}

/// A value within a line.
pub(crate) fn shown(value: &Value) -> String {
    clean::line(&value.to_string())
}
