//! A bug as text: the rule that it breaks, who breaks it and where, the smallest case that shows it, and how to see it again.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use oracle::report::{Blame, Finding};
use oracle::subject::Value;
use oracle::verdict::Sign;

use crate::bugs::{Bug, what};
use crate::clean;
use crate::layout::{command, folded, laid_out};
use crate::numbers::grouped;
use crate::states::side_by_side;

/// The sentence behind its sign, and who does what.
pub(crate) fn headline(bug: &Bug<'_>, width: usize) -> String {
    let lead = bug.lead();
    let (sign, who) = match lead.blame {
        Blame::Machine => (Sign::Differ, bug.machine().to_owned()),
        Blame::Oracle => (Sign::OracleFault, format!("the oracle {}", bug.machine())),
    };
    let sentence = clean::line(&format!("{} {}", sign.symbol(), bug.sentence()));
    let Finding { subject, topic, origin, .. } = lead;
    let seen = lead.rule.as_ref().map_or(String::new(), |_| format!("{}; ", what(lead)));
    let facts = format!("  {who}, {subject} {topic}: {seen}{}, e.g. {origin}", bug.extent());
    format!("{}\n{}\n", folded(&sentence, width, 2), folded(&clean::line(&facts), width, 4))
}

/// All of it.
pub(crate) fn text(bug: &Bug<'_>, width: usize) -> String {
    let finding = bug.lead();
    let mut text = headline(bug, width);
    let mut line = |line: &str| {
        let _ = writeln!(text, "{}", folded(&clean::line(line), width, 4));
    };
    if bug.findings.len() > 1 {
        let mark = |finding: &Finding| {
            let also = if finding.aspect == bug.lead().aspect { "" } else { &*finding.aspect };
            let also = if also.is_empty() { String::new() } else { format!(" in {also}") };
            format!("{} {}{also}", finding.lane, grouped(finding.count))
        };
        let marks: Vec<String> = bug.findings.iter().map(|(_, finding)| mark(finding)).collect();
        line(&format!("  lanes: {}", marks.join(", ")));
    }
    if finding.explained && !finding.alone {
        let before: Vec<String> = finding.after.iter().map(ToString::to_string).collect();
        line(&match before.is_empty() {
            true => "  not if it runs alone, nor again behind the cases before it: --repeat tells whether it is the same \
                     each time"
                .to_owned(),
            false => format!("  not if it runs alone: it depends on the cases before it, {}", before.join(", ")),
        });
    }
    if let Some(step) = finding.step.filter(|&step| step > 1) {
        line(&format!("  first at step {step}; the smallest case that shows it:"));
    }
    finding.listing.lines().for_each(|of_listing| line(&format!("  {of_listing}")));
    if !finding.expected.fields.is_empty() && !finding.got.fields.is_empty() {
        text += &states(finding, width);
    }
    for (_, finding) in bug.findings.iter().filter(|(_, finding)| !finding.resembles.is_empty()) {
        let rows = clean::line(&finding.resembles.join(" and "));
        let lane = clean::line(&finding.lane.to_string());
        let line = format!("  ledger row {rows} describes just what {lane} shows, for another profile");
        let _ = writeln!(text, "{}", folded(&line, width, 4));
    }
    let place = clean::line(&finding.place());
    if !place.is_empty() {
        let _ = writeln!(text, "  vector: {place}");
    }
    if let Some(page) = &finding.page {
        let _ = writeln!(text, "  page: {}", clean::line(page));
    }
    text + &replay(finding, width)
}

/// The command that shows it again, on a line of its own; nothing if there is none.
pub(crate) fn replay(finding: &Finding, width: usize) -> String {
    match finding.replay.as_str() {
        "" => String::new(),
        replay => format!("{}\n", command("  replay:", &clean::line(replay), width)),
    }
}

/// Every field that is not the same before, for the oracle and for the machine; marked if the last two differ.
fn states(finding: &Finding, width: usize) -> String {
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
    laid_out(table, width, 2)
}

/// A value within a line.
pub(crate) fn shown(value: &Value) -> String {
    clean::line(&value.to_string())
}
