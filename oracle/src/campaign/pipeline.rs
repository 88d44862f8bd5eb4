//! The pipeline of a campaign: while the machines run a batch, the one before it is judged, and those behind it are
//! drawn.
//!
//! Where cases are drawn they are counted as asked for, where they are judged they are counted by verdict; the two counts
//! must agree in the end. The machines see the batches, and the single steps of what fails, always in the same order.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::ask::{Asked, Asking};
use super::draw::{Batch, Source, Wanted, draw};
use super::event::{Event, Listener};
use super::failing::Examiner;
use super::findings::Suspects;
use super::given::{Campaign, Seat, Side, Sides};
use super::judge::Judge;
use super::judged::Failing;
use super::known::Explainer;
use crate::cores::Cores;
use crate::digest::Sum;
use crate::machine::Sample;
use crate::report::{LaneReport, SampleReport};
use crate::subject::Subject;

/// Batches that may wait to be run.
const WAITING: usize = 4;

/// What running has come to.
pub(super) struct Ran<S: Subject> {
    /// The lanes, counted.
    pub lanes: Vec<LaneReport>,
    /// What fails.
    pub suspects: Suspects<S>,
    /// What known differences were explained with.
    pub explainer: Option<Explainer<S>>,
    /// How many cases were drawn.
    pub drawn: u64,
    /// The sum of the digests of all cases.
    pub cases: Sum,
}

/// Runs and judges every case.
pub(super) fn run<'a, S: Subject>(
    campaign: &mut Campaign<'a, S>,
    sides: &[Sides],
    total: u64,
    interrupt: &AtomicBool,
    listener: &mut Listener<'_>,
) -> Ran<S> {
    let suite = campaign.suite;
    let mut judge = Judge::new(campaign, sides);
    let cores = campaign.cores.clone();
    let mut asking = Asking::new(sides, campaign.repeat, cores.clone());
    let mut suspects = Suspects::default();
    let samples = samples(campaign, sides);
    let whats = samples.iter().map(|&(side, Sample { what, .. })| (side, what)).collect::<Vec<_>>();
    let source = Source { plan: &campaign.plan, given: campaign.given.as_deref(), suite, samples };
    let wanted: Vec<Wanted> = sides.iter().map(wanted).collect();
    let mut pipeline = Pipeline {
        examiner: Examiner { sides, suite, seats: &mut campaign.machines },
        asking: &mut asking,
        judge: &mut judge,
        suspects: &mut suspects,
        cores: &cores,
    };
    let (send, batches) = sync_channel(WAITING);
    let drawn = thread::scope(|scope| {
        let drawing = scope.spawn(|| draw(&source, &wanted, interrupt, (&cores, send)));
        let mut done = 0;
        // The batches go with the call, so that a panic in it ends the drawing too, instead of waiting for it.
        pipeline.run(batches, &mut |cases, differ| {
            done += cases;
            listener(&Event::Batch { done, cases: total, differ });
        });
        drawing.join().expect("drawing cases does not panic")
    });
    let (mut lanes, explainer) = judge.counted();
    for ((lane, sides), asked) in lanes.iter_mut().zip(sides).zip(drawn.asked) {
        lane.cases = asked;
        let what = whats.iter().find(|(side, _)| sides.oracle.is_some() && sides.all().any(|of| of == *side));
        lane.sample = what.map(|(_, what)| SampleReport { what: (*what).into(), of: drawn.all });
        if let Some(oracle) = sides.oracle {
            let seconds = |machine, profile| asking.seconds(machine, profile);
            lane.machine_seconds = sides.profiles.iter().map(|(of, _)| seconds(sides.machine, *of)).sum();
            lane.oracle_seconds = sides.profiles.iter().map(|(_, of)| seconds(oracle, *of)).sum();
        }
    }
    Ran { lanes, suspects, explainer, drawn: drawn.all, cases: drawn.cases }
}

/// The sides that have not all cases.
fn samples<S: Subject>(campaign: &Campaign<'_, S>, sides: &[Sides]) -> Vec<(Side, Sample<S>)> {
    let mut all: Vec<Side> = sides.iter().flat_map(Sides::all).collect();
    all.sort();
    all.dedup();
    all.into_iter().filter_map(|side| Some((side, campaign.machines[side.0].sample?))).collect()
}

/// What a lane asks for.
fn wanted(sides: &Sides) -> Wanted {
    if sides.oracle.is_some() { Wanted::Sides(sides.all().collect()) } else { Wanted::Vectors }
}

struct Pipeline<'p, 'a, S: Subject> {
    examiner: Examiner<'p, S>,
    asking: &'p mut Asking<'a>,
    judge: &'p mut Judge<'a, S>,
    suspects: &'p mut Suspects<S>,
    cores: &'p Cores,
}

impl<S: Subject> Pipeline<'_, '_, S> {
    /// Runs the batches. `judged` is told how many cases each has, and how many have differed so far.
    fn run(&mut self, batches: Receiver<Batch<S>>, judged: &mut dyn FnMut(u64, u64)) {
        let mut before: Option<Asked<S>> = None;
        loop {
            let batch = batches.recv().ok();
            let earlier = before.as_ref().map(|asked| Arc::clone(&asked.batch));
            let (next, failing) = self.ask_and_judge(batch, earlier, before.as_ref());
            if let Some(asked) = &before {
                self.settle(asked, failing);
                judged(asked.batch.cases.len() as u64, self.judge.differ());
            }
            before = next;
            if before.is_none() {
                return;
            }
        }
    }

    /// Runs a batch on the machines, and judges the one before it meanwhile.
    fn ask_and_judge(
        &mut self,
        batch: Option<Batch<S>>,
        earlier: Option<Arc<Batch<S>>>,
        before: Option<&Asked<S>>,
    ) -> (Option<Asked<S>>, Vec<Failing<S>>) {
        let Pipeline { examiner, asking, judge, cores, .. } = self;
        let seats: &mut [Seat<S>] = examiner.seats;
        thread::scope(|scope| {
            let judging = before.map(|asked| scope.spawn(|| cores.busy(|| judge.judge(asked))));
            let next = batch.map(|batch| asking.ask(seats, batch, earlier));
            let failing = judging.map(|judging| judging.join().unwrap_or_else(|panic| resume_unwind(panic)));
            (next, failing.unwrap_or_default())
        })
    }

    /// Counts what fails, after a look at it on the machines.
    fn settle(&mut self, asked: &Asked<S>, mut failing: Vec<Failing<S>>) {
        for suspect in self.examiner.examine(asked, &mut failing) {
            self.suspects.add(suspect);
        }
        for Failing { place, judged, group, hits } in failing {
            self.judge.count(place, asked, &judged, (&group, hits.as_deref()));
        }
    }
}
