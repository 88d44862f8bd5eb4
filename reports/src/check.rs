//! A check of a machine as text: a line a dialogue, and of what is wrong the rule, what was sent and what came back.

use std::fmt::Write as _;

use oracle::called;
use oracle::check::{Checked, Ending, Line, Wrong};
use oracle::verdict::Sign;

use crate::clean;

/// Columns that a line may take.
const WIDTH: usize = 80;
/// Columns of the names of dialogues.
const NAME: usize = 18;
/// What stands before the text of a detail.
const DETAIL: usize = 12;
/// Lines that a detail may take.
const LINES: usize = 3;

/// The whole screen. `next` is the command that runs a right machine on the cases, as it is typed behind this program.
pub fn screen(checked: &Checked, next: &str) -> String {
    let mut text = format!("{}\n\n", heading(checked));
    for line in &checked.lines {
        text += &self::line(line);
    }
    let _ = write!(text, "\n{}", conclusion(checked, next));
    clean::screen(&text)
}

/// What the machine says of itself, and what it is asked.
fn heading(checked: &Checked) -> String {
    let Some(hello) = &checked.hello else { return "a machine that does not say hello".into() };
    let cases = match &checked.subject {
        Some((subject, profile)) => format!(" · cases of {subject} in {profile}"),
        None => String::new(),
    };
    let protocol = hello.protocol.number();
    clean::line(&format!("{} {} · protocol {protocol}{cases}", hello.name, hello.version))
}

fn line(line: &Line) -> String {
    let dialogue = line.dialogue;
    let sign = match (&line.ending, dialogue.required) {
        (Ending::Right, _) => Sign::Agree.symbol(),
        (Ending::Wrong(_), true) => Sign::Differ.symbol(),
        (Ending::Wrong(_), false) => '!',
        (Ending::NotShown(_), _) => Sign::NotRun.symbol(),
    };
    let mut text = format!(" {sign} {:NAME$} {}\n", dialogue.name, dialogue.about);
    let details = match &line.ending {
        Ending::Right => Vec::new(),
        Ending::NotShown(why) => vec![("why", why.as_str())],
        Ending::Wrong(Wrong { why, sent, came }) => {
            let note =
                if dialogue.required { "" } else { "does not fail the check: Lockstep never sends it" };
            vec![
                ("but", why.as_str()),
                ("rule", dialogue.rule),
                ("sent", sent),
                ("came", came),
                ("note", note),
            ]
        }
    };
    for (name, detail) in details.into_iter().filter(|(_, detail)| !detail.is_empty()) {
        text += &self::detail(name, detail);
    }
    text
}

/// A detail under its name, on a few lines.
fn detail(name: &str, detail: &str) -> String {
    let width = WIDTH - DETAIL - 2;
    let characters: Vec<char> = clean::line(detail).chars().collect();
    let mut rest = &characters[..];
    let mut text = String::new();
    for number in 1..=LINES {
        // A line is broken behind a blank, if there is one not too far from its end.
        let near = rest.len().min(width);
        let blank = rest[..near].iter().rposition(|&it| it == ' ').filter(|&at| at > width / 2);
        let end = if rest.len() <= width { near } else { blank.map_or(near, |at| at + 1) };
        let more = if number == LINES && end < rest.len() { "…" } else { "" };
        let part: String = rest[..end].iter().collect();
        let name = if number == 1 { format!("{name}:") } else { String::new() };
        let _ = writeln!(text, "  {name:>0$} {1}{more}", DETAIL - 3, part.trim_end());
        rest = &rest[end..];
        if rest.is_empty() {
            break;
        }
    }
    text
}

/// How many are right and wrong, and what to do next.
fn conclusion(checked: &Checked, next: &str) -> String {
    let right = |it: &Ending| *it == Ending::Right;
    let wrong = |it: &Ending| matches!(it, Ending::Wrong(_));
    let not_shown = |it: &Ending| matches!(it, Ending::NotShown(_));
    let both = |of: &dyn Fn(&Ending) -> bool| checked.count(true, of) + checked.count(false, of);
    let advice = match checked.count(false, wrong) {
        0 => String::new(),
        count => format!(", {count} to think about"),
    };
    let exit = checked.exit();
    let next = match exit {
        oracle::report::Exit::Conformant => format!("next: {} {}\n", called(), clean::line(next)),
        _ => String::new(),
    };
    format!(
        "{} right, {} wrong, {} not shown{advice}: exit status {}\n{next}",
        both(&right),
        checked.count(true, wrong),
        both(&not_shown),
        exit as u8
    )
}
