//! The vectors of a file, step by step, on several machines.

use std::path::Path;

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
    let mut machines = Vec::new();
    for entry in players.of::<S>().into_iter().map(Entry::loaded) {
        match entry.machine {
            Ok(machine) => machines.push(machine),
            Err(_) if entry.may_lack => {}
            Err(why) => return Err(Failure::undetermined(format!("{}: {why}", entry.name))),
        }
    }
    let mut exit = Exit::Conformant;
    for vector in vectors {
        for replay in oracle::replay::replay(vector, &mut machines) {
            reports::say(&reports::replay::text(&replay));
            let wrong = replay.runs.iter().any(|run| !run.agrees() && !run.is_unsupported());
            exit = if wrong { Exit::Differs } else { exit };
        }
    }
    Ok(exit)
}
