//! Drawing the cases of a campaign, on threads of its own.

use std::collections::BTreeMap;
use std::iter;
use std::mem;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use super::given::Side;
use crate::cores::Cores;
use crate::digest::Sum;
use crate::machine::Sample;
use crate::origin::Origin;
use crate::plan::{Plan, Planned};
use crate::subject::Subject;
use crate::suite::Suite;

/// Cases a batch. Large enough that a pipe or an interpreter is entered seldom, small enough for progress to show.
const BATCH: usize = 4096;

/// Cases that are drawn in one go: a thread asks for its turn as often as it draws so many.
const PIECE: usize = 512;

/// Pieces of a thread that may wait to be put into a batch.
const WAITING: usize = 2;

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

    /// Whether the case belongs to those that are there, and there is room for it.
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

/// Cases that are drawn in one go, and what is counted of them.
struct Piece<S: Subject> {
    cases: Vec<(Planned<S>, Taken)>,
    drawn: Drawn,
}

impl<S: Subject> Source<'_, S> {
    /// Sends the cases that are not drawn at random, in their order, piece by piece.
    fn send_fixed(&self, lanes: &[Wanted], cores: &Cores, send: &SyncSender<Piece<S>>) {
        let mut cases: Box<dyn Iterator<Item = Planned<S>> + '_> = match self.given {
            Some(given) => Box::new(given.iter().cloned()),
            None => Box::new(self.plan.fixed(self.suite)),
        };
        loop {
            let piece = cores.busy(|| self.piece(lanes, cases.by_ref().take(PIECE).collect()));
            if piece.cases.is_empty() || send.send(piece).is_err() {
                return;
            }
        }
    }

    /// Sends pieces of the random cases: of `of` threads, the one numbered `nth` every `of`-th.
    fn send_random(
        &self,
        (nth, of): (usize, usize),
        lanes: &[Wanted],
        cores: &Cores,
        send: &SyncSender<Piece<S>>,
    ) {
        if self.given.is_some() {
            return;
        }
        let (mut drawer, count) = (self.plan.drawer(), self.plan.drawn::<S>());
        for start in (0..count).step_by(PIECE).skip(nth).step_by(of) {
            let indices = start..count.min(start + PIECE as u64);
            if send.send(cores.busy(|| self.piece(lanes, drawer(indices)))).is_err() {
                return;
            }
        }
    }

    fn piece(&self, lanes: &[Wanted], planned: Vec<Planned<S>>) -> Piece<S> {
        let mut drawn = Drawn::of(lanes);
        let mut noted = |planned: Planned<S>| {
            let taken = self.note(&planned, lanes, &mut drawn);
            (planned, taken)
        };
        Piece { cases: planned.into_iter().map(&mut noted).collect(), drawn }
    }

    /// Counts a case, and finds out what has it that has a sample.
    fn note(&self, planned: &Planned<S>, lanes: &[Wanted], drawn: &mut Drawn) -> Taken {
        drawn.cases.add(S::NAME, &planned.text());
        let expectations =
            planned.vector.map_or(0, |vector| self.suite.vectors[vector].expected.len() as u64);
        drawn.all += 1;
        // Vectors are few, and each is there for a reason.
        let takes = |side: &Side, sample: &Sample<S>| {
            planned.vector.is_some() || (sample.takes)(&planned.case, side.1)
        };
        let taken: Taken = self.samples.iter().map(|(side, sample)| (*side, takes(side, sample))).collect();
        let is_taken = |side: &Side| taken.iter().all(|(of, taken)| of != side || *taken);
        for (asked, lane) in drawn.asked.iter_mut().zip(lanes) {
            *asked += match lane {
                Wanted::Vectors => expectations,
                Wanted::Sides(sides) => u64::from(sides.iter().all(is_taken)),
            };
        }
        taken
    }
}

