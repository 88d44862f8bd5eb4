//! Runs for tests of what shows them: of the right machine, and of one with three planted bugs.
#![allow(dead_code, reason = "not every test needs both")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use oracle::campaign::Campaign;
use oracle::ledger::Ledger;
use oracle::machines::rust::Rust;
use oracle::native::Native;
use oracle::plan::Plan;
use oracle::report::Report;
use oracle::{Lane, Machine};
use vectors::minivm::MiniVm;
use vectors::{Profile, Suite};

#[path = "../../../oracle/tests/mutant/mod.rs"]
mod mutant;
use mutant::{Bug, Mutant, three};

/// Some 80,000 cases on every lane between machines, with three bugs.
pub fn run() -> Report {
    campaign(
        "mutant",
        three,
        Plan { seed: 1, random: 12_000, sweep_stride: 5, topics: Vec::new(), shard: (1, 1) },
    )
}

/// A part of a full run without a bug.
pub fn right(shard: (u64, u64)) -> Report {
    campaign(
        "right",
        |_, _, _| {},
        Plan { seed: 1, random: 4_000, sweep_stride: 1, topics: Vec::new(), shard },
    )
}

fn campaign(name: &'static str, bug: Bug, plan: Plan) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let suite = Suite::load(&folder.join("minivm")).expect("the vectors load");
    let ledger = Ledger::load(&folder.join("divergences.yaml")).expect("the ledger loads");
    let mutant = Mutant { name, vm: Rust::default(), bug };
    let machines: Vec<Box<dyn Machine<MiniVm>>> = vec![MiniVm::machine(), Box::new(mutant)];
    let campaign = Campaign {
        kind: "conformance",
        given: None,
        suite: &suite,
        ledger: &ledger,
        machines,
        lanes: vec![
            Lane::between(name, "rust", Profile::Reference),
            Lane::with_vectors(name),
            Lane::with_vectors("rust"),
        ],
        skipped: Vec::new(),
        plan,
        failures: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join("failures"),
        replay_options: String::new(),
        commit: Some("0123456789ab".into()),
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}
