//! Making an input simpler without knowing its format.

/// Fewer bytes, then zeros for bytes, then smaller bytes; large pieces first.
pub fn bytes(input: &[u8]) -> Vec<Vec<u8>> {
    /// Pieces of a size that are tried, at most.
    const PIECES: usize = 64;
    let length = input.len();
    let mut found = Vec::new();
    for size in std::iter::successors(Some(length), |size| Some(size / 2)).take_while(|&size| size > 0) {
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
    fn what_matters_stays_and_all_else_goes() {
        let input: Vec<u8> = (0..200).collect();
        let mut shows = |input: &[u8]| input.contains(&77) && input.iter().any(|&byte| byte > 150);
        assert_eq!(simplest(input, &bytes, &mut shows), [77, 151]);
    }
}
