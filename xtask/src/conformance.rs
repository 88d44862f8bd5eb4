//! `cargo xtask conformance`: the main job.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use oracle::Lane;
use oracle::campaign::{Campaign, Skipped};
use oracle::machines::python;
use oracle::plan::Plan;
use oracle::report::Exit;
use reports::events::EventLog;
use reports::progress::Progress;
use vectors::Profile;

use crate::Failure;
use crate::registry::{self, Entry, Machines, S};

/// Options of `cargo xtask conformance`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    machines: Machines,
    /// Only cases with this opcode. May be given more than once.
    #[arg(long = "opcode", value_name = "MNEMONIC")]
    opcodes: Vec<String>,
    /// Only this lane, e.g. `rust~python/strict`. May be given more than once.
    #[arg(long = "lane", value_name = "LANE")]
    lanes: Vec<Lane>,
    /// Only this profile.
    #[arg(long)]
    profile: Option<Profile>,
    /// How many random cases to draw; one in four is a program [default: 80000, with --quick 4000]
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// The seed of the random cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Run only part I of N.
    #[arg(long, value_name = "I/N", value_parser = shard, default_value = "1/1")]
    shard: (u64, u64),
    /// A sixteenth of the sweep, and few random cases. Coverage is not gated.
    #[arg(long)]
    quick: bool,
    /// Where report.json, events.ndjson, junit.xml and the vectors of failures go [default: target/lockstep]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

fn shard(text: &str) -> Result<(u64, u64), String> {
    let parsed = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    parsed
        .filter(|&(part, of)| (1..=of).contains(&part))
        .ok_or_else(|| "I/N with 1 <= I <= N is wanted".into())
}

/// Runs the campaign, prints the screen, writes the files.
pub fn run(options: Options) -> Result<Exit, Failure> {
    let folder = options.report.clone().unwrap_or_else(|| registry::in_project("target/lockstep"));
    let suite = registry::suite(None)?;
    let ledger = registry::ledger()?;
    let entries = options.machines.load();
    let (lanes, skipped) = choose_lanes(&options, &entries)?;
    let checkout = options.machines.checkout();
    let loaded = |name: &str| entries.iter().any(|entry| entry.name == name && entry.machine.is_ok());
    let warnings =
        checkout.filter(|_| loaded("upstream")).and_then(|folder| python::upstream_warning(&folder));
    let campaign = Campaign {
        suite: &suite,
        ledger: &ledger,
        plan: Plan {
            seed: options.seed,
            random: options.cases.unwrap_or(if options.quick { 4_000 } else { 80_000 }),
            sweep_stride: if options.quick { 16 } else { 1 },
            topics: known_topics(&options.opcodes)?,
            shard: options.shard,
        },
        lanes,
        skipped,
        machines: entries.into_iter().filter_map(|entry| entry.machine.ok()).collect(),
        failures: folder.join("failures"),
        replay_options: options.machines.as_options(),
        commit: commit(),
        warnings: warnings.into_iter().collect(),
    };
    let internal = |error: std::io::Error| Failure { exit: Exit::Internal, message: error.to_string() };
    let mut log = EventLog::create(&folder).map_err(internal)?;
    let progress = Progress::default();
    let mut log_error = None;
    let report = campaign.run(&interrupt_flag(), &mut |event| {
        progress.show(event);
        log_error = log.write(event).err().or(log_error.take());
    });
    log_error.map_or(Ok(()), Err).map_err(internal)?;
    reports::write(&report, &folder).map_err(internal)?;
    print!("{}", reports::terminal::screen(&report));
    Ok(report.exit())
}

/// The lanes to run and those that cannot be.
///
/// By default: every machine of ours against the vectors and the better oracles, the two profiles of the ledger
/// against each other, and every program against the model, the vectors and the reference.
fn choose_lanes(options: &Options, entries: &[Entry]) -> Result<(Vec<Lane>, Vec<Skipped>), Failure> {
    let asked_for_upstream = options.machines.checkout().is_some();
    let mut candidates: Vec<(Lane, bool)> = options.lanes.iter().map(|lane| (lane.clone(), true)).collect();
    if candidates.is_empty() {
        candidates = default_lanes(entries)
            .into_iter()
            .map(|lane| {
                let required = asked_for_upstream || !lane.machines().any(|machine| machine == "upstream");
                (lane, required)
            })
            .collect();
    }
    candidates.retain(|(lane, _)| options.profile.is_none_or(|wanted| lane.runs_in(wanted)));
    let (mut lanes, mut skipped) = (Vec::new(), Vec::new());
    for (lane, required) in candidates {
        let mut missing = None;
        for name in lane.machines() {
            let entry = entries.iter().find(|entry| entry.name == name);
            let entry = entry.ok_or_else(|| {
                let known: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
                Failure::usage(format!(
                    "lane {lane}: there is no machine `{name}`, only {}",
                    known.join(", ")
                ))
            })?;
            missing = missing.or(entry.machine.as_ref().err().cloned());
        }
        match missing {
            Some(because) => skipped.push(Skipped { lane: lane.to_string(), because, required }),
            None => lanes.push(lane),
        }
    }
    Ok((lanes, skipped))
}

fn default_lanes(entries: &[Entry]) -> Vec<Lane> {
    let mut lanes = vec![
        Lane::between("rust", "python", Profile::Reference),
        Lane::between("rust", "python", Profile::Strict),
        Lane::with_vectors("rust"),
        Lane::with_vectors("python"),
        Lane::across(("rust", Profile::Strict), ("python", Profile::Reference)),
        Lane::between("rust", "upstream", Profile::Reference),
        Lane::between("python", "upstream", Profile::Reference),
    ];
    for entry in entries.iter().skip(3) {
        let profiles =
            entry.machine.as_ref().map_or(vec![Profile::Reference], |machine| machine.profiles().to_vec());
        lanes.extend(profiles.into_iter().map(|profile| Lane::between(&entry.name, "python", profile)));
        lanes.push(Lane::with_vectors(&entry.name));
        if entries.iter().any(|entry| entry.name == "upstream" && entry.machine.is_ok()) {
            lanes.push(Lane::between(&entry.name, "upstream", Profile::Reference));
        }
    }
    lanes
}

fn known_topics(opcodes: &[String]) -> Result<Vec<String>, Failure> {
    let rows: Vec<&str> = <S as vectors::Subject>::all_topics();
    for opcode in opcodes {
        if !rows.iter().any(|row| row.eq_ignore_ascii_case(opcode)) {
            return Err(Failure::usage(format!("there is no opcode `{opcode}`, only {}", rows.join(" "))));
        }
    }
    Ok(opcodes.to_vec())
}

/// The commit of the project, with a mark if files have been changed since.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(registry::root()).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
    Some(if changed { format!("{commit}+") } else { commit })
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends the process.
fn interrupt_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&flag);
    let installed = ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C ends the run without a report: {error}");
    }
    flag
}
