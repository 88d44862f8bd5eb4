//! `cargo xtask replay`: vectors of a file, step by step, on several machines.

use std::path::PathBuf;

use clap::Args;
use hil::target::OnChip;
use oracle::report::Exit;

use crate::Failure;
use crate::registry::{self, Machines, for_each_subject};

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
pub fn run(options: &Options) -> Result<Exit, Failure> {
    if options.file.extension().is_some_and(|extension| extension == "hex") {
        registry::read(&options.file)?;
        return fuzzing::session::replay(&options.file).map_err(Failure::internal);
    }
    // Which subject's vectors a file holds shows in whether it reads as theirs; the complaint is that of the subject
    // in whose folder it lies, or of the first.
    let mut complaint = None;
    for (name, result) in for_each_subject!(replay(options)) {
        match result {
            Err(failure) if failure.exit == Exit::Usage => {
                let in_folder = options.file.iter().any(|part| part == name);
                if complaint.is_none() || in_folder {
                    complaint = Some(failure);
                }
            }
            result => return result,
        }
    }
    Err(complaint.unwrap_or_else(|| Failure::usage("no subject reads this file")))
}

fn replay<S: OnChip>(options: &Options) -> Result<Exit, Failure> {
    let suite = registry::suite::<S>(Some(&options.file))?;
    let selected = |name: &String| options.names.is_empty() || options.names.contains(name);
    let vectors: Vec<_> = suite.vectors.iter().filter(|vector| selected(&vector.name)).collect();
    if vectors.is_empty() {
        let message = format!("{} has no such vector", options.file.display());
        return Err(Failure { exit: Exit::NothingSelected, message });
    }
    let named = options.machines.checkout().is_some();
    let mut machines = Vec::new();
    for entry in options.machines.load::<S>() {
        match entry.machine {
            Ok(machine) => machines.push(machine),
            Err(_) if entry.name == "upstream" && !named => {}
            Err(why) => {
                return Err(Failure { exit: Exit::Undetermined, message: format!("{}: {why}", entry.name) });
            }
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
