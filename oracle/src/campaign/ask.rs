//! Asking the machines: every batch once on each of them, in every profile, that a lane needs it on.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::draw::Batch;
use super::given::{Seat, Side, Sides};
use crate::cores::Cores;
use crate::machine::{Answer, Machine, run_checked_in, run_repeated};
use crate::subject::{Cases, Profile, Subject};

/// Asks, and measures how long it takes.
pub(super) struct Asking<'a> {
    sides: &'a [Sides],
    /// How often each batch is run, each time in another order.
    repeat: u32,
    cores: Cores,
    times: BTreeMap<Side, Duration>,
}

/// A batch with what the machines say to it.
pub(super) struct Asked<S: Subject> {
    pub batch: Arc<Batch<S>>,
    /// The batch that was run before it.
    pub earlier: Option<Arc<Batch<S>>>,
    answers: BTreeMap<Side, Vec<Answer<<S as Cases>::Outcome>>>,
}

/// What one machine says in one profile, and how long it takes.
struct Said<S: Subject> {
    side: Side,
    answers: Vec<Answer<<S as Cases>::Outcome>>,
    time: Duration,
}

impl<S: Subject> Asked<S> {
    /// What a machine says, in a profile, to the case at this position, which it has.
    pub(super) fn answer(&self, machine: usize, profile: Profile, index: usize) -> &Answer<S::Outcome> {
        &self.answers[&(machine, profile)][index]
    }
}

impl<'a> Asking<'a> {
    pub(super) fn new(sides: &'a [Sides], repeat: u32, cores: Cores) -> Self {
        Asking { sides, repeat: repeat.max(1), cores, times: BTreeMap::new() }
    }

    /// Asks about a batch: each machine in its profiles, and all machines at the same time.
    pub(super) fn ask<S: Subject>(
        &mut self,
        seats: &mut [Seat<S>],
        batch: Batch<S>,
        earlier: Option<Arc<Batch<S>>>,
    ) -> Asked<S> {
        let lanes = self.sides.iter().filter(|sides| sides.take(&batch));
        let asked: BTreeSet<Side> = lanes.flat_map(Sides::all).collect();
        let said = thread::scope(|scope| {
            let (batch, repeat, cores) = (&batch, self.repeat, &self.cores);
            let start = |(at, seat)| {
                let sides: Vec<Side> = asked.iter().filter(|(machine, _)| *machine == at).copied().collect();
                scope.spawn(move || ask_one(seat, &sides, batch, (repeat, cores)))
            };
            let asking: Vec<_> = seats.iter_mut().enumerate().map(start).collect();
            let end =
                |asking: ScopedJoinHandle<'_, _>| asking.join().unwrap_or_else(|panic| resume_unwind(panic));
            asking.into_iter().flat_map(end).collect::<Vec<_>>()
        });
        let mut answers = BTreeMap::new();
        for Said { side, answers: said, time } in said {
            *self.times.entry(side).or_default() += time;
            answers.insert(side, said);
        }
        Asked { batch: Arc::new(batch), earlier, answers }
    }

    /// Seconds spent in a machine, in a profile.
    pub(super) fn seconds(&self, machine: usize, profile: Profile) -> f64 {
        self.times.get(&(machine, profile)).map_or(0.0, Duration::as_secs_f64)
    }
}

/// Asks one machine in several profiles: at once if it can, and in one after the other if not.
fn ask_one<S: Subject>(
    seat: &mut Seat<S>,
    sides: &[Side],
    batch: &Batch<S>,
    (repeat, cores): (u32, &Cores),
) -> Vec<Said<S>> {
    let (machine, is_sampled) = (&mut *seat.machine, seat.sample.is_some());
    if repeat == 1 && !is_sampled {
        let profiles: Vec<Profile> = sides.iter().map(|(_, profile)| *profile).collect();
        let (answers, time) = timed(machine, cores, |it| run_checked_in(it, &profiles, &batch.cases));
        if let Some(answers) = answers {
            // Nobody knows what each has taken.
            let time = time / profiles.len() as u32;
            let said = sides.iter().zip(answers);
            return said.map(|(&side, answers)| Said { side, answers, time }).collect();
        }
    }
    let ask = |&side: &Side| {
        let (answers, time) = timed(machine, cores, |it| match is_sampled {
            false => run_repeated(it, side.1, &batch.cases, repeat),
            true => ask_sample(it, side, batch, repeat),
        });
        Said { side, answers, time }
    };
    sides.iter().map(ask).collect()
}

/// Asks a machine that has a sample of the cases. To the others it says nothing.
fn ask_sample<S: Subject>(
    machine: &mut dyn Machine<S>,
    side: Side,
    batch: &Batch<S>,
    repeat: u32,
) -> Vec<Answer<S::Outcome>> {
    let taken = || (0..batch.cases.len()).map(|index| batch.is_taken(side, index));
    let cases: Vec<S::Case> =
        taken().zip(&batch.cases).filter(|(taken, _)| *taken).map(|(_, case)| case.clone()).collect();
    let mut answers = run_repeated(machine, side.1, &cases, repeat).into_iter();
    let left_out = || Answer::NotRun("it is not in the sample".into());
    taken().map(|taken| if taken { answers.next().unwrap_or_else(left_out) } else { left_out() }).collect()
}

/// Lets a machine work as soon as there is room for it, and measures for how long.
fn timed<S: Subject, T>(
    machine: &mut dyn Machine<S>,
    cores: &Cores,
    work: impl FnOnce(&mut dyn Machine<S>) -> T,
) -> (T, Duration) {
    let keeps_to_cores = machine.keeps_to_cores();
    let work = || {
        let start = Instant::now();
        let done = work(machine);
        (done, start.elapsed())
    };
    if keeps_to_cores { work() } else { cores.busy(work) }
}

impl Sides {
    /// Whether the case at this position is judged in this lane.
    pub(super) fn take_case<S: Subject>(
        &self,
        batch: &Batch<S>,
        profiles: (Profile, Profile),
        index: usize,
    ) -> bool {
        self.oracle.is_none_or(|oracle| {
            batch.is_taken((self.machine, profiles.0), index) && batch.is_taken((oracle, profiles.1), index)
        })
    }

    /// Whether the batch is judged in this lane: by vectors only vectors are, although the machine may have run the batch for
    /// another lane.
    pub(super) fn take<S: Subject>(&self, batch: &Batch<S>) -> bool {
        self.oracle.is_some() || !batch.vectors.is_empty()
    }

    /// Both sides, in every profile that is compared.
    pub(super) fn all(&self) -> impl Iterator<Item = Side> {
        let pairs = self.profiles.iter();
        pairs.flat_map(|&(machine_profile, oracle_profile)| {
            let oracle = self.oracle.map(|oracle| (oracle, oracle_profile));
            [Some((self.machine, machine_profile)), oracle].into_iter().flatten()
        })
    }
}
