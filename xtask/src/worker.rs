//! `cargo xtask worker`: runs what is written in Python for another process of this program.

use std::path::PathBuf;

use clap::Args;
use oracle::machines::python;
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;

/// Options of `cargo xtask worker`.
#[derive(Args)]
pub struct Options {
    /// A checkout of the reference; the models of this project if there is none.
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
}

/// Serves until the end of input.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    python::serve(project, options.upstream.as_deref()).map_err(Failure::undetermined)?;
    Ok(Exit::Conformant)
}
