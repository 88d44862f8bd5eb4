//! A replay, step by step. Machines that agree share a line; one that does not gets its own.

use std::fmt::Write as _;

use oracle::replay::{MachineRun, NoOutcome, Replay};
use oracle::subject::{State, TraceStep};

use crate::clean;
use crate::finding::shown;

/// The replay for people.
pub fn text(replay: &Replay) -> String {
    let mut text = format!("{} in profile {} (rule {})\n", replay.name, replay.profile, replay.rule);
    if !replay.note.is_empty() {
        let _ = writeln!(text, "{}", replay.note);
    }
    let _ = writeln!(text, "{}", replay.listing.trim_end());
    let steps = replay.runs.iter().map(|run| run.trace.len()).max().unwrap_or(0);
    for step in 0..steps {
        for (runs, line) in by_equality(&replay.runs, step) {
            let before = step.checked_sub(1).and_then(|before| runs[0].trace.get(before));
            let before = before.map_or(&replay.start, |line| &line.state);
            let names: Vec<&str> = runs.iter().map(|run| run.machine.as_str()).collect();
            let all = replay.runs.iter().filter(|run| run.trace.len() > step).count();
            let who = if runs.len() == all { String::new() } else { names.join(", ") };
            let (what, changes) = (clean::line(&line.what), changes(before, &line.state));
            let _ = writeln!(text, "{:>4}  {what}  {changes}  {who}", step + 1);
        }
    }
    for run in &replay.runs {
        let _ = writeln!(text, "{}", result(run));
    }
    clean::screen(&text)
}

/// The distinct lines of a step, each with the runs that have it.
fn by_equality(runs: &[MachineRun], step: usize) -> Vec<(Vec<&MachineRun>, &TraceStep)> {
    let mut found: Vec<(Vec<&MachineRun>, &TraceStep)> = Vec::new();
    for run in runs {
        let Some(line) = run.trace.get(step) else { continue };
        match found.iter_mut().find(|(_, known)| *known == line) {
            Some((machines, _)) => machines.push(run),
            None => found.push((vec![run], line)),
        }
    }
    found
}

fn changes(before: &State, after: &State) -> String {
    let changed = after.changes_since(before).fields;
    changed.iter().map(|it| format!("{}={}", it.path, shown(&it.value))).collect::<Vec<_>>().join(" ")
}

fn result(run: &MachineRun) -> String {
    let name = clean::line(&run.machine);
    match &run.result {
        Err(NoOutcome::Unsupported(why)) => format!("{name}: unsupported: {}", clean::line(why)),
        Err(NoOutcome::Failed(why)) => format!("{name}: failed: {}", clean::line(why)),
        Ok(end) if run.differences.is_empty() => {
            // The first field is the most telling one.
            let first = end.fields.first().map(|first| format!(" ({} {})", first.path, shown(&first.value)));
            format!("{name}: as expected{}", first.unwrap_or_default())
        }
        Ok(_) => {
            let mut text = format!("{name}: differs");
            for difference in &run.differences {
                let (expected, got) = (difference.expected_text(), difference.got_text());
                let line = format!("{}: expected {expected}, got {got}", difference.path);
                let _ = write!(text, "\n  {}", clean::line(&line));
            }
            text
        }
    }
}
