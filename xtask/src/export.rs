//! `lockstep export`: vectors for who cannot be a process that speaks the machine protocol.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::{page, subjects, values};

/// Options of `lockstep export`.
#[derive(Args)]
#[command(after_help = after())]
pub struct Options {
    /// The subject.
    #[arg(value_parser = values::subject())]
    subject: String,
    /// The folder that the files go to. It is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn after() -> String {
    let tabulates = subjects::ALL.iter().filter(|subject| subject.tabulates()).map(|subject| subject.name());
    format!(
        "\
SUBJECT.jsonl says in its first line what it is of; each line behind it has a
request of the machine protocol and the reply that is expected. Most subjects
have nothing else, for their cases are no tables. Tables in C with a runner,
and in Rust without its standard library: {}.

Where a vector leaves something open, the reply is what our own machine comes
out with, and `stated` is what the vector demands. Vectors without a reply are
named in the first line of SUBJECT.jsonl, and are in none of the files.",
        tabulates.collect::<Vec<_>>().join(", ")
    )
}

/// Writes the files.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let subject = subjects::ALL.iter().find(|subject| subject.name() == options.subject);
    let subject =
        subject.ok_or_else(|| Failure::usage(format!("there is no subject `{}`", options.subject)))?;
    let files = subject.export(project)?;
    fs::create_dir_all(&options.out).map_err(|error| Failure::file(&options.out, error))?;
    let mut said = String::new();
    for (name, text) in files {
        let path = options.out.join(name);
        fs::write(&path, text).map_err(|error| Failure::file(&path, error))?;
        said += &format!("wrote {}\n", path.display());
    }
    page::print(&said)?;
    Ok(Exit::Conformant)
}
