//! Which cases a campaign runs.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::digest::Sum;
use crate::origin::Origin;
use crate::partition::Shard;
use crate::subject::{Generates, Subject};
use crate::suite::Suite;

/// The most random cases that a run can be asked for: what they are split by is counted one by one.
pub const MOST_RANDOM: u64 = 10_000_000_000;

/// What to run. The same plan gives the same cases everywhere.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of the random cases.
    pub seed: u64,
    /// How many random cases to draw; more than [`MOST_RANDOM`] are as many as that. Of a subject whose cases cost more, its
    /// share of them.
    pub random: u64,
    /// Every how many-th case of the sweep to take; 1 = all.
    pub sweep_stride: usize,
    /// Only cases with one of these topics; empty = all.
    pub topics: Vec<String>,
    /// Only the cases of this shard.
    pub shard: Shard,
}

/// A case of a plan.
#[derive(Clone, Debug)]
pub struct Planned<S: Subject> {
    /// Where it comes from.
    pub origin: Origin,
    /// The case.
    pub case: S::Case,
    /// The vector it is, by its position in the suite.
    pub vector: Option<usize>,
}

impl<S: Subject> Planned<S> {
    /// Origin and case as text.
    pub fn text(&self) -> Vec<u8> {
        let mut text = format!("{} ", self.origin).into_bytes();
        // Writing plain data to memory does not fail.
        let _ = serde_json::to_writer(&mut text, &self.case);
        text
    }
}

/// Parts of the cases of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shards {
    /// Into how many parts the cases are split.
    pub of: u64,
    /// Which of them these are, from 1; at least one.
    #[serde(deserialize_with = "some_parts")]
    pub parts: BTreeSet<u64>,
    /// The fingerprint of the partition that they are parts of; empty if there is one part, and in results that were made
    /// before it was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub partition: String,
}

/// Parts that there can be. What is stored is not believed blindly: of no part at all none is missing.
fn some_parts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<u64>, D::Error> {
    let parts = BTreeSet::deserialize(deserializer)?;
    if parts.is_empty() || parts.contains(&0) {
        return Err(D::Error::custom("parts are counted from 1, and there is at least one"));
    }
    Ok(parts)
}

impl Default for Shards {
    fn default() -> Self {
        Shards::one(&Shard::default())
    }
}

impl Shards {
    /// That of one shard.
    pub fn one(shard: &Shard) -> Self {
        let (part, of) = shard.part;
        Shards { of, parts: BTreeSet::from([part]), partition: shard.partition.clone() }
    }

    /// Whether these are all of them.
    pub fn are_all(&self) -> bool {
        self.of == self.parts.len() as u64 && self.missing().next().is_none()
    }

    /// The parts that are not there.
    pub fn missing(&self) -> impl Iterator<Item = u64> {
        (1..=self.of).filter(|part| !self.parts.contains(part))
    }
}

impl Plan {
    /// Whether nothing is left out that belongs to a full run, other shards aside.
    pub fn is_full(&self) -> bool {
        self.sweep_stride == 1 && self.topics.is_empty()
    }

    /// The cases: vectors first, then the sweep, then random ones.
    pub fn cases<'a, S: Subject>(&'a self, suite: &'a Suite<S>) -> impl Iterator<Item = Planned<S>> + 'a {
        let mut drawer = self.drawer();
        self.fixed(suite).chain((0..self.drawn::<S>()).flat_map(move |index| drawer(index..index + 1)))
    }

    /// The cases that are the same for every seed: vectors first, then the sweep.
    pub(crate) fn fixed<'a, S: Subject>(
        &'a self,
        suite: &'a Suite<S>,
    ) -> impl Iterator<Item = Planned<S>> + 'a {
        let vectors = suite.vectors.iter().enumerate().map(|(index, vector)| Planned {
            origin: Origin::Vector { name: vector.name.clone() },
            case: vector.case.clone(),
            vector: Some(index),
        });
        let sweep = self.generates::<S>().into_iter().flat_map(|generates| generates.sweep().zip(0..));
        let sweep = sweep.step_by(self.sweep_stride).map(|(case, index)| Planned {
            origin: Origin::Sweep { index },
            case,
            vector: None,
        });
        vectors
            .chain(sweep)
            .zip(0..)
            .filter(|(_, position)| self.shard.share.has(*position))
            .map(|(planned, _)| planned)
            .filter(|planned| self.selects::<S>(&planned.case))
    }

    /// What draws the random cases at these indices, of which there are [`Plan::drawn`].
    pub(crate) fn drawer<S: Subject>(&self) -> impl FnMut(Range<u64>) -> Vec<Planned<S>> + '_ {
        let draw = self.generates::<S>().map(|generates| generates.random(self.seed));
        move |indices| {
            let planned = |index| {
                let (kind, case) = draw.as_ref()?(index);
                Some(Planned { origin: Origin::Random { index, kind: kind.into() }, case, vector: None })
            };
            let mine = indices.filter(|index| self.shard.share.has(*index));
            mine.map_while(planned).filter(|planned| self.selects::<S>(&planned.case)).collect()
        }
    }

    /// The sum of the digests of all cases, as a campaign comes to it. Runs nothing.
    pub fn digest<S: Subject>(&self, suite: &Suite<S>) -> Sum {
        let mut sum = Sum::default();
        self.cases(suite).for_each(|planned| sum.add(S::NAME, &planned.text()));
        sum
    }

    /// How many cases there are; at most so many, where they are selected by topic. Draws nothing.
    pub fn count<S: Subject>(&self, suite: &Suite<S>) -> u64 {
        let sweep = self.generates::<S>().map_or(0, |it| it.sweep().step_by(self.sweep_stride).count());
        let share = &self.shard.share;
        share.count((suite.vectors.len() + sweep) as u64) + share.count(self.drawn::<S>())
    }

    /// How many random cases are drawn of the subject.
    pub(crate) fn drawn<S: Subject>(&self) -> u64 {
        let random = self.random.min(MOST_RANDOM);
        self.generates::<S>().map_or(0, |generates| (random * generates.share()).div_ceil(100))
    }

    /// What cases are made with. For a shard that has none of them none are made to be thrown away.
    fn generates<S: Subject>(&self) -> Option<&'static dyn Generates<S>> {
        S::generates().filter(|_| !self.shard.share.is_empty())
    }

    fn selects<S: Subject>(&self, case: &S::Case) -> bool {
        let wanted = |topic: &&str| self.topics.iter().any(|wanted| wanted.eq_ignore_ascii_case(topic));
        self.topics.is_empty() || S::topics(case).iter().any(wanted)
    }
}
