//! `cargo xtask report`: views of stored results, and merging them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use oracle::project::Project;
use oracle::report::{Exit, Merging};
use reports::history::History;
use reports::html::{self, Past};
use reports::stored::{self, Stored};
use reports::{github, junit, terminal};

use crate::context::store;
use crate::failure::Failure;

/// Options of `cargo xtask report`.
#[derive(Args)]
pub struct Options {
    /// Results: folders with a report.json, or such files. Of several, the merged one is shown.
    #[arg(value_name = "RESULT", required_unless_present = "merge")]
    results: Vec<PathBuf>,
    /// Merge these results, or those in the folders below: shards of one run, or runs on other machines
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "out")]
    merge: Vec<PathBuf>,
    /// Merge what is there, if shards are missing. The result is never conformant
    #[arg(long, requires = "merge")]
    partial: bool,
    /// Where the merged result goes, with its views
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the HTML page here
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write JUnit XML here
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print a summary in Markdown instead of the screen
    #[arg(long)]
    summary: bool,
    /// Print annotations for GitHub, and add the summary to that of the workflow's step
    #[arg(long)]
    github: bool,
    /// Write an issue for each group of findings: a file each, the title in its first line. Status 0 says that all are
    /// written
    #[arg(long, value_name = "DIR")]
    issues: Option<PathBuf>,
    /// Collect the result in this history, and show what is in it
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Say what has changed since a commit that the history knows
    #[arg(long, value_name = "REV", requires = "history")]
    since: Option<String>,
}

/// Results, read one after the other: those of these paths, or in the folders below them.
pub fn merging<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> Result<Merging, Failure> {
    let mut merging = Merging::default();
    for path in paths {
        for result in stored::results_in(path).map_err(Failure::usage)? {
            // Below a folder, what has not come to its end is a shard that is missing.
            let is_below = result != *path;
            if is_below && stored::is_unfinished(&result) {
                let what = format!("{}: a run has begun here and has not ended", result.display());
                reports::warn(&what);
                continue;
            }
            let report = stored::read(&result).map_err(Failure::usage)?.report;
            if is_below && report.interrupted {
                reports::warn(&format!("{}: the run was interrupted", result.display()));
                continue;
            }
            merging.add(report).map_err(Failure::usage)?;
        }
    }
    Ok(merging)
}

/// That the merged result would not take the place of one that it is made of.
fn check_out<'p>(out: Option<&Path>, paths: impl Iterator<Item = &'p PathBuf>) -> Result<(), Failure> {
    let Some(out) = out.and_then(|out| out.canonicalize().ok()) else { return Ok(()) };
    for path in paths {
        for result in stored::results_in(path).map_err(Failure::usage)? {
            let folder = if result.is_dir() { &*result } else { result.parent().unwrap_or(&result) };
            if folder.canonicalize().is_ok_and(|folder| folder == out) {
                return Err(Failure::file(
                    &result,
                    "it is merged, and the merged result would take its place",
                ));
            }
        }
    }
    Ok(())
}

/// Reads, merges, shows. The exit status is that of the result, unless issues are written.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let (report, first) = match (&options.results[..], options.merge.is_empty()) {
        // A part of a run can be looked at too.
        ([path], true) => {
            let Stored { report, folder } = stored::read(path).map_err(Failure::usage)?;
            (report, folder)
        }
        (results, _) => {
            let paths = || results.iter().chain(&options.merge);
            check_out(options.out.as_deref(), paths())?;
            let merging = merging(paths())?;
            let merged = if options.partial { merging.partial() } else { merging.whole() };
            (merged.map_err(Failure::usage)?, PathBuf::new())
        }
    };
    let folder = options.out.clone().unwrap_or(first);
    let mut past = Past::default();
    let mut since = None;
    if let Some(file) = &options.history {
        let mut history = History::open(file).map_err(Failure::usage)?;
        history.collect(&report, SystemTime::now()).map_err(Failure::usage)?;
        past = history.past().map_err(Failure::usage)?;
        if let Some(revision) = &options.since {
            let hash = project
                .git(&["rev-parse", "--verify", &format!("{revision}^{{commit}}")])
                .unwrap_or_else(|| revision.clone());
            let changes = history.since(&report, &hash).map_err(Failure::usage)?;
            since = Some(
                changes.ok_or_else(|| Failure::usage(format!("{}: no run at {revision}", file.display())))?,
            );
        }
    }
    if options.out.is_some() {
        store(&report, &folder);
        // Its file has been told.
        if !stored::has_ended(&folder) {
            return Err(Failure::file(&folder, "the merged result could not be written"));
        }
    }
    let report = report.seen_from_outside(&folder);
    if let Some(file) = &options.html {
        let page = html::page(&report, &past).map_err(Failure::internal)?;
        fs::write(file, page).map_err(|error| Failure::file(file, error))?;
    }
    if let Some(file) = &options.junit {
        let xml = junit::xml(&report).map_err(Failure::internal)?;
        fs::write(file, xml).map_err(|error| Failure::file(file, error))?;
    }
    if let Some(folder) = &options.issues {
        stored::write_issues(&report, folder).map_err(Failure::usage)?;
    }
    if options.github {
        github::tell(&report).iter().for_each(|warning| reports::warn(warning));
    }
    match since {
        Some(changes) => reports::tell(&changes),
        None if options.summary => reports::tell(&github::summary(&report)),
        None => reports::print(&terminal::screen(&report, reports::width())),
    }
    // Whoever opens issues must know whether all are there, whatever the result.
    Ok(if options.issues.is_some() { Exit::Conformant } else { report.exit() })
}
