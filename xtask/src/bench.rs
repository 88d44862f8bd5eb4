//! `cargo xtask bench`: the benchmarks, and what they come to as ratios.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use oracle::report::Exit;

use crate::{Failure, registry};

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// A checkout of the reference [default: $HSX_REFERENCE]
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
}

/// The ratios that are of interest: of which group, which is how many times as fast as which.
const RATIOS: [(&str, &str, &str); 6] = [
    ("instructions", "rust", "python"),
    ("instructions", "rust", "upstream"),
    ("instructions", "python", "upstream"),
    ("cases", "rust", "python"),
    ("cases", "python", "upstream"),
    ("cases", "rust", "pipe"),
];

/// Runs the benchmarks and prints speeds and ratios.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let internal = |message: String| Failure { exit: Exit::Internal, message };
    let own = std::env::current_exe().map_err(|error| internal(error.to_string()))?;
    let folder = registry::root().join("target/criterion");
    // What is left of an earlier run must not be taken for a result of this one.
    let _ = fs::remove_dir_all(&folder);
    let mut command = Command::new("cargo");
    command
        .args(["bench", "--quiet", "-p", "lockstep-oracle", "--bench", "speed"])
        .current_dir(registry::root());
    command.env("LOCKSTEP_MACHINE", format!("{} machine rust", own.display()));
    if let Some(upstream) = &options.upstream {
        let upstream = upstream.canonicalize().map_err(|error| Failure::usage(error.to_string()))?;
        command.env("HSX_REFERENCE", upstream);
    }
    if !command.status().is_ok_and(|status| status.success()) {
        return Err(internal("the benchmarks failed".into()));
    }
    let speed = |group: &str, name: &str| speed(&folder.join(group).join(name));
    println!("\nspeeds, per second");
    for (group, name) in [("instructions", "rust"), ("instructions", "python"), ("instructions", "upstream")]
        .into_iter()
        .chain(["rust", "python", "upstream", "pipe"].map(|name| ("cases", name)))
    {
        if let Some(speed) = speed(group, name) {
            println!("{group:>14} {name:<9} {speed:>15.0}");
        }
    }
    println!("\nratios, within this run");
    for (group, fast, slow) in RATIOS {
        if let (Some(fast_speed), Some(slow_speed)) = (speed(group, fast), speed(group, slow)) {
            println!("{group:>14} {fast} / {slow}: {:.1}", fast_speed / slow_speed);
        }
    }
    Ok(Exit::Conformant)
}

/// Elements a second, from what criterion has measured; nothing where it was not.
fn speed(folder: &std::path::Path) -> Option<f64> {
    let read = |name: &str| fs::read_to_string(folder.join("new").join(name)).ok();
    let estimates: serde_json::Value = serde_json::from_str(&read("estimates.json")?).ok()?;
    let benchmark: serde_json::Value = serde_json::from_str(&read("benchmark.json")?).ok()?;
    let elements = benchmark["throughput"]["Elements"].as_f64()?;
    Some(elements / estimates["median"]["point_estimate"].as_f64()? * 1e9)
}
