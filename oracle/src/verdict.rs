//! Verdicts: what is made of the answers of oracle and machine to a case.

use vectors::Profile;

use crate::machine::Answer;
use crate::native::Native;

/// What is made of two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same outcome.
    Agree,
    /// Different outcomes, explained by these rows of the ledger.
    Known(Vec<&'static str>),
    /// Different outcomes, or the machine failed.
    Differ,
    /// The oracle failed.
    OracleFault,
    /// One of them does not implement it.
    Unsupported,
    /// One of them could not be used.
    NotRun,
}

impl Verdict {
    /// Whether it asks for an explanation.
    pub fn fails(&self) -> bool {
        matches!(self, Verdict::Differ | Verdict::OracleFault)
    }
}

/// Judges the answers of oracle and machine to a case.
pub fn judge<S: Native>(
    case: &S::Case,
    (expected_in, expected): (Profile, &Answer<S::Outcome>),
    (got_in, got): (Profile, &Answer<S::Outcome>),
) -> Verdict {
    let expected = match expected {
        Answer::Outcome(expected) => expected,
        Answer::Broken(_) => return Verdict::OracleFault,
        Answer::Unsupported(_) => return Verdict::Unsupported,
        Answer::NotRun(_) => return Verdict::NotRun,
    };
    match got {
        Answer::Outcome(got) if S::compare(expected, got).is_empty() => Verdict::Agree,
        Answer::Outcome(got) if expected_in != got_in => {
            S::explain(case, expected_in, expected, got_in, got).map_or(Verdict::Differ, Verdict::Known)
        }
        Answer::Outcome(_) | Answer::Broken(_) => Verdict::Differ,
        Answer::Unsupported(_) => Verdict::Unsupported,
        Answer::NotRun(_) => Verdict::NotRun,
    }
}
