//! Suites: the vectors of a subject, found by walking its folder.
//!
//! A file holds `rules` (id and the sentence of the specification) and `vectors`, each of which names the rule that it
//! tests. Nothing is registered anywhere: a file that lies in the folder is part of the suite. Everything that could make a
//! vector test nothing is an error with file, line and column: unknown, repeated and empty keys, a name used twice, a rule
//! that is not defined, a rule that no vector tests, a file that would be passed over.
//!
//! What all subjects share of a vector, its envelope, is read and written here; how a subject writes its cases and
//! outcomes is its [`Text`].

mod entry;
pub mod keys;
mod load;
mod place;
pub mod plain;
pub mod report;
pub mod text;
mod write;

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_saphyr::Spanned;

pub use keys::Keys;
pub use load::LEDGER_FILE;
pub use place::{Place, Problem, SuiteError, complaints};
pub use plain::AsInProtocol;

use crate::subject::{Profile, Subject};

/// All vectors of a subject.
#[derive(Clone, Debug)]
pub struct Suite<S: Subject> {
    /// The vectors, by file and position.
    pub vectors: Vec<Vector<S>>,
    /// The rules, by id.
    pub rules: BTreeMap<String, String>,
}

impl<S: Subject> Default for Suite<S> {
    /// A suite without vectors.
    fn default() -> Self {
        Suite { vectors: Vec::new(), rules: BTreeMap::new() }
    }
}

/// A case with what is expected of it.
#[derive(Clone, Debug)]
pub struct Vector<S: Subject> {
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
pub struct Expectation<S: Subject> {
    /// The profile.
    pub profile: Profile,
    /// What comes out. If the expectation is partial, only what it states of that counts.
    pub outcome: S::Outcome,
    /// What the expectation states, if that is not everything.
    pub partial: Option<Partial<S>>,
}

/// Completes an outcome: takes everything that an expectation does not state from what a machine has.
type Complete<S> = dyn Fn(&<S as Subject>::Outcome) -> <S as Subject>::Outcome + Send + Sync;

/// What a partial expectation states.
#[derive(Clone)]
pub struct Partial<S: Subject> {
    /// The stated fields and values as text, which fixes them in the digest of the suite.
    pub stated: String,
    /// Gives the outcome that is expected of a machine which came out with another one.
    pub complete: Arc<Complete<S>>,
}

impl<S: Subject> Debug for Partial<S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stated)
    }
}

impl<S: Subject> Expectation<S> {
    /// The outcome that is expected of a machine which came out with `got`.
    pub fn of(&self, got: &S::Outcome) -> S::Outcome {
        self.partial.as_ref().map_or_else(|| self.outcome.clone(), |partial| (partial.complete)(got))
    }
}

impl<S: Subject> Vector<S> {
    /// What is expected in `profile`; `None` if the vector does not run in it.
    pub fn expected_in(&self, profile: Profile) -> Option<&Expectation<S>> {
        self.expected.iter().find(|expectation| expectation.profile == profile)
    }
}

/// Vectors are written by hand in YAML, and findings are written as vectors.
pub trait Written<S: Subject>: Sync {
    /// Loads the suite in `folder` with all its subfolders, or the one file that `folder` is.
    ///
    /// # Errors
    /// All that is wrong, file by file; at most one complaint a file if its YAML does not read.
    fn load(&self, folder: &Path) -> Result<Suite<S>, Vec<SuiteError>>;

    /// Reads the vectors of one text, as if it stood in `file`.
    ///
    /// # Errors
    /// All that is wrong with it; at most one complaint if its YAML does not read.
    fn read(&self, text: &str, file: &Path) -> Result<Suite<S>, Vec<SuiteError>>;

    /// A vector file with these entries, in this order.
    fn write(&self, found: &[Found<'_, S>]) -> String;
}

/// A case that becomes a vector.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a, S: Subject> {
    /// The vector's name: lower-case letters, digits and hyphens.
    pub name: &'a str,
    /// Where it was found, for people.
    pub note: &'a str,
    /// The case.
    pub case: &'a S::Case,
    /// The profile in which the outcome is expected.
    pub profile: Profile,
    /// What is expected.
    pub outcome: &'a S::Outcome,
}

/// How a subject writes its cases and its outcomes in YAML. All keys but those of the envelope (`name`, `rule`, `note`,
/// `only`, `expect`, `document`, and the names of the profiles) are the subject's.
pub trait Text<S: Subject>: Sync + 'static {
    /// The keys of a case.
    type Given: Keys;
    /// What stands behind `expect`, `document` and the profiles.
    type Expect: DeserializeOwned;
    /// What reading a case gives beside the case, for those who read what is expected of it.
    type Context;

    /// The case of an entry. Files that it names lie in `folder`.
    ///
    /// # Errors
    /// What is wrong with it; at `name`, if it is nothing in particular.
    fn case(
        &self,
        given: &Self::Given,
        name: &Spanned<String>,
        folder: &Path,
    ) -> Result<(S::Case, Self::Context), Problem>;

    /// What is expected of the case in `profile`: `layers` are `expect` and what stands behind the profile, as far as they
    /// are there, the more particular one last.
    ///
    /// # Errors
    /// What is wrong with it, in words: its place is the entry's.
    fn expectation(
        &self,
        case: &S::Case,
        context: &Self::Context,
        layers: &[&Self::Expect],
        profile: Profile,
    ) -> Result<Expectation<S>, String>;

    /// The case as the keys and values of a block mapping, without indentation.
    fn write_case(&self, case: &S::Case) -> String;

    /// The outcome as a flow value, which says everything.
    fn write_outcome(&self, case: &S::Case, outcome: &S::Outcome) -> String;
}

/// Makes a subject [`Written`] by its [`Text`].
#[derive(Clone, Copy, Debug)]
pub struct Yaml<T>(pub T);
