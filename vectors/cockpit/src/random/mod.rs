//! Random cases: single instructions in random states, and programs that have a structure.

mod instruction;
mod program;
mod surroundings;

use oracle::random::rng;

use crate::case::Case;

/// Case number `index` of `seed`, and its kind. Every shard and every machine draws the same.
pub fn case(seed: u64, index: u64) -> (&'static str, Case) {
    let mut rng = rng(seed, index);
    match index % 4 {
        0 => ("program", program::case(&mut rng)),
        _ => ("instruction", instruction::case(&mut rng)),
    }
}
