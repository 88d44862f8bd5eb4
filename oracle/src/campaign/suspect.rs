//! A case that fails, with both answers, and what its difference looks like.

use std::sync::Arc;

use super::draw::Batch;
use super::locate::Located;
use crate::machine::{Answer, FailureKind};
use crate::origin::Origin;
use crate::report::EVERY_TOPIC;
use crate::subject::{Profile, Subject, agree, family_names};

/// A case whose two answers need an explanation.
#[derive(Clone)]
pub(super) struct Suspect<S: Subject> {
    pub lane: usize,
    /// Of the machine, of the oracle.
    pub profiles: (Profile, Profile),
    /// What was run before that.
    pub earlier: Option<Arc<Batch<S>>>,
    /// What was run together with it.
    pub batch: Arc<Batch<S>>,
    /// Its position in the batch.
    pub index: usize,
    /// The vector it is, if the vectors are the oracle.
    pub vector: Option<usize>,
    /// The machine to compare with: the oracle, or one that does what the vector expects.
    pub oracle: Option<usize>,
    pub expected: Answer<S::Outcome>,
    pub got: Answer<S::Outcome>,
    pub located: Option<Located<S>>,
}

/// What a difference looks like: what it is about, and the fields that differ or the failure.
pub(super) type Look = (String, String);

impl<S: Subject> Suspect<S> {
    pub(super) fn case(&self) -> &S::Case {
        &self.batch.cases[self.index]
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.batch.origins[self.index]
    }

    /// The cases that were run before it, as far as they are still there.
    pub(super) fn before(&self) -> Vec<(&Origin, &S::Case)> {
        let earlier = self.earlier.iter().flat_map(|batch| batch.origins.iter().zip(&batch.cases));
        let together = self.batch.origins.iter().zip(&self.batch.cases);
        earlier.chain(together.take(self.index)).collect()
    }

    /// What it is about.
    pub(super) fn topic(&self) -> &'static str {
        self.located.as_ref().map_or_else(|| S::topics(self.case())[0], |located| located.topic)
    }

    pub(super) fn look(&self) -> Look {
        if let (Answer::Outcome(expected), Answer::Outside(got)) = (&self.expected, &self.got)
            && agree::<S>(self.case(), expected, &got.outcome)
        {
            // A number that is only written wrongly is the same mistake whatever the case is about.
            return (EVERY_TOPIC.into(), got.families());
        }
        if let Some(located) = &self.located {
            return (located.topic.into(), located.aspect.clone());
        }
        let topic = self.topic().to_owned();
        match (&self.expected, &self.got) {
            (Answer::Outcome(expected), got @ (Answer::Outcome(_) | Answer::Outside(_))) => {
                let differences = got.differences::<S>(self.case(), expected);
                (topic, family_names(&differences.unwrap_or_default()))
            }
            (Answer::Broken(failure), _) | (_, Answer::Broken(failure)) => {
                match failure.kind {
                    // The same mistake whatever the case is about: it is told once.
                    FailureKind::Form | FailureKind::Refusal | FailureKind::Unsteady => {
                        (EVERY_TOPIC.into(), failure.aspect())
                    }
                    FailureKind::Crash | FailureKind::Hang | FailureKind::Impossible => {
                        (topic, failure.aspect())
                    }
                }
            }
            _ => (topic, String::new()),
        }
    }

    pub(super) fn is_comparable(&self) -> bool {
        self.expected.outcome().is_some() && self.got.held().is_some()
    }

    pub(super) fn failure(&self) -> Option<String> {
        let broken =
            [&self.expected, &self.got].into_iter().find(|answer| matches!(answer, Answer::Broken(_)));
        broken.and_then(|answer| answer.reason()).map(str::to_owned)
    }
}
