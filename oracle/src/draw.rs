//! Drawing the cases of a campaign, on a thread of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use vectors::Suite;

use crate::digest::Sum;
use crate::native::Native;
use crate::plan::{Plan, Planned};

/// Cases a batch. Large enough that a pipe or an interpreter is entered seldom, small enough for progress to show.
const BATCH: usize = 256;

/// What was drawn.
pub(crate) struct Drawn {
    /// How many cases each lane is asked for.
    pub asked: Vec<u64>,
    /// The sum of the digests of all cases.
    pub cases: Sum,
}

/// Where the cases come from.
pub(crate) struct Source<'a, S: Native> {
    pub plan: &'a Plan,
    /// Cases to take instead of those of the plan.
    pub given: Option<&'a [Planned<S>]>,
    pub suite: &'a Suite<S>,
}

impl<'a, S: Native> Source<'a, S> {
    fn cases(&self) -> Box<dyn Iterator<Item = Planned<S>> + 'a> {
        match self.given {
            Some(given) => Box::new(given.iter().cloned()),
            None => Box::new(self.plan.cases(self.suite)),
        }
    }
}

/// Draws the cases, in batches, and counts what each lane is asked for.
pub(crate) fn draw<S: Native>(
    source: &Source<'_, S>,
    by_vectors: &[bool],
    interrupt: &AtomicBool,
    send: &SyncSender<Vec<Planned<S>>>,
) -> Drawn {
    let mut asked = vec![0; by_vectors.len()];
    let mut cases = Sum::default();
    let mut batch: Vec<Planned<S>> = Vec::with_capacity(BATCH);
    for planned in source.cases() {
        if interrupt.load(Ordering::Relaxed) {
            break;
        }
        cases.add(S::NAME, &planned.text());
        let expectations =
            planned.vector.map_or(0, |vector| source.suite.vectors[vector].expected.len() as u64);
        for (asked, by_vectors) in asked.iter_mut().zip(by_vectors) {
            *asked += if *by_vectors { expectations } else { 1 };
        }
        let other_kind =
            batch.first().is_some_and(|first| first.vector.is_some() != planned.vector.is_some());
        if (batch.len() == BATCH || other_kind) && send.send(std::mem::take(&mut batch)).is_err() {
            break;
        }
        batch.push(planned);
    }
    if !batch.is_empty() {
        // Where the judge is gone, it has panicked, and that is what will be seen.
        let _ = send.send(batch);
    }
    Drawn { asked, cases }
}
