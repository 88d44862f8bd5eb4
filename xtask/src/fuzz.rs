//! `cargo xtask fuzz`, `corpus` and `promote`: fuzzing, and what becomes of its findings.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use fuzz_targets::baseline::Baseline;
use fuzz_targets::build::{self, Missing, Tools};
use fuzz_targets::hexfile::HexFile;
use fuzz_targets::session::Session;
use fuzz_targets::{FuzzedSubject, Fuzzing, corpus};
use oracle::cores;
use oracle::project::Project;
use oracle::report::Exit;
use reports::fuzz::Live;

use crate::context::Context;
use crate::failure::Failure;
use crate::{loading, page, subjects, values};

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub struct FuzzOptions {
    /// The targets [default: all]
    targets: Vec<String>,
    /// How long, all in all; targets share the time if there are more than jobs.
    #[arg(long = "minutes", value_name = "N", value_parser = values::minutes, default_value = "5")]
    time: Duration,
    /// The seed of libFuzzer.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many targets run side by side [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Record what targets come to as what they must reach from now on.
    #[arg(long)]
    record: bool,
    /// Where report.json, junit.xml and failures go [default: target/lockstep/fuzz]
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

/// The targets of all subjects.
fn fuzzing(project: &Project) -> Fuzzing {
    let subjects: Vec<&'static dyn FuzzedSubject> =
        subjects::ALL.iter().map(|subject| subject.fuzzed()).collect();
    Fuzzing { project: project.clone(), subjects }
}

fn tools(fuzzing: &Fuzzing, names: &[&str]) -> Result<Tools, Failure> {
    Tools::build(fuzzing, names).map_err(missing)
}

fn missing(missing: Missing) -> Failure {
    let exit = match missing {
        Missing::NotInstalled(_) => Exit::Undetermined,
        Missing::NotBuilt(_) => Exit::Internal,
    };
    Failure { exit, message: missing.to_string() }
}

/// Builds the binaries of all targets.
///
/// # Errors
/// What is not installed, or what does not build.
pub fn build_all(project: &Project) -> Result<(), Failure> {
    let fuzzing = fuzzing(project);
    tools(&fuzzing, &fuzzing.names()).map(|_| ())
}

/// Fuzzes, explains, prints the screen, writes the files.
pub fn fuzz(options: &FuzzOptions, project: &Project) -> Result<Exit, Failure> {
    let folder = options.report.clone().unwrap_or_else(|| project.results("fuzz"));
    let session = Session {
        fuzzing: fuzzing(project),
        targets: options.targets.clone(),
        duration: options.time,
        seed: options.seed,
        jobs: options.jobs.map_or_else(cores::of_this_computer, usize::from),
        folder,
        commit: project.commit(),
    };
    let tools = tools(&session.fuzzing, &session.names().map_err(Failure::usage)?)?;
    let context = Context::open(session.folder.clone(), project)?;
    let live = Live::default();
    let fuzzed = session.run(&tools, context.interrupt(), &mut |report| live.show(report));
    live.finish();
    let fuzzed = fuzzed.map_err(Failure::usage)?;
    // Explaining may be cut off, and what is known must not be lost with it.
    let warnings = reports::write(fuzzed.report(), &session.folder);
    warnings.iter().for_each(|warning| reports::warn(warning));
    let report = fuzzed.explain().map_err(Failure::usage)?;
    if options.record && !report.interrupted {
        let mut baseline = Baseline::load(project).map_err(Failure::usage)?;
        baseline.take(&report);
        baseline.save(project).map_err(Failure::usage)?;
    }
    Ok(context.finish_with(report, reports::fuzz::screen))
}

/// Runs the input of a fuzz target again. The file is read before anything is built.
pub fn replay(file: &Path, project: &Project) -> Result<Exit, Failure> {
    let text = String::from_utf8(loading::read(file)?).map_err(|error| Failure::file(file, error))?;
    let input = HexFile::parse(&text)
        .map_err(|complaint| Failure::usage(format!("{}:{complaint}", file.display())))?;
    fuzzing(project).find(&input.target).map(drop).map_err(|why| Failure::file(file, why))?;
    project.needs_checkout().map_err(Failure::undetermined)?;
    build::replay(project, file).map_err(missing)
}

/// Makes a finding a regression.
pub fn promote(options: &PromoteOptions, project: &Project) -> Result<Exit, Failure> {
    let promoted = fuzz_targets::promote::promote(&fuzzing(project), &options.file, options.name.as_deref());
    let promoted = promoted.map_err(Failure::usage)?;
    page::print(&format!("{}: from now on in every `cargo xtask test`\n", promoted.display()))?;
    Ok(Exit::Conformant)
}

/// Makes every corpus small.
pub fn corpus(options: &CorpusOptions, project: &Project) -> Result<Exit, Failure> {
    let fuzzing = fuzzing(project);
    let names: Vec<&'static str> = if options.targets.is_empty() {
        fuzzing.names()
    } else {
        let found = options.targets.iter().map(|wanted| Ok(fuzzing.find(wanted)?.0));
        found.collect::<Result<_, String>>().map_err(Failure::usage)?
    };
    let tools = tools(&fuzzing, &names)?;
    let mut printed = Ok(());
    for name in names {
        let done = corpus::minimise(&fuzzing, &tools, name).map_err(Failure::usage)?;
        let line = format!("{:<14} {:>6} inputs of {:>6}\n", done.target, done.after, done.before);
        printed = printed.and(page::print(&line));
    }
    printed.map(|()| Exit::Conformant)
}
