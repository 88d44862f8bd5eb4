//! What is compared: the trait [`Cases`], and what two outcomes of one case have to do with each other.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::iter;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::profile::Profile;
use super::state::{Difference, Path, State, Value, differences};

/// Plain data that can be kept, compared and sent: what cases and outcomes are.
pub trait Data: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static> Data for T {}

/// What is compared: something that can be implemented more than once and must behave the same everywhere, such as an
/// instruction set, a loader or a service, told by its cases and by what comes out of them.
pub trait Cases: Copy + Default + Debug + Send + Sync + 'static {
    /// The name, as in the machine protocol and in the folder of its vectors.
    const NAME: &'static str;

    /// The readings of its specification. The first is the default; no two have the same name.
    const PROFILES: &'static [Profile];

    /// The commit of the reference from which the facts about it, and so the ledger, were taken; absent if the subject has
    /// no reference.
    const REFERENCE_COMMIT: Option<&'static str> = None;

    /// A complete starting state, what to do with it, and how far. Serialises to the protocol's `case`.
    type Case: Data;
    /// How a case stopped, and the complete state after. Serialises to the protocol's `outcome`.
    type Outcome: Data;

    /// Whether the case keeps the limits of its format, which the types alone do not.
    ///
    /// # Errors
    /// The first limit that is broken, naming the key.
    fn check_case(case: &Self::Case) -> Result<(), String>;

    /// Whether the outcome can be one of this case at all, whatever the implementation. What breaks a rule here is not
    /// believed, not even of an oracle.
    ///
    /// # Errors
    /// The first rule that is broken, naming the key.
    fn check_outcome(case: &Self::Case, outcome: &Self::Outcome) -> Result<(), String>;

    /// The state that the case starts from.
    fn start(case: &Self::Case) -> State;

    /// The outcome: how it stopped, and the state after. Of two outcomes of one case, the states are equal exactly if the
    /// outcomes say the same.
    fn end(case: &Self::Case, outcome: &Self::Outcome) -> State;

    /// Whether two outcomes of one case that are not equal say the same, because an outcome can be written in several
    /// ways.
    fn say_the_same(_case: &Self::Case, _one: &Self::Outcome, _other: &Self::Outcome) -> bool {
        false
    }

    /// What the case is about, of [`Cases::all_topics`], each once: what `--topic` selects by. The first is what it starts
    /// with, by which findings are grouped. Never empty. See [`first_and_others`].
    fn topics(case: &Self::Case) -> Vec<&'static str>;

    /// Every topic there is, once. The rows of the coverage matrix are topics too, unless points are about something that no
    /// case says of itself.
    fn all_topics() -> Vec<&'static str>;

    /// The case for people: what it does, from which state.
    fn listing(case: &Self::Case) -> String;
}

/// The profile of this name.
///
/// # Errors
/// There is none; names those that there are, and one that differs only in case if there is one.
pub fn profile_of<S: Cases>(name: &str) -> Result<Profile, UnknownProfile> {
    let found = S::PROFILES.iter().find(|profile| profile.name() == name);
    found.copied().ok_or_else(|| UnknownProfile {
        name: name.to_owned(),
        subject: S::NAME,
        known: S::PROFILES.iter().map(|profile| profile.name()).collect(),
    })
}

/// A profile that a subject does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile {
    /// The name that was asked for.
    pub name: String,
    /// The subject's name.
    pub subject: &'static str,
    /// The names of the profiles that it has.
    pub known: Vec<&'static str>,
}

impl std::fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has no profile `{}`, only {}", self.subject, self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownProfile {}

/// Whether two outcomes of one case say the same.
pub fn agree<S: Cases>(case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> bool {
    expected == got || S::say_the_same(case, expected, got)
}

/// Every field in which two outcomes of one case differ. If they do not say the same, but their states do, what is kept of
/// them in a state is not all: then they differ as a whole.
pub fn compare<S: Cases>(case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> Vec<Difference> {
    if agree::<S>(case, expected, got) {
        return Vec::new();
    }
    let found = differences(&S::end(case, expected), &S::end(case, got));
    if !found.is_empty() {
        return found;
    }
    let whole = |outcome| serde_json::to_string(outcome).ok().map(Value::Text);
    vec![Difference { path: Path::of("outcome"), expected: whole(expected), got: whole(got) }]
}

/// Topics as [`Cases::topics`] gives them: the first, then all others in order of name.
pub fn first_and_others(
    first: &'static str,
    others: impl IntoIterator<Item = &'static str>,
) -> Vec<&'static str> {
    let others: BTreeSet<&str> = others.into_iter().filter(|other| *other != first).collect();
    iter::once(first).chain(others).collect()
}
