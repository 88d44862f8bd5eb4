//! Where a case comes from, as a type: what it is called, where it stands among all cases, what it is counted with.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// Where a case comes from. The order is that of a plan: vectors by name, then the sweep, then random cases; so the first
/// of some cases is the same however a run was split into shards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A vector of the suite.
    Vector {
        /// Its name.
        name: String,
    },
    /// A case of the sweep.
    Sweep {
        /// Its position, from 0.
        index: u64,
    },
    /// A random case.
    Random {
        /// Its index, from 0. With the seed it fixes the case.
        index: u64,
        /// The generator's name for its kind, e.g. `program`.
        kind: String,
    },
    /// A case of a file that was named on the command line.
    Image {
        /// The file's name.
        name: String,
        /// Its position in the file, from 0.
        index: u64,
    },
    /// An input that fuzzing has found.
    Found {
        /// The name of the file that keeps it.
        name: String,
    },
}

/// What begins the groups of vectors.
const VECTOR: &str = "vector/";
/// What begins the groups of the sweep.
const SWEEP: &str = "sweep/";

impl Default for Origin {
    fn default() -> Self {
        Origin::Sweep { index: 0 }
    }
}

impl Origin {
    /// The cases it is counted with in a report: a vector stands for itself, a case of the sweep for its topic.
    /// The topic is asked for only if it counts.
    pub fn group(&self, topic: impl FnOnce() -> &'static str) -> String {
        match self {
            Origin::Vector { .. } | Origin::Found { .. } => self.to_string(),
            Origin::Sweep { .. } => format!("{SWEEP}{}", topic()),
            Origin::Random { kind, .. } => kind.clone(),
            Origin::Image { name, .. } => format!("image/{name}"),
        }
    }

    /// The name of the vector that this group is.
    pub(crate) fn vector_of(group: &str) -> Option<&str> {
        group.strip_prefix(VECTOR)
    }

    /// The topic of which this group is the sweep.
    pub(crate) fn topic_of(group: &str) -> Option<&str> {
        group.strip_prefix(SWEEP)
    }
}

impl Display for Origin {
    /// `vector/add-wraps`, `sweep/17`, `program/4`, `image/blink.bin/0`, `found/step-add`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Vector { name } => write!(f, "{VECTOR}{name}"),
            Origin::Sweep { index } => write!(f, "{SWEEP}{index}"),
            Origin::Random { index, kind } => write!(f, "{kind}/{index}"),
            Origin::Image { name, index } => write!(f, "image/{name}/{index}"),
            Origin::Found { name } => write!(f, "found/{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_a_plan() {
        let vector = |name: &str| Origin::Vector { name: name.into() };
        let random = |index, kind: &str| Origin::Random { index, kind: kind.into() };
        let ordered = [
            vector("a"),
            vector("b"),
            Origin::Sweep { index: 2 },
            Origin::Sweep { index: 10 },
            random(3, "program"),
            random(20, "instruction"),
        ];
        assert!(ordered.is_sorted());
        assert_eq!(ordered[4].to_string(), "program/3");
        assert_eq!(ordered[3].group(|| "ADD"), "sweep/ADD");
    }
}
