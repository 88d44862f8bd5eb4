//! Which cases a campaign runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vectors::{Subject, Suite};

use crate::digest::Sum;

/// What to run. The same plan gives the same cases everywhere.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of the random cases.
    pub seed: u64,
    /// How many random cases to draw.
    pub random: u64,
    /// Every how many-th case of the sweep to take; 1 = all.
    pub sweep_stride: usize,
    /// Only cases with one of these topics (opcodes); empty = all.
    pub topics: Vec<String>,
    /// Only part `.0` of `.1`, from 1.
    pub shard: (u64, u64),
}

/// A case of a plan.
#[derive(Clone, Debug)]
pub struct Planned<S: Subject> {
    /// Where it comes from, e.g. `vector/add-wraps`, `sweep/17`, `program/4`.
    pub id: String,
    /// The case.
    pub case: S::Case,
    /// The vector it is, by its position in the suite.
    pub vector: Option<usize>,
}

impl<S: Subject> Planned<S> {
    /// Id and case as text.
    pub fn text(&self) -> Vec<u8> {
        let mut text = self.id.clone().into_bytes();
        text.push(b' ');
        // Writing plain data to memory does not fail.
        let _ = serde_json::to_writer(&mut text, &self.case);
        text
    }

    /// The cases it is counted with in a report.
    pub fn group(&self) -> String {
        match self.id.split_once('/') {
            Some(("sweep", _)) => format!("sweep/{}", S::topics(&self.case)[0]),
            Some((kind, _)) if self.vector.is_none() => kind.to_owned(),
            _ => self.id.clone(),
        }
    }
}

/// Where a case stands among all, by its id alone: vectors by name, then the sweep, then random ones.
pub type Order<'a> = (u8, u64, &'a str);

/// The place of the case with this id. Shards agree on it, so the first of some cases is the same however a run was
/// split.
pub fn order(id: &str) -> Order<'_> {
    let (kind, rest) = id.split_once('/').unwrap_or((id, ""));
    let index = || rest.parse().unwrap_or(u64::MAX);
    match kind {
        "vector" => (0, 0, rest),
        "sweep" => (1, index(), ""),
        _ => (2, index(), kind),
    }
}

/// Parts of the cases of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shards {
    /// Into how many parts the cases are split.
    pub of: u64,
    /// Which of them these are, from 1.
    pub parts: BTreeSet<u64>,
}

impl Default for Shards {
    fn default() -> Self {
        Shards::one((1, 1))
    }
}

impl Shards {
    /// Part `.0` of `.1`.
    pub fn one((part, of): (u64, u64)) -> Self {
        Shards { of, parts: BTreeSet::from([part]) }
    }

    /// Whether these are all of them.
    pub fn are_all(&self) -> bool {
        self.missing().next().is_none()
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
        let vectors = suite.vectors.iter().enumerate().map(|(index, vector)| Planned {
            id: format!("vector/{}", vector.name),
            case: vector.case.clone(),
            vector: Some(index),
        });
        let sweep = S::sweep().enumerate().step_by(self.sweep_stride).map(|(index, case)| Planned {
            id: format!("sweep/{index}"),
            case,
            vector: None,
        });
        let mut draw = S::random(self.seed);
        let random = (0..self.random).filter(|index| self.in_shard(*index)).map(move |index| {
            let (kind, case) = draw(index);
            Planned { id: format!("{kind}/{index}"), case, vector: None }
        });
        let fixed = vectors
            .chain(sweep)
            .zip(0..)
            .filter(|(_, position)| self.in_shard(*position))
            .map(|(case, _)| case);
        fixed.chain(random).filter(|planned| self.selects::<S>(&planned.case))
    }

    /// The sum of the digests of all cases, as a campaign comes to it. Runs nothing.
    pub fn digest<S: Subject>(&self, suite: &Suite<S>) -> Sum {
        let mut sum = Sum::default();
        self.cases(suite).for_each(|planned| sum.add(S::NAME, &planned.text()));
        sum
    }

    /// How many cases there are; at most so many, where they are selected by topic. Draws nothing.
    pub fn count<S: Subject>(&self, suite: &Suite<S>) -> u64 {
        let fixed = (suite.vectors.len() + S::sweep().step_by(self.sweep_stride).count()) as u64;
        let (part, of) = self.shard;
        [fixed, self.random].into_iter().map(|count| (count + of - part) / of).sum()
    }

    fn in_shard(&self, position: u64) -> bool {
        let (part, of) = self.shard;
        position % of == part - 1
    }

    fn selects<S: Subject>(&self, case: &S::Case) -> bool {
        let wanted = |topic: &&str| self.topics.iter().any(|wanted| wanted.eq_ignore_ascii_case(topic));
        self.topics.is_empty() || S::topics(case).iter().any(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vectors::minivm::MiniVm;

    fn plan(shard: (u64, u64), topics: &[&str]) -> Plan {
        let topics = topics.iter().map(|&topic| topic.to_owned()).collect();
        Plan { seed: 3, random: 101, sweep_stride: 997, topics, shard }
    }

    fn ids(plan: &Plan) -> Vec<String> {
        let suite = Suite::<MiniVm> { vectors: Vec::new(), rules: Default::default() };
        assert!(plan.cases(&suite).count() as u64 <= plan.count(&suite));
        plan.cases(&suite).map(|planned| planned.id).collect()
    }

    #[test]
    fn shards_share_the_cases_out() {
        let mut shared: Vec<String> = (1..=3).flat_map(|part| ids(&plan((part, 3), &[]))).collect();
        let mut whole = ids(&plan((1, 1), &[]));
        shared.sort();
        whole.sort();
        assert_eq!(shared, whole);
        let suite = Suite::<MiniVm> { vectors: Vec::new(), rules: Default::default() };
        let counts: Vec<u64> = (1..=3).map(|part| plan((part, 3), &[]).count(&suite)).collect();
        assert_eq!(counts.iter().sum::<u64>(), whole.len() as u64);
    }

    #[test]
    fn topics_select() {
        let all = ids(&plan((1, 1), &[]));
        let some = ids(&plan((1, 1), &["add", "F2I"]));
        assert!(!some.is_empty() && some.len() < all.len());
        assert!(some.iter().all(|id| all.contains(id)));
    }
}
