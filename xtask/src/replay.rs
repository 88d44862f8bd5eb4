//! `cargo xtask replay`: vectors of a file, step by step, on several machines.

use std::path::PathBuf;

use clap::Args;
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::machines::Machines;
use crate::{fuzz, subjects};

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
        if let Some(name) = options.names.first() {
            let why = format!("{} is one input, and has no vector `{name}`", options.file.display());
            return Err(Failure::nothing(why));
        }
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
