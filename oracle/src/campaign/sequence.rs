//! A difference that does not show alone depends on the cases before it: the shortest sequence after which it shows.

/// The shortest part of `before` that is found by at most `most` tries after which `shows` still says so; empty if it does
/// not even say so after all of it. Parts are taken out in halves first and then in ever smaller pieces.
pub(super) fn shortest(
    before: Vec<usize>,
    most: usize,
    mut shows: impl FnMut(&[usize]) -> bool,
) -> Vec<usize> {
    if before.is_empty() || !shows(&before) {
        return Vec::new();
    }
    let mut kept = before;
    let mut size = kept.len();
    let mut tried = 0;
    while size > 0 && tried < most {
        let mut at = 0;
        while at < kept.len() && tried < most {
            let end = (at + size).min(kept.len());
            let without: Vec<usize> = kept[..at].iter().chain(&kept[end..]).copied().collect();
            tried += 1;
            if !without.is_empty() && shows(&without) { kept = without } else { at = end }
        }
        size /= 2;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_is_dropped() {
        let needs =
            |wanted: &'static [usize]| move |before: &[usize]| wanted.iter().all(|it| before.contains(it));
        assert_eq!(shortest((0..200).collect(), 400, needs(&[17, 130])), [17, 130]);
        assert_eq!(shortest((0..200).collect(), 400, needs(&[199])), [199]);
    }

    #[test]
    fn what_never_shows_has_no_sequence() {
        assert_eq!(shortest((0..20).collect(), 400, |_| false), [0; 0]);
        assert_eq!(shortest(Vec::new(), 400, |_| true), [0; 0]);
    }
}
