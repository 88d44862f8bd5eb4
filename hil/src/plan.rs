//! What is run on a chip by default.

use oracle::lane::Player;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::subject::Subject;
use oracle::{Lane, Role};

/// The lanes of a chip: against the native machine and the model among `others`, in every profile that both have, and
/// against the vectors.
pub fn lanes(chip: &Player, others: &[Player]) -> Vec<Lane> {
    let of = |role: Role| others.iter().filter(move |player| player.role == role);
    let oracles = of(Role::Native).chain(of(Role::Model));
    let between = oracles.flat_map(|oracle| {
        let shared = chip.profiles.iter().filter(|profile| oracle.profiles.contains(profile));
        shared.map(|profile| Lane::between(&chip.name, &oracle.name, profile.name()))
    });
    between.chain([Lane::with_vectors(&chip.name)]).collect()
}

/// All vectors, at least `sweep` cases of the sweep, and `random` random cases.
pub fn plan<S: Subject>(seed: u64, random: u64, sweep: usize) -> Plan {
    let whole = S::generates().map_or(0, |generates| generates.sweep().count());
    // Many things in the sweep come in twos: an odd stride meets both.
    let stride = (whole / sweep.max(1)).max(1);
    let sweep_stride = if stride.is_multiple_of(2) { stride - 1 } else { stride };
    Plan { seed, random, sweep_stride, topics: Vec::new(), shard: Shard::default() }
}
