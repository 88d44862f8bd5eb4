//! The subject in campaigns: the native machine against the model, planted bugs, and what is refused.

mod agreement;
mod images;
mod mutant;
mod planted;
mod refused;
mod switches;
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
use oracle::suite::LEDGER_FILE;
use oracle::{Cases, Lane, Role, Subject};
use vectors_cockpit::{Cockpit, NativeVm};

fn project() -> Project {
    Project::find().expect("tests run in a checkout")
}

fn native() -> Seat<Cockpit> {
    Seat::new(Role::Native, NativeVm)
}

fn model() -> Seat<Cockpit> {
    Seat::new(Role::Model, python::model::<Cockpit>(&project()).expect("the model loads"))
}

/// Where the vectors of findings go.
fn failures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cockpit").join(name)
}

/// Runs the vectors, so many random cases and every so many-th case of the sweep.
fn run(
    machines: Vec<Seat<Cockpit>>,
    lanes: &[&str],
    (random, sweep_stride): (u64, usize),
    failures: PathBuf,
) -> Report {
    let suite =
        Cockpit::written().expect("it is written").load(&project().subject(Cockpit::NAME)).expect("it loads");
    let ledger = Ledger::load(&project().subject(Cockpit::NAME).join(LEDGER_FILE)).expect("it loads");
    let plan = Plan { seed: 1, random, sweep_stride, topics: Vec::new(), shard: Shard::default() };
    let campaign = Campaign {
        machines,
        lanes: lanes.iter().map(|lane| lane.parse::<Lane>().expect("a lane")).collect(),
        ..Campaign::new((&suite, &ledger), plan, failures)
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {}).expect("the lanes name profiles that there are")
}
