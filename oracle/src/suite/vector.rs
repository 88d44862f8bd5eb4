//! Vectors: cases with what is expected of them.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::place::Place;
use crate::cases::{Cases, Profile};

/// All vectors of a subject.
#[derive(Clone, Debug)]
pub struct Suite<S: Cases> {
    /// The vectors, by file and position.
    pub vectors: Vec<Vector<S>>,
    /// The rules, by id.
    pub rules: BTreeMap<String, String>,
}

impl<S: Cases> Default for Suite<S> {
    /// A suite without vectors.
    fn default() -> Self {
        Suite { vectors: Vec::new(), rules: BTreeMap::new() }
    }
}

/// A case with what is expected of it.
#[derive(Clone, Debug)]
pub struct Vector<S: Cases> {
    /// The name, unique in the suite.
    pub name: String,
    /// The id of the rule it tests.
    pub rule: String,
    /// Anything else worth knowing; may be empty.
    pub note: String,
    /// Where it stands.
    pub place: Place,
    /// The case.
    pub case: S::Case,
    /// What comes out, by profile; in a profile that is missing the vector does not run.
    pub expected: Vec<Expectation<S>>,
    /// What the specification's text would have, if every profile follows the reference instead.
    pub document: Option<S::Outcome>,
}

/// What is expected of a case in a profile.
#[derive(Clone, Debug)]
pub struct Expectation<S: Cases> {
    /// The profile.
    pub profile: Profile,
    /// What comes out. If the expectation is partial, only what it states of that counts.
    pub outcome: S::Outcome,
    /// What the expectation states, if that is not everything.
    pub partial: Option<Partial<S>>,
}

/// A vector with what is expected of it in one profile, whole.
#[derive(Clone, Debug)]
pub struct Row<'a, S: Cases> {
    /// The vector.
    pub vector: &'a Vector<S>,
    /// The profile.
    pub profile: Profile,
    /// What comes out.
    pub outcome: S::Outcome,
    /// What the vector itself states of that, as text, if it leaves something open.
    pub stated: Option<&'a str>,
}

/// Completes an outcome: takes everything that an expectation does not state from what a machine has.
type Complete<S> = dyn Fn(&<S as Cases>::Outcome) -> <S as Cases>::Outcome + Send + Sync;

/// What a partial expectation states.
#[derive(Clone)]
pub struct Partial<S: Cases> {
    /// The stated fields and values as text, which fixes them in the digest of the suite.
    pub stated: String,
    /// Gives the outcome that is expected of a machine which came out with another one.
    pub complete: Arc<Complete<S>>,
}

impl<S: Cases> Debug for Partial<S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stated)
    }
}

impl<S: Cases> Expectation<S> {
    /// The outcome that is expected of a machine which came out with `got`.
    pub fn of(&self, got: &S::Outcome) -> S::Outcome {
        self.partial.as_ref().map_or_else(|| self.outcome.clone(), |partial| (partial.complete)(got))
    }
}

impl<S: Cases> Vector<S> {
    /// What is expected in `profile`; `None` if the vector does not run in it.
    pub fn expected_in(&self, profile: Profile) -> Option<&Expectation<S>> {
        self.expected.iter().find(|expectation| expectation.profile == profile)
    }
}
