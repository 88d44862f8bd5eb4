//! What a campaign tells while it runs.

use serde::Serialize;

use crate::report::{Finding, LaneReport};

/// What happens while a campaign runs.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// It begins.
    Started {
        /// The subject.
        subject: &'a str,
        /// The seed.
        seed: u64,
        /// The lanes that run.
        lanes: Vec<String>,
        /// Cases that will be run on each lane between machines; fewer, if they are selected by topic.
        cases: u64,
    },
    /// A lane that will not run, or one that has finished.
    Lane(&'a LaneReport),
    /// A batch has been judged.
    Batch {
        /// Cases so far.
        done: u64,
        /// Of how many.
        cases: u64,
        /// Differences so far, over all lanes.
        differ: u64,
    },
    /// A difference has been explained.
    Finding(&'a Finding),
    /// It is over.
    Finished {
        /// The exit status.
        exit: u8,
        /// Wall-clock time in seconds.
        seconds: f64,
    },
}

/// Told of every event.
pub type Listener<'a> = dyn FnMut(&Event<'_>) + 'a;
