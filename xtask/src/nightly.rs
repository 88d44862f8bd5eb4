//! `cargo xtask nightly`: everything there is, each with a time of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use fuzz_targets::session::EXPLAINING;
use oracle::jobs::{self, Job};
use oracle::project::Project;
use oracle::report::{Exit, Part, Report};
use reports::history::History;
use reports::{nightly, stored, terminal};

use crate::context::{Context, store};
use crate::failure::Failure;
use crate::report::merging;
use crate::{fuzz, values};

/// Options of `cargo xtask nightly`.
#[derive(Args)]
pub struct Options {
    /// How long, all in all.
    #[arg(long = "minutes", value_name = "N", value_parser = values::minutes, default_value = "60")]
    time: Duration,
    /// The seed of everything random [default: that of --conformance, or a fresh one]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The shards of a conformance run that was made elsewhere, or the folder that they lie in, instead of running it here
    #[arg(long, value_name = "RESULT", num_args = 1..)]
    conformance: Vec<PathBuf>,
    /// Where results go, and the history is kept [default: target/lockstep/nightly]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// The jobs in their order: name, share of the time at most, arguments beside the seed and the folder. The last gets
/// what is left.
const JOBS: [(&str, f64, &[&str]); 6] = [
    ("conformance", 0.6, &[]),
    ("budget", 0.2, &[]),
    ("hil", 0.3, &["--target", "qemu"]),
    ("bench", 0.4, &[]),
    ("exhaust", 0.1, &[]),
    ("fuzz", 1.0, &[]),
];

/// What is kept free for the report, in seconds.
const MARGIN: f64 = 10.0;
/// A job that has less time than this is not begun.
const LEAST: Duration = Duration::from_secs(1);
/// What it may take to exhaust everything, on two cores that have other work too, in seconds. Alone they take 275.
const EXHAUSTING: f64 = 900.0;
/// Of more shards some would have nothing to do.
const MOST_SHARDS: f64 = 1024.0;
/// What building the worker that explains findings may take, in seconds.
const BUILDING: f64 = 120.0;

/// Runs the jobs, merges what they leave, collects it, and says what it came to.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let clock =
        || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64 >> 16);
    let mut shards = match &options.conformance[..] {
        [] => None,
        shards => Some(merging(shards.iter())?.whole().map_err(Failure::usage)?),
    };
    let of_shards = shards.as_ref().map(|shards| shards.seed);
    let seed = options.seed.or(of_shards).unwrap_or_else(clock);
    if let Some(theirs) = of_shards.filter(|of_shards| *of_shards != seed) {
        return Err(Failure::usage(format!("--conformance: shards of seed {theirs}, but --seed is {seed}")));
    }
    let folder = options.report.clone().unwrap_or_else(|| project.results("nightly"));
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let context = Context::open(folder.clone(), project)?;
    reports::say(&format!("seed {seed}"));

    let start = Instant::now();
    let whole = (options.time.as_secs_f64() - MARGIN).max(0.0);
    let (mut parts, mut results) = (Vec::new(), Vec::new());
    for (name, share, fixed) in JOBS {
        let result = folder.join(name);
        let left = || whole - start.elapsed().as_secs_f64();
        if name == "fuzz" && left() >= LEAST.as_secs_f64() {
            // In a new checkout this takes minutes, which are not fuzzed. The job itself says what is missing for it.
            let _ = fuzz::build_all(project);
        }
        let left = left();
        let limit = Duration::from_secs_f64(left.min(share * whole).max(0.0));
        let part = if name == "conformance"
            && let Some(report) = shards.take()
        {
            if report.commit != context.commit {
                let [theirs, own] = [report.commit, context.commit]
                    .map(|commit| commit.unwrap_or_else(|| "a commit that git does not know".into()));
                return Err(Failure::usage(format!("--conformance: shards of {theirs}, but this is {own}")));
            }
            store(&report, &result);
            let exit = Some(report.exit() as u8);
            Part { name: name.into(), exit, seconds: report.seconds, skipped_because: None }
        } else if limit < LEAST {
            let skipped_because = Some("no time is left for it".into());
            Part { name: name.into(), exit: None, seconds: 0.0, skipped_because }
        } else {
            let arguments = arguments(name, fixed, seed, limit, &result);
            let job = Job { name: name.into(), arguments, limit };
            let result = result.join(stored::RESULT_FILE);
            let part = jobs::run(&program, &job, &folder, &result, context.interrupt());
            part.map_err(|error| Failure::file(&folder, format!("{name}: {error}")))?
        };
        reports::say(&terminal::part(&part));
        if part.exit.is_some()
            && let Ok(stored) = stored::read(&result)
        {
            results.push(stored.report.seen_from_outside(Path::new(name)));
        }
        parts.push(part);
    }
    let merged = results.into_iter().reduce(Report::and);
    let merged = merged.unwrap_or_else(|| Report::new("nightly", context.commit.clone(), seed));
    let seconds = start.elapsed().as_secs_f64();
    let interrupted = merged.interrupted || context.interrupt().load(Ordering::Relaxed);
    let mut report = Report { kind: "nightly".into(), seed, parts, seconds, interrupted, ..merged };
    // The night that is being told is part of the history that it is told with.
    let history =
        |report: &Report| History::open(&folder.join("history.sqlite"))?.collect(report, SystemTime::now());
    if let Err(error) = history(&report) {
        report.warnings.push(format!("the history is not kept: {error}"));
    }
    reports::say(&format!("\n{}", nightly::paragraph(&report.seen_from_outside(&folder))));
    Ok(context.finish(report))
}

fn arguments(name: &str, fixed: &[&str], seed: u64, limit: Duration, result: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = fixed.iter().map(|&argument| argument.to_owned()).collect();
    if ["conformance", "hil", "fuzz"].contains(&name) {
        arguments.extend(["--seed".into(), seed.to_string()]);
    }
    if name == "exhaust" {
        // As much as there is time for. Which share that is changes from night to night, and nights of one build add up.
        let shards = (EXHAUSTING / limit.as_secs_f64()).ceil().clamp(1.0, MOST_SHARDS) as u64;
        arguments.extend(["--shard".into(), format!("{}/{shards}", seed % shards + 1)]);
    }
    if name == "fuzz" {
        let limit = limit.as_secs_f64();
        let fuzzing = (limit - BUILDING - EXPLAINING.as_secs_f64()).max(limit / 4.0);
        arguments.extend(["--minutes".into(), format!("{:.2}", fuzzing / 60.0)]);
    }
    arguments.extend(["--report".into(), result.display().to_string()]);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_exhausts_what_there_is_time_for() {
        let shard = |seed, seconds| {
            let limit = Duration::from_secs(seconds);
            let arguments = arguments("exhaust", &[], seed, limit, Path::new("result"));
            assert_eq!((&*arguments[0], arguments.len()), ("--shard", 4), "{arguments:?}");
            arguments[1].clone()
        };
        assert!(JOBS.iter().any(|(name, share, _)| *name == "exhaust" && *share > 0.0));
        assert_eq!((shard(0, 360), shard(8, 360)), ("1/3".into(), "3/3".to_owned()));
        assert_eq!((shard(5, 9000), shard(1023, 0)), ("1/1".into(), "1024/1024".to_owned()));
    }
}
