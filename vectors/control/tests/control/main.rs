//! The subject in campaigns: the native machine against the model, both against the vectors, and planted bugs.

mod agreement;
mod mutant;
mod planted;
mod written;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, Seat};
use oracle::ledger::Ledger;
use oracle::machines::python;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::project::Project;
use oracle::report::Report;
use oracle::suite::Suite;
use oracle::{Lane, Role};
use vectors_control::{Control, NativePlane};

fn project() -> Project {
    Project::find().expect("tests run in a checkout")
}

fn native() -> Seat<Control> {
    Seat::new(Role::Native, NativePlane::default())
}

fn model() -> Seat<Control> {
    Seat::new(Role::Model, python::model::<Control>(&project()).expect("the model loads"))
}

/// Where the vectors of findings go.
fn failures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("control").join(name)
}

/// Runs so many random scripts and every so many-th script of the sweep, beside the vectors of the suite.
fn run(
    given: (&Suite<Control>, &Ledger),
    machines: Vec<Seat<Control>>,
    lanes: &[&str],
    (random, sweep_stride): (u64, usize),
    failures: PathBuf,
) -> Report {
    let plan = Plan { seed: 1, random, sweep_stride, topics: Vec::new(), shard: Shard::default() };
    let campaign = Campaign {
        machines,
        lanes: lanes.iter().map(|lane| lane.parse::<Lane>().expect("a lane")).collect(),
        ..Campaign::new(given, plan, failures)
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {}).expect("the lanes name profiles that there are")
}
