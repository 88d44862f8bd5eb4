//! `cargo xtask bench`: the benchmarks, and what they come to as ratios.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use oracle::report::{Exit, Measurement, Report};

use oracle::project::Project;

use crate::context::store;
use crate::failure::Failure;
use crate::target::target_folder;

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// A checkout of the reference [default: $HSX_REFERENCE]
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
    /// Where the result goes [default: target/lockstep/bench]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// The ratios that are of interest: of which group, which is how many times as fast as which.
const RATIOS: [(&str, &str, &str); 12] = [
    ("interpreter", "prepared", "plain"),
    ("machine code", "jit", "plain"),
    ("instructions", "rust", "python"),
    ("instructions", "rust", "upstream"),
    ("instructions", "python", "upstream"),
    ("cases", "rust", "python"),
    ("cases", "python", "upstream"),
    ("cases", "rust", "pipe"),
    ("switch", "2", "64"),
    ("switch and step", "2", "64"),
    ("load", "whole", "pieces/1"),
    ("load", "whole", "pieces/64"),
];

/// Runs the benchmarks and prints speeds and ratios.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let own = std::env::current_exe().map_err(Failure::internal)?;
    let folder = target_folder(project).join("criterion");
    // What is left of an earlier run must not be taken for a result of this one.
    let _ = fs::remove_dir_all(&folder);
    let mut command = Command::new("cargo");
    command.args(["bench", "--workspace", "--bench", "*", "--", "--quick"]).current_dir(project.root());
    command.env("LOCKSTEP_BENCH_MACHINE", format!("{} machine rust", own.display()));
    if let Some(upstream) = &options.upstream {
        let upstream = upstream.canonicalize().map_err(|error| Failure::usage(error.to_string()))?;
        command.env("HSX_REFERENCE", upstream);
    }
    if !command.status().is_ok_and(|status| status.success()) {
        return Err(Failure::internal("a benchmark failed"));
    }
    let names: BTreeSet<(&str, &str)> =
        RATIOS.into_iter().flat_map(|(group, one, other)| [(group, one), (group, other)]).collect();
    let speeds: BTreeMap<(&str, &str), f64> = names
        .into_iter()
        .filter_map(|name @ (group, bench)| Some((name, speed(&folder.join(group).join(bench))?)))
        .collect();
    let measurement = |group: &str, name: String, value: f64, unit: &str| Measurement {
        group: format!("speed/{group}"),
        name,
        value,
        unit: unit.into(),
        at_most: None,
        at_least: None,
    };
    let mut report = Report::new("bench", project.commit(), 0);
    // Elements a second, or bytes a second for `load`.
    let figures =
        speeds.iter().map(|(&(group, name), speed)| measurement(group, name.into(), speed.round(), "1/s"));
    report.measurements.extend(figures);
    for (group, fast, slow) in RATIOS {
        if let (Some(fast_speed), Some(slow_speed)) = (speeds.get(&(group, fast)), speeds.get(&(group, slow)))
        {
            let ratio = fast_speed / slow_speed;
            report.measurements.push(measurement(group, format!("{fast} / {slow}"), ratio, ""));
        }
    }
    let folder = options.report.clone().unwrap_or_else(|| project.results("bench"));
    store(&report, &folder);
    reports::print(&reports::terminal::screen(&report, reports::width()));
    Ok(report.exit())
}

/// Elements or bytes a second, from what criterion has measured; `None` if it has not.
fn speed(folder: &Path) -> Option<f64> {
    let read = |name: &str| fs::read_to_string(folder.join("new").join(name)).ok();
    let estimates: serde_json::Value = serde_json::from_str(&read("estimates.json")?).ok()?;
    let benchmark: serde_json::Value = serde_json::from_str(&read("benchmark.json")?).ok()?;
    let throughput = &benchmark["throughput"];
    let amount = throughput["Elements"].as_f64().or(throughput["Bytes"].as_f64())?;
    Some(amount / estimates["median"]["point_estimate"].as_f64()? * 1e9)
}
