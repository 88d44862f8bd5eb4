//! `cargo xtask isa`: the page of an instruction set.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::{page, subjects};

/// Options of `cargo xtask isa`.
#[derive(Args)]
pub struct Options {
    /// The subject, whose cases are instructions
    #[arg(value_parser = PossibleValuesParser::new(with_instructions()))]
    subject: String,
    /// The file to write, instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn with_instructions() -> impl Iterator<Item = &'static str> {
    subjects::ALL.iter().filter(|subject| subject.has_instructions()).map(|subject| subject.name())
}

/// Makes the page.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let subject = subjects::ALL.iter().find(|subject| subject.name() == options.subject);
    let page = match subject {
        Some(subject) => subject.instruction_set_page(project)?,
        None => None,
    };
    let page =
        page.ok_or_else(|| Failure::usage(format!("`{}` is no subject with instructions", options.subject)))?;
    page::put(&page, options.out.as_deref())
}
