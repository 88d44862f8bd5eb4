//! How the cases of a run are split among processes, each of which runs a shard of them.
//!
//! Of each subject a shard has a share: a piece of the line from 0 to 2^64. A case lies on that line where its position in the
//! plan puts it, and neighbouring positions lie far apart, so that a share has some of every kind, however kinds follow each
//! other in the plan. All pieces of a subject's line together are the line, so each case is in one shard.

use std::ops::Range;

use crate::digest;

/// Into how many parts a run is split at most.
pub const MOST_SHARDS: u64 = 100_000;

/// The length of the line that the cases of a subject lie on.
const LINE: u128 = 1 << 64;

/// 2^64 divided by the golden ratio: multiples of it, modulo 2^64, are spread over the line as evenly as can be.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// About how long all subjects are together that are weighted.
const RESOLUTION: f64 = (1_u64 << 48) as f64;

/// A piece of the line that the cases of a subject lie on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share(Range<u128>);

impl Share {
    /// All cases.
    pub const ALL: Self = Share(0..LINE);

    /// Whether it has no case, wherever one lies.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has the case at this position.
    pub fn has(&self, position: u64) -> bool {
        self.0.contains(&position.wrapping_mul(GOLDEN).into())
    }

    /// How many cases it has of so many.
    pub fn count(&self, positions: u64) -> u64 {
        if *self == Share::ALL {
            return positions;
        }
        (0..positions).filter(|position| self.has(*position)).count() as u64
    }
}

/// What a process runs of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Part `.0` of `.1` of the run, from 1.
    pub part: (u64, u64),
    /// The cases of the subject.
    pub share: Share,
    /// The fingerprint of the partition; empty if all cases are in one part.
    pub partition: String,
}

impl Default for Shard {
    /// All cases.
    fn default() -> Self {
        Shard::even((1, 1))
    }
}

impl Shard {
    /// Part `.0` of `.1`, of a run in which each part has as much of every subject.
    pub fn even((part, of): (u64, u64)) -> Self {
        Partition::even(of).shard(part, "")
    }
}

/// A run, split into parts.
#[derive(Clone, Debug)]
pub struct Partition {
    of: u64,
    /// What each subject takes, one after the other; `None` if each part has as much of every subject.
    lengths: Option<Vec<(String, u64)>>,
}

impl Partition {
    /// Into `of` parts, each of which has as much of every subject.
    pub fn even(of: u64) -> Self {
        Partition { of, lengths: None }
    }

    /// Into `of` parts that take the same time, if each subject takes as many seconds as is said here. A part has one subject,
    /// or a few, whole or in part.
    pub fn weighted(of: u64, seconds: &[(&str, f64)]) -> Self {
        let all: f64 = seconds.iter().map(|(_, seconds)| seconds).sum();
        // From here on it is whole numbers, so that no rounding comes between two parts.
        let length =
            |seconds: f64| if seconds > 0.0 { (seconds / all * RESOLUTION).max(1.0) as u64 } else { 0 };
        let lengths = seconds.iter().map(|&(subject, seconds)| (subject.into(), length(seconds)));
        Partition { of, lengths: Some(lengths.collect()) }
    }

    /// What a part, from 1, has of a subject.
    pub fn shard(&self, part: u64, subject: &str) -> Shard {
        let share = Share(self.bound(part - 1, subject)..self.bound(part, subject));
        Shard { part: (part, self.of), share, partition: self.fingerprint() }
    }

    /// Where on the subject's line part `part` ends, and the next begins.
    fn bound(&self, part: u64, subject: &str) -> u128 {
        let Some(lengths) = &self.lengths else { return u128::from(part) * LINE / u128::from(self.of) };
        let all: u128 = lengths.iter().map(|(_, length)| u128::from(*length)).sum();
        let end = all * u128::from(part) / u128::from(self.of);
        let before = lengths.iter().take_while(|(of, _)| of != subject);
        let start: u128 = before.map(|(_, length)| u128::from(*length)).sum();
        let length = lengths.iter().find(|(of, _)| of == subject).map_or(0, |(_, length)| (*length).into());
        let within = end.saturating_sub(start).min(length);
        (within * LINE).checked_div(length).unwrap_or(0)
    }

