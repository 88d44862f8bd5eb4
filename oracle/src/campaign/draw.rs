//! Drawing the cases of a campaign, on a thread of its own.

use std::iter::Peekable;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use crate::cores::Cores;
use crate::digest::Sum;
use crate::origin::Origin;
use crate::plan::{Plan, Planned};
use crate::subject::Subject;
use crate::suite::Suite;

/// Cases a batch. Large enough that a pipe or an interpreter is entered seldom, small enough for progress to show.
const BATCH: usize = 1024;

/// Cases that are run together: all of them vectors, or none.
#[derive(Debug)]
pub(crate) struct Batch<S: Subject> {
    pub cases: Vec<S::Case>,
    /// Where each comes from.
    pub origins: Vec<Origin>,
    /// The vector that each is, by its position in the suite; empty if these are no vectors.
    pub vectors: Vec<usize>,
}

impl<S: Subject> Default for Batch<S> {
    fn default() -> Self {
        Batch { cases: Vec::with_capacity(BATCH), origins: Vec::with_capacity(BATCH), vectors: Vec::new() }
    }
}

impl<S: Subject> Batch<S> {
    fn push(&mut self, planned: Planned<S>) {
        self.cases.push(planned.case);
        self.origins.push(planned.origin);
        self.vectors.extend(planned.vector);
    }

    /// Takes the next cases that belong together with the first.
    fn fill(
        &mut self,
        cases: &mut Peekable<impl Iterator<Item = Planned<S>>>,
        noted: &mut dyn FnMut(&Planned<S>),
    ) {
        while let Some(planned) = cases.next_if(|planned| self.takes(planned)) {
            noted(&planned);
            self.push(planned);
        }
    }

    fn takes(&self, planned: &Planned<S>) -> bool {
        self.cases.is_empty()
            || self.cases.len() < BATCH && planned.vector.is_some() != self.vectors.is_empty()
    }
}

/// What was drawn.
pub(crate) struct Drawn {
    /// How many cases each lane is asked for.
    pub asked: Vec<u64>,
    /// The sum of the digests of all cases.
    pub cases: Sum,
}

/// Where the cases come from.
pub(crate) struct Source<'a, S: Subject> {
    pub plan: &'a Plan,
    /// Cases to take instead of those of the plan.
    pub given: Option<&'a [Planned<S>]>,
    pub suite: &'a Suite<S>,
}

impl<'a, S: Subject> Source<'a, S> {
    fn cases(&self) -> Box<dyn Iterator<Item = Planned<S>> + 'a> {
        match self.given {
            Some(given) => Box::new(given.iter().cloned()),
            None => Box::new(self.plan.cases(self.suite)),
        }
    }
}

/// Draws the cases, in batches, and counts what each lane is asked for.
pub(crate) fn draw<S: Subject>(
    source: &Source<'_, S>,
    by_vectors: &[bool],
    interrupt: &AtomicBool,
    (cores, send): (&Cores, SyncSender<Batch<S>>),
) -> Drawn {
    let mut drawn = Drawn { asked: vec![0; by_vectors.len()], cases: Sum::default() };
    let mut note = |planned: &Planned<S>| {
        drawn.cases.add(S::NAME, &planned.text());
        let expectations =
            planned.vector.map_or(0, |vector| source.suite.vectors[vector].expected.len() as u64);
        for (asked, by_vectors) in drawn.asked.iter_mut().zip(by_vectors) {
            *asked += if *by_vectors { expectations } else { 1 };
        }
    };
    let mut cases = source.cases().peekable();
    while !interrupt.load(Ordering::Relaxed) {
        let mut batch = Batch::default();
        cores.busy(|| batch.fill(&mut cases, &mut note));
        // If the judge is gone, it has panicked, and that is what will be seen.
        if batch.cases.is_empty() || send.send(batch).is_err() {
            break;
        }
    }
    drawn
}
