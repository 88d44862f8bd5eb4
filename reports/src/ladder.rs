//! What to implement next, as text.

use std::cmp::Reverse;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use oracle::report::{Ladder, Rung};
use oracle::verdict::Sign;

use crate::clean;
use crate::numbers::{grouped, plural};

/// How many topics a line names.
const NAMED: usize = 3;
/// How many reasons are shown.
const REASONS: usize = 8;

/// The ladder in a line, as it stands at the end of a run.
pub fn line(ladder: &Ladder) -> String {
    let Ladder { subject, machine, implemented, next, .. } = ladder;
    let next = match &next[..] {
        [] => "nothing is missing".into(),
        [first, others @ ..] => {
            let others = others.iter().filter(|rung| rung.cases > 0).take(NAMED - 1);
            let others: String = others.map(|rung| format!(", {}", rung.topic)).collect();
            format!("next {} (opens {}){others}", first.topic, opens(first))
        }
    };
    let topics = ladder.topics();
    clean::line(&format!("{subject} {machine}: {} of {topics}; {next}", implemented.len()))
}

fn opens(rung: &Rung) -> String {
    match rung.vectors {
        0 => plural(rung.cases, "case"),
        vectors => format!("{}, {}", plural(rung.cases, "case"), plural(vectors, "vector")),
    }
}

/// All of it: every topic with what it opens, and the reasons that were given.
pub fn screen(ladders: &[Ladder]) -> String {
    let texts: Vec<String> = ladders.iter().map(whole).collect();
    clean::screen(&texts.join("\n"))
}

fn whole(ladder: &Ladder) -> String {
    let mut text = format!("{}\n", line(ladder));
    let (opening, others): (Vec<&Rung>, Vec<&Rung>) = ladder.next.iter().partition(|rung| rung.cases > 0);
    if !opening.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["next", "opens cases", "vectors"]);
        for Rung { topic, cases, vectors } in opening {
            table.add_row([clean::line(topic), grouped(*cases), grouped(*vectors)]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for row in table.trim_fmt().lines() {
            let _ = writeln!(text, "  {row}");
        }
    }
    if !others.is_empty() {
        let others: Vec<&str> = others.iter().map(|rung| rung.topic.as_str()).collect();
        text += &folded("   only with others: ", &others);
    }
    let mut reasons: Vec<_> = ladder.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| Reverse(**count));
    for (reason, count) in reasons.iter().take(REASONS) {
        let sign = Sign::Unsupported.symbol();
        let reason = if reason.is_empty() { "no reason given" } else { reason };
        let _ =
            writeln!(text, "   {sign} {} × {}", grouped(**count), oracle::printable::printable(reason, 60));
    }
    if reasons.len() > REASONS {
        let _ = writeln!(text, "   and {} more reasons", reasons.len() - REASONS);
    }
    text
}

/// Words after a title, on lines of at most 80 columns.
fn folded(title: &str, words: &[&str]) -> String {
    let indent = " ".repeat(title.chars().count());
    let mut text = title.to_owned();
    let mut column = title.chars().count();
    for (at, word) in words.iter().enumerate() {
        let word = format!("{}{}", clean::line(word), if at + 1 < words.len() { ", " } else { "" });
        let width = word.trim_end().chars().count();
        if column + width > 80 && column > indent.len() {
            text.truncate(text.trim_end().len());
            text += &format!("\n{indent}");
            column = indent.len();
        }
        column += word.chars().count();
        text += &word;
    }
    text + "\n"
}
