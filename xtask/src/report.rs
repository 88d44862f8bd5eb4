//! `cargo xtask report`: views of stored results, and merging them.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use oracle::report::{Exit, merge};
use reports::html::{self, Past};
use reports::stored::{self, Stored};
use reports::{junit, terminal};

use crate::Failure;

/// Options of `cargo xtask report`.
#[derive(Args)]
pub struct Options {
    /// Results: folders with a report.json, or such files. Of several, the merged one is shown.
    #[arg(value_name = "RESULT", required_unless_present = "merge")]
    results: Vec<PathBuf>,
    /// Merge these results: shards of one run, or runs on other machines
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "out")]
    merge: Vec<PathBuf>,
    /// Where the merged result goes, with its views
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the HTML page here
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write JUnit XML here
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// Reads, merges, shows. The exit status is that of the result.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let internal = |error: &dyn ToString| Failure { exit: Exit::Internal, message: error.to_string() };
    let paths = options.results.iter().chain(&options.merge);
    let mut stored: Vec<Stored> =
        paths.map(|path| stored::read(path)).collect::<Result<_, _>>().map_err(Failure::usage)?;
    let first = stored.first().map(|stored| stored.folder.clone()).unwrap_or_default();
    let folder = options.out.clone().unwrap_or(first);
    let report = match (stored.len(), options.merge.is_empty()) {
        // A part of a run can be looked at too.
        (1, true) => stored.remove(0).report,
        _ => merge(stored.into_iter().map(|stored| stored.report).collect()).map_err(Failure::usage)?,
    };
    let past = Past::default();
    if options.out.is_some() {
        reports::write(&report, &folder).map_err(|error| internal(&error))?;
    }
    let report = report.seen_from_outside(&folder);
    if let Some(file) = &options.html {
        let page = html::page(&report, &past).map_err(|error| internal(&error))?;
        fs::write(file, page).map_err(|error| internal(&error))?;
    }
    if let Some(file) = &options.junit {
        let xml = junit::xml(&report).map_err(|error| internal(&error))?;
        fs::write(file, xml).map_err(|error| internal(&error))?;
    }
    print!("{}", terminal::screen(&report));
    Ok(report.exit())
}
