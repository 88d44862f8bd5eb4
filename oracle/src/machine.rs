//! The trait of everything that runs cases.

use vectors::{Profile, Subject};

use crate::report::Measurement;

/// What a machine says to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<O> {
    /// What came out.
    Outcome(O),
    /// The machine does not implement what the case needs, and says so.
    Unsupported(String),
    /// The machine failed at this case: it crashed, hung, answered rubbish. Says how.
    Broken(String),
    /// The case was never put to the machine, because it could not be used any more. Says why.
    NotRun(String),
}

/// Something that runs cases of a subject.
///
/// Cases come in batches, because an interpreter, a pipe and a probe all need that.
pub trait Machine<S: Subject> {
    /// The name, as it stands in lanes.
    fn name(&self) -> &str;

    /// What it says of its version; empty where it says nothing.
    fn version(&self) -> String {
        String::new()
    }

    /// The profiles it can run.
    fn profiles(&self) -> &[Profile];

    /// What it has measured beside its answers, for the report.
    fn measurements(&self) -> Vec<Measurement> {
        Vec::new()
    }

    /// Runs the cases; one answer for each, in the same order. Never fails as a whole: what goes wrong is the answer
    /// of the case where it went wrong.
    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>>;

    /// Ends the machine after its last case.
    ///
    /// # Errors
    /// What it did wrong that no case could be blamed for.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Runs one case.
pub fn run_one<S: Subject>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    case: &S::Case,
) -> Answer<S::Outcome> {
    let mut answers = machine.run(profile, std::slice::from_ref(case));
    answers.pop().unwrap_or_else(|| Answer::Broken("no answer".into()))
}