    /// What tells it from other partitions of the same cases.
    fn fingerprint(&self) -> String {
        if self.of == 1 { String::new() } else { digest::of("lockstep partition", &(self.of, &self.lengths)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUBJECTS: [&str; 3] = ["a", "b", "c"];

    fn weighted(of: u64, seconds: [f64; 3]) -> Partition {
        let seconds: Vec<(&str, f64)> = SUBJECTS.into_iter().zip(seconds).collect();
        Partition::weighted(of, &seconds)
    }

    fn shards<'p>(partition: &'p Partition, subject: &'p str) -> impl Iterator<Item = Shard> + 'p {
        (1..=partition.of).map(|part| partition.shard(part, subject))
    }

    /// How much of its parts' time each part of a partition takes.
    fn times(partition: &Partition, seconds: [f64; 3]) -> Vec<f64> {
        let length = |Share(range): Share| (range.end - range.start) as f64 / LINE as f64;
        let part = |part| {
            let of_subject = |(subject, seconds)| seconds * length(partition.shard(part, subject).share);
            SUBJECTS.into_iter().zip(seconds).map(of_subject).sum()
        };
        (1..=partition.of).map(part).collect()
    }

    proptest! {
        #[test]
        fn each_case_is_in_one_shard(
            of in prop_oneof![1_u64..40, 1..=2000_u64],
            seconds in proptest::option::of(prop::array::uniform3(prop_oneof![1e-9..1e9, 1e-300..1e300])),
            positions in prop::collection::vec(prop_oneof![0_u64..100, any::<u64>()], 1..20),
        ) {
            let partition = seconds.map_or(Partition::even(of), |seconds| weighted(of, seconds));
            for subject in SUBJECTS {
                let shares: Vec<Share> = shards(&partition, subject).map(|shard| shard.share).collect();
                prop_assert_eq!((shares[0].0.start, shares[shares.len() - 1].0.end), (0, LINE));
                prop_assert!(shares.windows(2).all(|pair| pair[0].0.end == pair[1].0.start));
                for &position in &positions {
                    prop_assert_eq!(shares.iter().filter(|share| share.has(position)).count(), 1);
                }
            }
        }

        #[test]
        fn all_parts_take_the_same_time(of in 1_u64..50, seconds in prop::array::uniform3(0.01..1000.0)) {
            let mean = seconds.iter().sum::<f64>() / of as f64;
            for time in times(&weighted(of, seconds), seconds) {
                prop_assert!((time / mean - 1.0).abs() < 1e-6, "{time} of {mean}");
            }
        }

        /// A kind that is any run of neighbours is in every share by its length, or misses that by a few cases.
        #[test]
        fn neighbours_are_spread_evenly(of in 1_u64..30, part in 0_u64..30, start in 0..1_u64 << 40) {
            let share = Partition::even(of).shard(part % of + 1, "").share;
            let count = (start..start + 1000).filter(|position| share.has(*position)).count() as f64;
            prop_assert!((count - 1000.0 / of as f64).abs() < 8.0, "{count} of 1000 in 1/{of}");
        }
    }

    #[test]
    fn a_part_has_few_subjects() {
        let partition = weighted(4, [3.0, 0.5, 0.5]);
        let has = |part, subject| partition.shard(part, subject).share.count(1000);
        let counts: Vec<[u64; 3]> = (1..=4).map(|part| SUBJECTS.map(|subject| has(part, subject))).collect();
        assert_eq!(counts, [[334, 0, 0], [333, 0, 0], [333, 0, 0], [0, 1000, 1000]]);
    }

    #[test]
    fn a_subject_that_takes_no_time_or_is_not_there_is_in_no_part() {
        let partition = weighted(2, [1.0, 0.0, 1.0]);
        assert!(
            shards(&partition, "b").chain(shards(&partition, "d")).all(|shard| shard.share.count(9) == 0)
        );
        assert!(shards(&partition, "b").all(|shard| shard.share.is_empty()));
        assert!(shards(&weighted(2, [0.0; 3]), "a").all(|shard| shard.share.count(9) == 0));
    }

    #[test]
    fn the_fingerprint_is_of_parts_and_weights() {
        let print = |partition: Partition| partition.shard(1, "a").partition;
        let all = [
            Partition::even(2),
            Partition::even(3),
            weighted(2, [1.0, 2.0, 3.0]),
            weighted(3, [1.0, 2.0, 3.0]),
            weighted(2, [1.0, 2.0, 3.001]),
        ];
        let prints: std::collections::BTreeSet<String> = all.into_iter().map(print).collect();
        assert_eq!(prints.len(), 5);
        // What decides is how much of all each subject takes.
        assert_eq!(print(weighted(2, [1.0, 2.0, 3.0])), print(weighted(2, [2.0, 4.0, 6.0])));
        assert_eq!([print(Partition::even(1)), print(weighted(1, [1.0; 3]))], ["", ""]);
    }
}
