//! What is run on a chip by default.

use oracle::Lane;
use oracle::plan::Plan;
use vectors::minivm::MiniVm;
use vectors::{Profile, Subject};

/// The lanes of a machine on a chip: against the VM on this host and the model, in both profiles, and against the
/// vectors.
pub fn lanes(machine: &str) -> Vec<Lane> {
    let pairs =
        ["rust", "python"].into_iter().flat_map(|oracle| Profile::ALL.map(|profile| (oracle, profile)));
    let between = pairs.map(|(oracle, profile)| Lane::between(machine, oracle, profile));
    between.chain([Lane::with_vectors(machine)]).collect()
}

/// All vectors, at least `sweep` cases of the sweep, and `random` random cases.
pub fn plan(seed: u64, random: u64, sweep: usize) -> Plan {
    let whole = MiniVm::sweep().count();
    // Many things in the sweep come in twos: an odd stride meets both.
    let stride = (whole / sweep.max(1)).max(1);
    let sweep_stride = if stride.is_multiple_of(2) { stride - 1 } else { stride };
    Plan { seed, random, sweep_stride, topics: Vec::new(), shard: (1, 1) }
}
