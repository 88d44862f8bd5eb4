//! Subjects as fuzzing needs them, with their types taken away.

mod cases;
mod explainer;
pub(crate) mod json;
mod laws;
mod promotion;
mod texts;

use std::marker::PhantomData;
use std::path::Path;

use oracle::fuzz::{Bench, Create};
use oracle::machine::Machine;
use oracle::project::Project;
use oracle::server::Service;
use oracle::subject::{Subject, step_count};
use oracle::{Answer, Profile};

pub use cases::{CaseBody, CasesOf};
pub use explainer::{CaseExplainer, ExplainsCases};
pub use promotion::{Promotion, Refusal};
pub use texts::{TextBody, TextsOf};

/// Some subjects.
pub type Subjects<'s> = &'s [&'static dyn FuzzedSubject];

/// What fuzzing needs of a subject. Every subject has it: see [`Of`].
pub trait FuzzedSubject: Sync {
    /// The subject's name.
    fn name(&self) -> &'static str;

    /// The targets that the subject brings.
    fn targets(&self) -> Vec<(&'static str, Create)>;

    /// The name of a target that runs its cases alone, if there is one.
    fn cases_target(&self) -> Option<&'static str>;

    /// What runs its cases.
    fn cases(&self, bench: &Bench) -> Box<dyn CaseBody>;

    /// What reads its vectors.
    fn texts(&self, bench: &Bench) -> Box<dyn TextBody>;

    /// Its native machine, to be asked by the machine protocol about cases of at most so many steps; `None` if it has
    /// none.
    fn service(&self, steps: u32) -> Option<Box<dyn Service>>;

    /// Some of its cases as they are sent to a chip: the numbers of subject and profile, and the bytes. None if it is on no
    /// chip.
    fn chip_cases(&self) -> Vec<ChipCase>;

    /// What makes findings of its cases.
    fn explainer(&self, bench: &Bench) -> Box<dyn ExplainsCases>;

    /// The text of a vector file, read as one of this subject, as a regression of this name.
    ///
    /// # Errors
    /// It is no file of this subject, or holds something else than a finding.
    fn promote(&self, project: &Project, text: &str, file: &Path, name: &str) -> Result<Promotion, Refusal>;
}

/// A case as it is sent to a chip.
#[derive(Clone, Debug)]
pub struct ChipCase {
    /// The number of the subject.
    pub subject: u8,
    /// The number of the profile.
    pub profile: u8,
    /// The case, as its subject writes it.
    pub bytes: Vec<u8>,
}

/// Subject `S` with its types taken away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Of<S>(PhantomData<fn() -> S>);

impl<S> Of<S> {
    /// The subject.
    pub const NEW: Self = Of(PhantomData);
}

impl<S: Subject> FuzzedSubject for Of<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn targets(&self) -> Vec<(&'static str, Create)> {
        S::fuzzed().map_or_else(Vec::new, |fuzzed| fuzzed.targets())
    }

    fn cases_target(&self) -> Option<&'static str> {
        S::fuzzed()?.cases_target()
    }

    fn cases(&self, bench: &Bench) -> Box<dyn CaseBody> {
        Box::new(CasesOf::<S>::new(bench))
    }

    fn texts(&self, bench: &Bench) -> Box<dyn TextBody> {
        Box::new(TextsOf::<S>::new(bench))
    }

    fn service(&self, steps: u32) -> Option<Box<dyn Service>> {
        let machine = oracle::subject::native::<S>()?;
        let short: Box<dyn Machine<S>> = Box::new(Short { machine, steps });
        Some(Box::new(short))
    }

    fn chip_cases(&self) -> Vec<ChipCase> {
        /// One of so many cases of the sweep, so that all topics are among them.
        const EVERY: usize = 2503;
        let (Some(on_chip), Some(generates)) = (S::on_chip(), S::generates()) else { return Vec::new() };
        let Some(profile) = on_chip.profile(S::PROFILES[0]) else { return Vec::new() };
        let cases = generates.sweep().step_by(EVERY).map(|case| on_chip.encode(&case));
        cases.map(|bytes| ChipCase { subject: on_chip.number(), profile, bytes }).collect()
    }

    fn explainer(&self, bench: &Bench) -> Box<dyn ExplainsCases> {
        Box::new(CaseExplainer::<S>::new(bench))
    }

    fn promote(&self, project: &Project, text: &str, file: &Path, name: &str) -> Result<Promotion, Refusal> {
        promotion::vector::<S>(project, text, file, name)
    }
}

/// A machine for short cases only.
struct Short<S: Subject> {
    machine: Box<dyn Machine<S>>,
    steps: u32,
}

impl<S: Subject> Machine<S> for Short<S> {
    fn name(&self) -> &str {
        (*self.machine).name()
    }

    fn profiles(&self) -> &[Profile] {
        (*self.machine).profiles()
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        if cases.iter().any(|case| step_count::<S>(case) > self.steps) {
            return vec![Answer::Unsupported("too long".into()); cases.len()];
        }
        (*self.machine).run(profile, cases)
    }
}
