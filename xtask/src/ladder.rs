//! `cargo xtask ladder`: what to implement next, from a stored result.

use std::path::PathBuf;

use clap::Args;
use oracle::project::Project;
use oracle::report::{Exit, Ladder};
use reports::stored;

use crate::config::Config;
use crate::failure::Failure;
use crate::last::last;

/// Options of `cargo xtask ladder`.
#[derive(Args)]
pub struct Options {
    /// A result: a folder with a report.json, or such a file [default: the last of the folder that
    /// lockstep.toml names, or target/lockstep (outside a checkout lockstep), and of quick and selected below it]
    #[arg(value_name = "RESULT")]
    result: Option<PathBuf>,
    /// A file that names the folder of the results if no option does [default: lockstep.toml in the current folder]
    #[arg(long, value_name = "FILE", conflicts_with = "result")]
    config: Option<PathBuf>,
}

/// Prints the ladder of every machine.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let path = match &options.result {
        Some(path) => path.clone(),
        None => last(project, Config::find(options.config.as_deref())?.report.as_deref())?,
    };
    let report = stored::read(&path).map_err(Failure::usage)?.report;
    if !report.topics.is_empty() {
        let topics = report.topics.join(", ");
        reports::warn(&format!("{} is of {topics} only: cases of others were not counted", path.display()));
    }
    let ladders: Vec<Ladder> = report.ladders;
    if ladders.is_empty() {
        return Err(Failure::nothing(format!("{}: no program took part in it", path.display())));
    }
    reports::put_screen(&reports::ladder::screen(&ladders, reports::width())).map_err(Failure::usage)?;
    Ok(Exit::Conformant)
}
