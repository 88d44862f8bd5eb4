//! Making an input simpler without knowing its format.

use std::iter;
use std::ops::Range;

/// Fewer bytes, then zeros for bytes, then smaller bytes; large pieces first.
pub fn bytes(input: &[u8]) -> Vec<Vec<u8>> {
    /// Pieces of a size that are tried, at most.
    const PIECES: usize = 64;
    let length = input.len();
    let mut found = Vec::new();
    for size in iter::successors(Some(length), |size| Some(size / 2)).take_while(|&size| size > 0) {
        for start in (0..length).step_by(size).rev().take(PIECES) {
            let end = (start + size).min(length);
            found.push([&input[..start], &input[end..]].concat());
            if input[start..end].iter().any(|&byte| byte != 0) {
                let mut zeroed = input.to_vec();
                zeroed[start..end].fill(0);
                found.push(zeroed);
            }
        }
    }
    for (at, &byte) in input.iter().enumerate().filter(|&(_, &byte)| byte > 1).take(PIECES) {
        for smaller in [1, byte / 2, byte - 1] {
            let mut plainer = input.to_vec();
            plainer[at] = smaller;
            found.push(plainer);
        }
    }
    found.retain(|candidate| candidate != input);
    found.dedup();
    found
}

/// What may go of so many things: halves first, then ever smaller pieces, from the end, so that those before stay where
/// they are. At most so many pieces.
pub fn pieces(length: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let sizes = iter::successors(Some(length / 2), |size| Some(size / 2)).take_while(|&size| size > 0);
    let of_size = move |size: usize| {
        (0..length.div_ceil(size)).rev().map(move |index| index * size..(index * size + size).min(length))
    };
    sizes.flat_map(of_size).take(most)
}

/// Fewer steps: one, half of them, all but one.
pub fn fewer(steps: u32) -> impl Iterator<Item = u32> {
    [1, steps / 2, steps.saturating_sub(1)].into_iter().filter(move |&fewer| fewer > 0 && fewer < steps)
}

/// The simplest input that `shows` still accepts, found step by step; `shows` is asked a limited number of times.
pub fn simplest(
    mut input: Vec<u8>,
    simpler: &dyn Fn(&[u8]) -> Vec<Vec<u8>>,
    shows: &mut dyn FnMut(&[u8]) -> bool,
) -> Vec<u8> {
    /// Inputs tried, at most.
    const BUDGET: usize = 4_000;
    let mut tried = 0;
    'simpler: while tried < BUDGET {
        for candidate in simpler(&input) {
            tried += 1;
            if shows(&candidate) {
                input = candidate;
                continue 'simpler;
            }
        }
        break;
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_largest_first_from_the_end() {
        let all: Vec<Range<usize>> = pieces(5, 100).collect();
        assert_eq!(all, [4..5, 2..4, 0..2, 4..5, 3..4, 2..3, 1..2, 0..1]);
        assert_eq!(pieces(5, 2).count(), 2);
        assert_eq!(pieces(1, 9).count() + pieces(0, 9).count(), 0);
    }

    #[test]
    fn fewer_steps_are_some() {
        assert_eq!(fewer(9).collect::<Vec<_>>(), [1, 4, 8]);
        assert_eq!(fewer(1).count() + fewer(0).count(), 0);
    }

    #[test]
    fn what_matters_stays_and_all_else_goes() {
        let input: Vec<u8> = (0..200).collect();
        let mut shows = |input: &[u8]| input.contains(&77) && input.iter().any(|&byte| byte > 150);
        assert_eq!(simplest(input, &bytes, &mut shows), [77, 151]);
    }
}
