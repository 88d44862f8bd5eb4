//! How vectors are written: by a subject as a whole, and its cases and outcomes in YAML.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::Spanned;

use super::keys::Keys;
use super::place::{Problem, SuiteError};
use super::vector::{Expectation, Suite};
use crate::cases::{Cases, Profile};

/// Vectors are written by hand in YAML, and findings are written as vectors.
pub trait Written<S: Cases>: Sync {
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

/// Whether a vector can have this name: lower-case letters, digits and hyphens.
///
/// # Errors
/// It has others, or none.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = !name.is_empty() && name.chars().all(is_plain);
    is_name
        .then_some(())
        .ok_or_else(|| format!("`{name}`: a name has lower-case letters, digits and hyphens"))
}

/// The rule of a case that the oracle has an outcome of.
pub const OF_ORACLE: &str = "The oracle's outcome is the right one.";

/// The rule of a case that the oracle has no outcome of.
pub const OF_MACHINE: &str = "The oracle has no outcome, so this is the machine's, which need not be right.";

/// A case that becomes a vector.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a, S: Cases> {
    /// The vector's name: lower-case letters, digits and hyphens.
    pub name: &'a str,
    /// Whose outcome is expected: [`OF_ORACLE`], [`OF_MACHINE`], or what was said of the case before.
    pub rule: &'a str,
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
pub trait Text<S: Cases>: Sync + 'static {
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
