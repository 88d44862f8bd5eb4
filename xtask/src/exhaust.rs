//! `cargo xtask exhaust`: what has a finite number of inputs, to the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;
use oracle::cores;
use oracle::digest::Sum;
use oracle::exhaust::{self, AnyPart, Build, Record};
use oracle::project::Project;
use oracle::report::Exit;
use reports::exhaust as file;
use reports::progress::ShareProgress;

use crate::context::{lock, store};
use crate::failure::Failure;
use crate::shard::{self, Shard};
use crate::{interrupt, subjects};

/// Options of `cargo xtask exhaust`.
#[derive(Args)]
pub struct Options {
    /// Run only part I of N. `auto`, or `auto/N`, finds I in the environment of GitLab, Buildkite, Slurm or Kubernetes.
    #[arg(long, value_name = "I/N", value_parser = shard::shard, default_value = "1/1")]
    shard: Shard,
    /// What was exhausted elsewhere by the same build, to be taken over first.
    #[arg(long, value_name = "RESULT", num_args = 1..)]
    merge: Vec<PathBuf>,
    /// Where exhaust.json and the report are kept. What it has already is not run again [default: target/lockstep/exhaust]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// How often what has been done so far is kept.
const KEEP: Duration = Duration::from_secs(2);

/// Runs what is left, keeps it, and says how far it has come.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    options.shard.tell();
    let folder = options.report.clone().unwrap_or_else(|| project.results("exhaust"));
    let build = build(project)?;
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, error))?;
    let _lock = lock(&folder)?;
    let parts: Vec<AnyPart> = subjects::ALL.iter().flat_map(|subject| subject.exhausted()).collect();
    let mut record = resumed(Record::new(build, parts.iter().map(AnyPart::record).collect()), &folder)?;
    for path in &options.merge {
        let bad = |why: String| Failure::file(path, why);
        let other = file::read(path).map_err(Failure::usage)?;
        record.add(other.ok_or_else(|| bad("there is no result".into()))?).map_err(bad)?;
    }

    let interrupt = interrupt::flag();
    let mut progress = ShareProgress::default();
    let (start, mut kept) = (Instant::now(), Instant::now());
    let keep = |record: &Record| file::write(record, &folder);
    exhaust::run(&parts, &mut record, options.shard.part, interrupt, &mut |record, part| {
        progress.show(part, record.share());
        if kept.elapsed() > KEEP {
            // What cannot be kept is said at the end, when it is tried again.
            let _ = keep(record);
            kept = Instant::now();
        }
    })
    .map_err(Failure::internal)?;
    progress.finish();
    if let Err(why) = keep(&record) {
        reports::warn(&why);
    }
    let report = file::report(&record, start.elapsed().as_secs_f64(), interrupt.load(Ordering::Relaxed));
    store(&report, &folder);
    let commit = record.build.commit.as_deref().unwrap_or("unknown");
    let cores = cores::of_this_computer();
    reports::say(&format!("commit {commit} · {cores} cores · {:.1} s\n", report.seconds));
    reports::print(&file::screen(&record, &folder));
    let exit = report.exit();
    reports::say(&format!("{}, exit status {}", conclusion(&record, exit), exit as u8));
    Ok(exit)
}

/// What is run: by it results of another build are told from this one's.
pub fn build(project: &Project) -> Result<Build, Failure> {
    let (commit, warning) = project.commit_at_hand();
    warning.iter().for_each(|warning| reports::warn(warning));
    let program = std::env::current_exe().and_then(fs::read).map_err(Failure::internal)?;
    let mut digest = Sum::default();
    digest.add("lockstep program", &program);
    Ok(Build { commit, program: digest.into() })
}

/// With what an earlier run of the same build has left in the folder.
fn resumed(mut record: Record, folder: &Path) -> Result<Record, Failure> {
    let earlier = file::read(folder).unwrap_or_else(|why| {
        reports::warn(&format!("{why}: everything is run again"));
        None
    });
    let Some(earlier) = earlier else { return Ok(record) };
    if !record.build.is(&earlier.build) {
        let what = format!("{} has results of another build: everything is run again", folder.display());
        reports::note(&what);
        return Ok(record);
    }
    record.add(earlier).map_err(|why| Failure::file(folder, why))?;
    if record.share() > 0.0 {
        reports::note(&format!("going on: {:.1} % were run before", 100.0 * record.share()));
    }
    Ok(record)
}

fn conclusion(record: &Record, exit: Exit) -> String {
    let share = 100.0 * record.share();
    match exit {
        Exit::Conformant if record.is_whole() => "exhausted: every result is right".into(),
        Exit::Conformant => format!("{share:.2} % of all inputs are exhausted, and right"),
        Exit::Differs => format!("{} results are wrong, of {share:.2} % of all inputs", record.wrong()),
        _ => format!("{exit}: {share:.2} % of all inputs are exhausted"),
    }
}
