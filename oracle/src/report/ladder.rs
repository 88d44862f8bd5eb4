//! What a machine that implements a part of a subject would open by implementing more: the answer to "what next".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a machine implements of a subject, and what comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The subject.
    pub subject: String,
    /// The machine.
    pub machine: String,
    /// The topics that it implements, in the order of the subject: those with which a case starts that it has answered.
    pub implemented: Vec<String>,
    /// The others. The one that opens most comes first; of those that open the same, the first of the subject.
    pub next: Vec<Rung>,
    /// What it has not answered, by the reason that it gave: how many cases, over all its lanes.
    pub reasons: BTreeMap<String, u64>,
}

/// A topic that a machine does not implement yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// The topic.
    pub topic: String,
    /// The cases of the run of which it is the only topic that is not implemented.
    pub cases: u64,
    /// Those of them that are vectors.
    pub vectors: u64,
}

impl Ladder {
    /// How many topics the subject has.
    pub fn topics(&self) -> usize {
        self.implemented.len() + self.next.len()
    }

    /// Adds what another part of the same run has shown. What it opens was counted over all parts.
    pub(super) fn add(&mut self, other: Ladder) {
        let implemented = other.implemented.into_iter();
        self.implemented
            .extend(implemented.filter(|topic| self.next.iter().any(|rung| rung.topic == *topic)));
        self.next.retain(|rung| !self.implemented.contains(&rung.topic));
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }
}