impl Drawn {
    /// Nothing, for these lanes.
    fn of(lanes: &[Wanted]) -> Self {
        Drawn { asked: vec![0; lanes.len()], all: 0, cases: Sum::default() }
    }

    fn add(&mut self, other: Drawn) {
        self.asked.iter_mut().zip(other.asked).for_each(|(asked, other)| *asked += other);
        self.all += other.all;
        self.cases.add_sum(other.cases);
    }
}

/// Draws the cases, in batches, and counts what each lane is asked for. Random ones are drawn by as many threads as there are
/// cores: to draw one can take longer than to run it.
pub(super) fn draw<S: Subject>(
    source: &Source<'_, S>,
    lanes: &[Wanted],
    interrupt: &AtomicBool,
    (cores, send): (&Cores, SyncSender<Batch<S>>),
) -> Drawn {
    let threads = cores.most();
    thread::scope(|scope| {
        let (send_fixed, fixed) = sync_channel(WAITING);
        let sending = scope.spawn(move || source.send_fixed(lanes, cores, &send_fixed));
        let random = |nth| {
            let (random, pieces) = sync_channel(WAITING);
            scope.spawn(move || source.send_random((nth, threads), lanes, cores, &random));
            pieces
        };
        let random = (0..threads).map(random).collect();
        collect(in_order((fixed, sending), random), Drawn::of(lanes), interrupt, &send)
    })
}

/// The first pieces, then those of the others in turn. If the thread that sends the first panics, so does this, before any
/// other: they are not all there.
fn in_order<T>(
    (first, sending): (Receiver<T>, ScopedJoinHandle<'_, ()>),
    others: Vec<Receiver<T>>,
) -> impl Iterator<Item = T> {
    let others = move || {
        sending.join().unwrap_or_else(|panic| resume_unwind(panic));
        let mut turn = (0..others.len()).cycle();
        iter::from_fn(move || others[turn.next()?].recv().ok())
    };
    first.into_iter().chain(iter::once_with(others).flatten())
}

/// Makes batches of pieces, and sends them until there are no more, or until it is interrupted.
fn collect<S: Subject>(
    pieces: impl Iterator<Item = Piece<S>>,
    mut drawn: Drawn,
    interrupt: &AtomicBool,
    send: &SyncSender<Batch<S>>,
) -> Drawn {
    let mut batch = Batch::default();
    for piece in pieces {
        drawn.add(piece.drawn);
        for (planned, taken) in piece.cases {
            // If the judge is gone, it has panicked, and that is what will be seen.
            if !batch.takes(&planned) && send.send(mem::take(&mut batch)).is_err() {
                return drawn;
            }
            batch.push(planned, taken);
        }
        if interrupt.load(Ordering::Relaxed) {
            break;
        }
    }
    if !batch.cases.is_empty() {
        // The same here.
        let _ = send.send(batch);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::thread;

    use super::in_order;

    fn holding(items: &[u32]) -> Receiver<u32> {
        let (send, receive) = sync_channel(items.len());
        items.iter().for_each(|item| send.send(*item).unwrap());
        receive
    }

    #[test]
    fn the_first_pieces_come_first_and_the_others_in_turn() {
        let taken: Vec<u32> = thread::scope(|scope| {
            let first = (holding(&[1, 2]), scope.spawn(|| ()));
            in_order(first, vec![holding(&[3, 5, 7]), holding(&[4, 6])]).collect()
        });
        assert_eq!(taken, [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn without_all_of_the_first_none_of_the_others_is_taken() {
        let mut taken = Vec::new();
        let all = AssertUnwindSafe(|| {
            thread::scope(|scope| {
                let first = (holding(&[1, 2]), scope.spawn(|| panic!("there should be more")));
                in_order(first, vec![holding(&[3])]).for_each(|item| taken.push(item));
            });
        });
        assert!(catch_unwind(all).is_err());
        assert_eq!(taken, [1, 2]);
    }
}
