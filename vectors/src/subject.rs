//! The trait of everything that can be compared.

use std::fmt::{self, Debug, Display, Formatter};
use std::path::Path;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::suite::{Problem, Vector};

/// Which of the two readings of a specification is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Bit for bit what the existing reference does.
    #[default]
    Reference,
    /// What the specification says.
    Strict,
}

impl Profile {
    /// Both.
    pub const ALL: [Profile; 2] = [Profile::Reference, Profile::Strict];

    /// The name, as in the machine protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Reference => "reference",
            Profile::Strict => "strict",
        }
    }
}

impl Display for Profile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Profile::ALL.into_iter().find(|profile| profile.name() == name);
        found.ok_or_else(|| format!("unknown profile `{name}`: there are `reference` and `strict`"))
    }
}

/// A field in which two outcomes differ, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The field, e.g. `r1` or `mem[0x8000]`.
    pub field: String,
    /// What the oracle has there.
    pub expected: String,
    /// What the machine has there.
    pub got: String,
}

impl Difference {
    /// Nothing where the two are equal.
    pub fn of<T: PartialEq>(
        field: impl Into<String>,
        expected: T,
        got: T,
        show: impl Fn(&T) -> String,
    ) -> Option<Self> {
        (expected != got).then(|| Difference {
            field: field.into(),
            expected: show(&expected),
            got: show(&got),
        })
    }
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// What was done, e.g. address, word and disassembly.
    pub what: String,
    /// The state after it, field by field.
    pub state: Vec<(String, String)>,
}

/// Something that can be implemented more than once and must behave the same everywhere.
pub trait Subject: Copy + Default + Debug + Send + Sync + 'static {
    /// The name, as in the machine protocol and in the folder of its vectors.
    const NAME: &'static str;

    /// A complete starting state, what to do with it, and how far. Serialises to the protocol's `case`.
    type Case: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    /// How it stopped, and the complete state after. Serialises to the protocol's `outcome`.
    type Outcome: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    /// A vector as it is written in YAML.
    type Entry: DeserializeOwned;
    /// What an expectation does not speak of; nothing is left open by default.
    type Open: Clone + Debug + Default + PartialEq + Send + Sync;

    /// Whether the case keeps the limits of its format, which the types alone do not.
    ///
    /// # Errors
    /// The first limit that is broken, naming the key.
    fn check_case(case: &Self::Case) -> Result<(), String>;

    /// Whether the outcome can be one of this case at all, whatever the implementation. What breaks a rule here is
    /// not believed, not even of an oracle.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn check_outcome(case: &Self::Case, outcome: &Self::Outcome) -> Result<(), String>;

    /// Every field in which two outcomes differ; none if they agree.
    fn compare(expected: &Self::Outcome, got: &Self::Outcome) -> Vec<Difference>;

    /// What the case is about, by the names of the subject's coverage rows: what `--opcode` selects by, and what
    /// findings are grouped by. The first is the one it starts with.
    fn topics(case: &Self::Case) -> Vec<&'static str>;

    /// Every topic there is.
    fn all_topics() -> Vec<&'static str>;

    /// How many steps the case may take; 1 where it can not be cut.
    fn steps(case: &Self::Case) -> u32;

    /// The same case, stopped after `steps` steps.
    fn first_steps(case: &Self::Case, steps: u32) -> Self::Case;

    /// The case that goes on for one step where `outcome`, which came out of `case`, has stopped. Nothing where the
    /// outcome does not say enough.
    fn continue_from(case: &Self::Case, outcome: &Self::Outcome) -> Option<Self::Case>;

    /// Cases a little simpler than this one, the boldest simplifications first.
    fn simpler(case: &Self::Case) -> Vec<Self::Case>;

    /// The sweep: cases at every edge, always the same in the same order.
    fn sweep() -> Box<dyn Iterator<Item = Self::Case> + Send>;

    /// The random generator of a seed: from an index to a case and the name of its kind. The same seed and index give
    /// the same case everywhere.
    fn random(seed: u64) -> Box<dyn FnMut(u64) -> (&'static str, Self::Case)>;

    /// The starting state, field by field, for people.
    fn starting_fields(case: &Self::Case) -> Vec<(String, String)>;

    /// The outcome, field by field, for people.
    fn fields(outcome: &Self::Outcome) -> Vec<(String, String)>;

    /// The same case, with a trace asked for.
    fn traced(case: &Self::Case) -> Self::Case;

    /// The trace of an outcome, step by step, for people; empty where there is none.
    fn trace(outcome: &Self::Outcome) -> Vec<TraceLine>;

    /// What the step after `outcome` does, for people, e.g. address, word and disassembly; at first the step from the
    /// start.
    fn next_step(case: &Self::Case, outcome: Option<&Self::Outcome>) -> String;

    /// The fields in which `after` is not as `before`, or as the start, with their new values. Both come out of the
    /// same case, cut at different steps.
    fn changes(
        case: &Self::Case,
        before: Option<&Self::Outcome>,
        after: &Self::Outcome,
    ) -> Vec<(String, String)>;

    /// The case for people: a listing of what it does, from which state.
    fn listing(case: &Self::Case) -> String;

    /// The expected outcome, with what is left open taken from `got`.
    fn close(
        case: &Self::Case,
        expected: &Self::Outcome,
        open: &Self::Open,
        got: &Self::Outcome,
    ) -> Self::Outcome;

    /// Resolves a vector as written into a case and what is expected of it. Files that it names lie in `folder`.
    ///
    /// # Errors
    /// What is wrong with it, and where in the file.
    fn resolve(entry: Self::Entry, folder: &Path) -> Result<Vector<Self>, Problem>;

    /// A vector file with one entry: the case, and the outcome expected in `profile`.
    fn write_vector(
        name: &str,
        note: &str,
        case: &Self::Case,
        profile: Profile,
        expected: &Self::Outcome,
    ) -> String;
}
