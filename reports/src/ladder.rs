//! What to implement next, as text.

use std::cmp::Reverse;
use std::fmt::Write as _;

use oracle::report::{Ladder, Rung};
use oracle::verdict::Sign;

use crate::clean;
use crate::layout::{folded, laid_out, table};
use crate::numbers::{grouped, plural};

/// How many topics a line names.
const NAMED: usize = 3;
/// How many reasons are shown.
const REASONS: usize = 8;

/// The ladder in a line, as it stands at the end of a run.
pub fn line(ladder: &Ladder) -> String {
    let Ladder { subject, machine, implemented, next, .. } = ladder;
    let next = match &next[..] {
        [] => "it refuses nothing".into(),
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

/// All of it: every topic with what it opens, and the reasons that were given, on lines of at most so many columns.
pub fn screen(ladders: &[Ladder], width: usize) -> String {
    let texts: Vec<String> = ladders.iter().map(|ladder| whole(ladder, width)).collect();
    clean::screen(&texts.join("\n"))
}

fn whole(ladder: &Ladder, width: usize) -> String {
    let mut text = format!("{}\n", line(ladder));
    let (opening, others): (Vec<&Rung>, Vec<&Rung>) = ladder.next.iter().partition(|rung| rung.cases > 0);
    if !opening.is_empty() {
        let mut table = table(["next", "opens cases", "vectors"]);
        for Rung { topic, cases, vectors } in opening {
            table.add_row([clean::line(topic), grouped(*cases), grouped(*vectors)]);
        }
        text += &laid_out(table, width, 2);
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|rung| clean::line(&rung.topic)).collect();
        let title = "   only with others: ";
        let _ = writeln!(text, "{}", folded(&format!("{title}{}", others.join(", ")), width, title.len()));
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
