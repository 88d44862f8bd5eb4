//! A run with three planted bugs, for tests of what shows it.

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
use mutant::{Mutant, three};

/// Some 80,000 cases on every lane between machines.
pub fn run() -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let suite = Suite::load(&folder.join("minivm")).expect("the vectors load");
    let ledger = Ledger::load(&folder.join("divergences.yaml")).expect("the ledger loads");
    let machines: Vec<Box<dyn Machine<MiniVm>>> =
        vec![MiniVm::machine(), Box::new(Mutant { vm: Rust::default(), bug: three })];
    let campaign = Campaign {
        kind: "conformance",
        given: None,
        suite: &suite,
        ledger: &ledger,
        machines,
        lanes: vec![
            Lane::between("mutant", "rust", Profile::Reference),
            Lane::with_vectors("mutant"),
            Lane::with_vectors("rust"),
        ],
        skipped: Vec::new(),
        plan: Plan { seed: 1, random: 12_000, sweep_stride: 5, topics: Vec::new(), shard: (1, 1) },
        failures: Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted/failures"),
        replay_options: String::new(),
        commit: Some("0123456789ab".into()),
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}
