//! What is known of a case in a lane.

use super::locate::Located;
use crate::subject::{Profile, Subject};
use crate::verdict::Verdict;

/// A case in a lane.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub lane: usize,
    /// Of the machine, of the oracle.
    pub profiles: (Profile, Profile),
    /// The position in the batch.
    pub index: usize,
}

/// What is known of a case in a lane.
pub(super) struct Judged<S: Subject> {
    pub verdict: Verdict,
    /// The rows of the ledger that explain it, if it is known.
    pub rows: Vec<&'static str>,
    /// The step that differs, from 1, if it is known.
    pub step: Option<u32>,
    /// What the vector expects, if vectors are the oracle.
    pub expected: Option<S::Outcome>,
    pub located: Option<Located<S>>,
}

/// A case that fails in a lane.
pub(super) struct Failing<S: Subject> {
    pub place: Place,
    pub judged: Judged<S>,
    /// The name of the group that it is counted in.
    pub group: String,
    /// The points that it hits, if it can be watched.
    pub hits: Option<Vec<usize>>,
}

impl<S: Subject> Judged<S> {
    /// The verdict alone.
    pub(super) fn plain(verdict: Verdict) -> Self {
        Judged { verdict, rows: Vec::new(), step: None, expected: None, located: None }
    }
}
