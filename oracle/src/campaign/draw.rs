//! Drawing the cases of a campaign, on a thread of its own.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use super::given::Side;
use crate::cores::Cores;
use crate::digest::Sum;
use crate::machine::Sample;
use crate::origin::Origin;
use crate::plan::{Plan, Planned};
use crate::subject::Subject;
use crate::suite::Suite;

/// Cases a batch. Large enough that a pipe or an interpreter is entered seldom, small enough for progress to show.
const BATCH: usize = 2048;

/// The sides that have a sample, and whether a case is in it.
type Taken = Vec<(Side, bool)>;

/// Cases that are run together: all of them vectors, or none.
pub(crate) struct Batch<S: Subject> {
    pub cases: Vec<S::Case>,
    /// Where each comes from.
    pub origins: Vec<Origin>,
    /// The vector that each is, by its position in the suite; empty if these are no vectors.
    pub vectors: Vec<usize>,
    /// What each side that has a sample has of them.
    taken: BTreeMap<Side, Vec<bool>>,
}

impl<S: Subject> Default for Batch<S> {
    fn default() -> Self {
        let (cases, origins) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        Batch { cases, origins, vectors: Vec::new(), taken: BTreeMap::new() }
    }
}

impl<S: Subject> Batch<S> {
    fn push(&mut self, planned: Planned<S>, taken: Taken) {
        self.cases.push(planned.case);
        self.origins.push(planned.origin);
        self.vectors.extend(planned.vector);
        taken.into_iter().for_each(|(side, taken)| self.taken.entry(side).or_default().push(taken));
    }

    /// Whether a side has the case at this position.
    pub(super) fn is_taken(&self, side: Side, index: usize) -> bool {
        self.taken.get(&side).is_none_or(|taken| taken[index])
    }

    /// Takes the next cases that belong together with the first.
    fn fill(
        &mut self,
        cases: &mut Peekable<impl Iterator<Item = Planned<S>>>,
        noted: &mut dyn FnMut(&Planned<S>) -> Taken,
    ) {
        while let Some(planned) = cases.next_if(|planned| self.takes(planned)) {
            let taken = noted(&planned);
            self.push(planned, taken);
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
    /// How many cases there are.
    pub all: u64,
    /// The sum of the digests of all cases.
    pub cases: Sum,
}

/// What is asked for a case.
pub(super) enum Wanted {
    /// What the vectors expect.
    Vectors,
    /// All of these sides, if each has the case.
    Sides(Vec<Side>),
}

/// Where the cases come from.
pub(crate) struct Source<'a, S: Subject> {
    pub plan: &'a Plan,
    /// Cases to take instead of those of the plan.
    pub given: Option<&'a [Planned<S>]>,
    pub suite: &'a Suite<S>,
    /// The sides that have not all cases.
    pub samples: Vec<(Side, Sample<S>)>,
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
pub(super) fn draw<S: Subject>(
    source: &Source<'_, S>,
    lanes: &[Wanted],
    interrupt: &AtomicBool,
    (cores, send): (&Cores, SyncSender<Batch<S>>),
) -> Drawn {
    let mut drawn = Drawn { asked: vec![0; lanes.len()], all: 0, cases: Sum::default() };
    let mut note = |planned: &Planned<S>| {
        drawn.cases.add(S::NAME, &planned.text());
        let expectations =
            planned.vector.map_or(0, |vector| source.suite.vectors[vector].expected.len() as u64);
        drawn.all += 1;
        // Vectors are few, and each is there for a reason.
        let takes = |side: &Side, sample: &Sample<S>| {
            planned.vector.is_some() || (sample.takes)(&planned.case, side.1)
        };
        let taken: Taken = source.samples.iter().map(|(side, sample)| (*side, takes(side, sample))).collect();
        let is_taken = |side: &Side| taken.iter().all(|(of, taken)| of != side || *taken);
        for (asked, lane) in drawn.asked.iter_mut().zip(lanes) {
            *asked += match lane {
                Wanted::Vectors => expectations,
                Wanted::Sides(sides) => u64::from(sides.iter().all(is_taken)),
            };
        }
        taken
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
