//! `cargo xtask fuzz`, `corpus` and `promote`: fuzzing, and what becomes of its findings.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use fuzzing::baseline::Baseline;
use fuzzing::session::{Missing, Session, Tools};
use fuzzing::{Known, corpus};
use oracle::report::Exit;
use reports::fuzz::Live;

use crate::context::{commit, interrupt_flag};
use crate::{Failure, registry};

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub struct FuzzOptions {
    /// The targets [default: all]
    targets: Vec<String>,
    /// How long, all in all; targets share the time where there are more than jobs.
    #[arg(long, value_name = "N", default_value_t = 5.0)]
    minutes: f64,
    /// The seed of libFuzzer.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many targets run side by side [default: one a core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Record what targets come to as what they must reach from now on.
    #[arg(long)]
    record: bool,
    /// Where report.json, junit.xml and failures go [default: target/lockstep]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Options of `cargo xtask promote`.
#[derive(Args)]
pub struct PromoteOptions {
    /// A file that a run has written: a vector, or the input of a fuzz target.
    file: PathBuf,
    /// What to call it [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
}

/// Options of `cargo xtask corpus`.
#[derive(Args)]
pub struct CorpusOptions {
    /// The targets [default: all]
    targets: Vec<String>,
}

fn tools(names: &[&str]) -> Result<Tools, Failure> {
    Tools::build(names).map_err(|missing| {
        let exit = match missing {
            Missing::NotInstalled(_) => Exit::Undetermined,
            Missing::NotBuilt(_) => Exit::Internal,
        };
        Failure { exit, message: missing.to_string() }
    })
}

/// Fuzzes, explains, prints the screen, writes the files.
pub fn fuzz(options: &FuzzOptions) -> Result<Exit, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if !(options.minutes > 0.0 && options.minutes < 1e6) {
        return Err(Failure::usage("--minutes: a time is wanted"));
    }
    let session = Session {
        targets: options.targets.clone(),
        duration: Duration::from_secs_f64(60.0 * options.minutes),
        seed: options.seed,
        jobs: options.jobs.unwrap_or(cores),
        folder: options.report.clone().unwrap_or_else(|| registry::in_project("target/lockstep")),
        commit: commit(),
    };
    let tools = tools(&session.names().map_err(Failure::usage)?)?;
    let live = Live::default();
    let fuzzed = session.run(&tools, &interrupt_flag(), &mut |report| live.show(report));
    live.finish();
    let fuzzed = fuzzed.map_err(Failure::internal)?;
    // Explaining may be cut off, and what is known must not be lost with it.
    reports::write(fuzzed.report(), &session.folder).map_err(Failure::internal)?;
    let report = fuzzed.explain().map_err(Failure::internal)?;
    reports::write(&report, &session.folder).map_err(Failure::internal)?;
    print!("{}", reports::fuzz::screen(&report.seen_from_outside(&session.folder)));
    if options.record && !report.interrupted {
        let mut baseline = Baseline::load().map_err(Failure::usage)?;
        baseline.take(&report);
        baseline.save().map_err(Failure::internal)?;
    }
    Ok(report.exit())
}

/// Makes a finding a regression.
pub fn promote(options: &PromoteOptions) -> Result<Exit, Failure> {
    let place = fuzzing::promote::promote(&options.file, options.name.as_deref(), registry::root())
        .map_err(Failure::usage)?;
    println!("{}: from now on in every `cargo xtask test`", place.display());
    Ok(Exit::Conformant)
}

/// Makes every corpus small.
pub fn corpus(options: &CorpusOptions) -> Result<Exit, Failure> {
    let session = Session { targets: options.targets.clone(), ..Session::default() };
    let names = session.names().map_err(Failure::usage)?;
    let (tools, known) = (tools(&names)?, Known::load().map_err(Failure::usage)?);
    for name in names {
        let done = corpus::minimise(&tools, name, &known).map_err(Failure::internal)?;
        println!("{:<14} {:>6} inputs of {:>6}", done.target, done.after, done.before);
    }
    Ok(Exit::Conformant)
}
