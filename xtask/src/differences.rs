//! `cargo xtask differences`: the page of what profiles do unlike the reference or its documents.

use std::path::PathBuf;

use clap::Args;
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::{page, subjects, values};

/// Options of `cargo xtask differences`.
#[derive(Args)]
pub struct Options {
    /// The subjects, in the order of the page
    #[arg(required = true, value_parser = values::subject())]
    subjects: Vec<String>,
    /// The file to write, instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Makes the page.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let named = |name: &String| subjects::ALL.iter().find(|subject| subject.name() == name);
    let named = options.subjects.iter().filter_map(named);
    let ledgers: Vec<_> = named.map(|subject| subject.ledger(project)).collect::<Result<_, _>>()?;
    let page = reports::differences::page(&ledgers);
    page::put(&page, options.out.as_deref())
}
