//! `cargo xtask replay`: vectors of a file, step by step, on several machines.

use std::path::{Path, PathBuf};

use clap::Args;
use oracle::project::Project;
use oracle::report::Exit;
use oracle::subject::Subject;
use oracle::suite::complaints;

use crate::failure::Failure;
use crate::machines::{Machines, Players};
use crate::{fuzz, loading, subjects};

/// Options of `cargo xtask replay`.
#[derive(Args)]
pub struct Options {
    /// A vector file: one of the suite, or one that a run has written; or the input of a fuzz target (.hex).
    file: PathBuf,
    /// The vectors to run [default: all of the file]
    names: Vec<String>,
    #[command(flatten)]
    machines: Machines,
}

/// Replays and prints.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if options.file.extension().is_some_and(|extension| extension == "hex") {
        loading::read(&options.file)?;
        return fuzz::replay(&options.file, project);
    }
    let players = options.machines.start(project)?;
    // Which subject's vectors a file holds shows in whether it reads as theirs; the complaint is that of the subject
    // in whose folder it lies, or of the first.
    let mut complaint = None;
    for subject in subjects::ALL {
        match subject.replay(&options.file, &options.names, &players) {
            Err(failure) if failure.exit == Exit::Usage => {
                let in_folder = options.file.iter().any(|part| part == subject.name());
                if complaint.is_none() || in_folder {
                    complaint = Some(failure);
                }
            }
            result => return result,
        }
    }
    Err(complaint.unwrap_or_else(|| Failure::usage("no subject reads this file")))
}

/// Replays the vectors of a file that are those of one subject.
pub fn replay<S: Subject>(file: &Path, names: &[String], players: &Players) -> Result<Exit, Failure> {
    let written = S::written().ok_or_else(|| Failure::usage(format!("{} has no vectors", S::NAME)))?;
    let suite = written.load(file).map_err(|errors| Failure::usage(complaints(&errors)))?;
    let selected = |name: &String| names.is_empty() || names.contains(name);
    let vectors: Vec<_> = suite.vectors.iter().filter(|vector| selected(&vector.name)).collect();
    if vectors.is_empty() {
        return Err(Failure::nothing(format!("{} has no such vector", file.display())));
    }
    let mut machines = Vec::new();
    for entry in players.of::<S>() {
        match entry.machine {
            Ok(machine) => machines.push(machine),
            Err(_) if entry.role == oracle::Role::Reference && players.reference.is_none() => {}
            Err(why) => return Err(Failure::undetermined(format!("{}: {why}", entry.name))),
        }
    }
    let mut exit = Exit::Conformant;
    for vector in vectors {
        for replay in oracle::replay::replay(vector, &mut machines) {
            println!("{}", reports::replay::text(&replay));
            let wrong = replay.runs.iter().any(|run| !run.agrees() && !run.is_unsupported());
            exit = if wrong { Exit::Differs } else { exit };
        }
    }
    Ok(exit)
}
