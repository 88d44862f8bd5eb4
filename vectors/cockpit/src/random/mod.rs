//! Random cases: single instructions in random states, and programs that have a structure.

mod instruction;
mod program;
mod surroundings;

use fastrand::Rng;

use crate::case::Case;

/// Case number `index` of `seed`, and its kind. Every shard and every machine draws the same.
pub fn case(seed: u64, index: u64) -> (&'static str, Case) {
    // Two rounds of a generator that is good at telling close seeds apart.
    let mut rng = Rng::with_seed(Rng::with_seed(seed).u64(..) ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    match index % 4 {
        0 => ("program", program::case(&mut rng)),
        _ => ("instruction", instruction::case(&mut rng)),
    }
}
