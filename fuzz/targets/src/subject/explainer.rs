//! Findings of cases on which the native machine and the model of a subject differ: located, made small, written as
//! vectors.

use oracle::Answer;
use oracle::campaign::locate::Located;
use oracle::campaign::shrink::shrink;
use oracle::fuzz::{Bench, Cause, Complaint, FuzzedCase, Judge, relation};
use oracle::report::Finding;
use oracle::subject::{Profile, State, Subject, compare, profile_of};
use oracle::suite::{Found, OF_ORACLE};
use serde::Deserialize;

use crate::finding::{Explained, Kept, Source};

/// What makes findings of the cases of a subject.
pub trait ExplainsCases {
    /// The finding of a case on which the two machines differ, seen `count` times; `None` if they do not, or if the case
    /// cannot be written.
    ///
    /// # Errors
    /// Its file cannot be written.
    fn explain(
        &mut self,
        source: Source<'_>,
        case: &FuzzedCase,
        count: u64,
    ) -> Result<Option<Explained>, String>;
}

/// What makes findings of the cases of subject `S`.
pub struct CaseExplainer<S: Subject> {
    judge: Judge<S>,
}

impl<S: Subject> CaseExplainer<S> {
    /// What makes them.
    pub fn new(bench: &Bench) -> Self {
        CaseExplainer { judge: Judge::new(bench, 1) }
    }

    /// The simplest case that complains of the same cause.
    fn smallest(&mut self, profile: Profile, start: S::Case, cause: &Cause) -> S::Case {
        shrink::<S>(start, &mut |batch| {
            let shows = |case| self.judge.compare(profile, case).is_err_and(|it| it.cause == *cause);
            batch.iter().position(shows)
        })
    }
}

impl<S: Subject> ExplainsCases for CaseExplainer<S> {
    fn explain(
        &mut self,
        source: Source<'_>,
        case: &FuzzedCase,
        count: u64,
    ) -> Result<Option<Explained>, String> {
        let (Ok(profile), Ok(case)) = (profile_of::<S>(case.profile), S::Case::deserialize(&case.case))
        else {
            return Ok(None);
        };
        let (Some(written), Err(Complaint { cause, .. })) =
            (S::written(), self.judge.compare(profile, &case))
        else {
            return Ok(None);
        };
        let located = self.judge.locate(profile, &case);
        let step = located.as_ref().map(|located| located.step);
        let start = located.as_ref().map_or(&case, Located::simplest).clone();
        let small = self.smallest(profile, start, &cause);
        // What is said of the smallest case, which may be other values. If nothing, it depends on what was run before.
        let Err(Complaint { cause, message, .. }) = self.judge.compare(profile, &small) else {
            return Ok(None);
        };
        let Some((Answer::Outcome(expected), got)) = self.judge.answer(profile, &small) else {
            return Ok(None);
        };
        let differences = got.outcome().map_or_else(Vec::new, |got| compare::<S>(&small, &expected, got));
        let how = relation(&differences).map_or_else(String::new, |relation| format!(": {}", relation.how));
        let note = format!("{cause}{how}. Found by {}.", source.provenance);
        let vector = |name: &str| {
            let (case, outcome) = (&small, &expected);
            written.write(&[Found { name, rule: OF_ORACLE, note: &note, case, profile, outcome }])
        };
        let bytes = serde_json::to_vec(&small).unwrap_or_default();
        let kept = Kept::write(source.failures, source.target, &cause, &bytes, "yaml", vector)?;
        let finding = Finding {
            profile: profile.name().into(),
            failure: got.outcome().is_none().then_some(message),
            step,
            listing: S::listing(&small),
            differences,
            before: S::start(&small),
            expected: S::end(&small, &expected),
            got: got.outcome().map_or_else(State::default, |got| S::end(&small, got)),
            ..kept.finding(source.target, &cause, count)
        };
        Ok(Some(Explained { cause, finding }))
    }
}
