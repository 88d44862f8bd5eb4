//! The vectors of a file, step by step, on several machines.

use std::collections::BTreeSet;
use std::path::Path;

use oracle::Role;
use oracle::report::Exit;
use oracle::subject::Subject;
use oracle::suite::complaints;

use super::players::{Entry, Players};
use crate::failure::Failure;

/// Replays the vectors of a file that are those of one subject.
pub fn replay<S: Subject>(file: &Path, names: &[String], players: &Players) -> Result<Exit, Failure> {
    let written = S::written().ok_or_else(|| Failure::usage(format!("{} has no vectors", S::NAME)))?;
    let suite = written.load(file).map_err(|errors| Failure::usage(complaints(&errors)))?;
    let missing = names.iter().filter(|name| !suite.vectors.iter().any(|vector| vector.name == **name));
    let missing: Vec<String> = missing.map(|name| format!("`{name}`")).collect();
    if !missing.is_empty() {
        return Err(Failure::nothing(format!("{} has no vector {}", file.display(), missing.join(", "))));
    }
    let selected = |name: &String| names.is_empty() || names.contains(name);
    let vectors: Vec<_> = suite.vectors.iter().filter(|vector| selected(&vector.name)).collect();
    if vectors.is_empty() {
        return Err(Failure::nothing(format!("{} has no vectors", file.display())));
    }
    let entries = players.of::<S>();
    let takes_part = |command: &String| entries.iter().any(|entry| entry.command.as_ref() == Some(command));
    if let Some((command, _)) = players.programs.iter().find(|(command, _)| !takes_part(command)) {
        return Err(Failure::usage(format!("`{command}` does not know {}", S::NAME)));
    }
    let (mut machines, mut programs) = (Vec::new(), Vec::new());
    for entry in entries.into_iter().map(Entry::loaded) {
        match entry.machine {
            Ok(machine) => machines.push(machine),
            // A chip is there only if it was asked for.
            Err(_) if entry.may_lack && entry.role != Role::Chip => continue,
            Err(why) => return Err(Failure::undetermined(format!("{}: {why}", entry.name))),
        }
        programs.extend((entry.role == Role::Program).then_some(entry.name));
    }
    let mut exit = Exit::Conformant;
    let mut has_run = BTreeSet::new();
    for replay in oracle::replay::replay(&vectors, &mut machines) {
        reports::say(&reports::replay::text(&replay));
        let wrong = replay.runs.iter().any(|run| !run.agrees() && !run.is_unsupported());
        exit = if wrong { Exit::Differs } else { exit };
        let ran = replay.runs.into_iter().filter(|run| !run.is_unsupported());
        has_run.extend(ran.map(|run| run.machine));
    }
    for mut machine in machines {
        if let Err(why) = machine.finish() {
            reports::say(&format!("{}: {why}", machine.name()));
            exit = Exit::Differs;
        }
    }
    // As in a lane: what implements nothing of what was asked has not been judged.
    let is_judged = programs.iter().all(|name| has_run.contains(name));
    Ok(if is_judged { exit } else { exit.graver(Exit::Undetermined) })
}
