//! A replay, step by step. Machines that agree share a line; one that does not gets its own.

use std::fmt::Write as _;

use oracle::replay::{Failure, MachineRun, Replay};
use vectors::TraceLine;

/// The replay for people.
pub fn text(replay: &Replay) -> String {
    let mut text = format!("{} in profile {} (rule {})\n", replay.name, replay.profile, replay.rule);
    if !replay.note.is_empty() {
        let _ = writeln!(text, "{}", replay.note);
    }
    let _ = writeln!(text, "{}", replay.listing.trim_end());
    let steps = replay.runs.iter().map(|run| run.trace.len()).max().unwrap_or(0);
    for step in 0..steps {
        for (machines, line) in by_equality(&replay.runs, step) {
            let before = step.checked_sub(1);
            let run = replay.runs.iter().find(|run| run.machine == machines[0]);
            let previous =
                before.and_then(|step| run?.trace.get(step)).map_or(&replay.start, |line| &line.state);
            let who = if machines.len() == runs_at(&replay.runs, step) {
                String::new()
            } else {
                machines.join(", ")
            };
            let _ =
                writeln!(text, "{:>4}  {}  {}  {who}", step + 1, line.what, changes(previous, &line.state));
        }
    }
    for run in &replay.runs {
        let _ = writeln!(text, "{}", result(run));
    }
    text
}

fn runs_at(runs: &[MachineRun], step: usize) -> usize {
    runs.iter().filter(|run| run.trace.len() > step).count()
}

/// The distinct lines of a step, each with the machines that have it.
fn by_equality(runs: &[MachineRun], step: usize) -> Vec<(Vec<&str>, &TraceLine)> {
    let mut found: Vec<(Vec<&str>, &TraceLine)> = Vec::new();
    for run in runs {
        let Some(line) = run.trace.get(step) else { continue };
        match found.iter_mut().find(|(_, known)| *known == line) {
            Some((machines, _)) => machines.push(&run.machine),
            None => found.push((vec![&run.machine], line)),
        }
    }
    found
}

fn changes(before: &[(String, String)], after: &[(String, String)]) -> String {
    let value = |name: &String| before.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let changed = after.iter().filter(|(name, now)| value(name).is_some_and(|was| was != now));
    changed.map(|(name, now)| format!("{name}={now}")).collect::<Vec<_>>().join(" ")
}

fn result(run: &MachineRun) -> String {
    let name = &run.machine;
    match &run.result {
        Err(Failure::Unsupported(why)) => format!("{name}: unsupported: {why}"),
        Err(Failure::Failed(why)) => format!("{name}: failed: {why}"),
        Ok(fields) if run.differences.is_empty() => {
            let stop = fields.first().map_or("", |(_, stop)| stop);
            format!("{name}: as expected ({stop})")
        }
        Ok(_) => {
            let mut text = format!("{name}: differs");
            for difference in &run.differences {
                let _ = write!(
                    text,
                    "\n  {}: expected {}, got {}",
                    difference.field, difference.expected, difference.got
                );
            }
            text
        }
    }
}
