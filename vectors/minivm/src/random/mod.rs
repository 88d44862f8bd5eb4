//! Random cases: single instructions in random states, and programs that have a structure.
//!
//! Random words alone stop after a step or two. So a program is grown from fragments: arithmetic on few registers,
//! carry chains, binary16 chains, loads and stores at few addresses, balanced and unbalanced stack traffic, jumps
//! forward, loops that end, and functions that call later functions.

mod instruction;
mod program;
mod state;

pub use instruction::single_instruction;
use oracle::random::rng;
pub use program::program;

use crate::case::Case;

/// Case number `index` of `seed`, and its kind.
pub fn case(seed: u64, index: u64) -> (&'static str, Case) {
    let mut rng = rng(seed, index);
    match index % 4 {
        0 => ("program", program(&mut rng)),
        _ => ("instruction", single_instruction(&mut rng)),
    }
}

#[cfg(test)]
mod tests {
    use oracle::Cases;

    use super::program::{MAX_WORDS, MIN_WORDS};
    use super::*;
    use crate::cases::MiniVm;

    #[test]
    fn programs_keep_their_limits_and_come_again_with_the_same_seed() {
        for index in 0..500 {
            let case = program(&mut rng(7, index));
            assert!((MIN_WORDS..=MAX_WORDS).contains(&(case.code.len() / 4)), "{}", case.code.len() / 4);
            MiniVm::check_case(&case).unwrap();
            MiniVm::check_case(&single_instruction(&mut rng(7, index))).unwrap();
            assert_eq!(case, program(&mut rng(7, index)));
        }
        assert_ne!(program(&mut rng(7, 0)), program(&mut rng(8, 0)));
    }
}
