//! A campaign: many cases, run in batches on every machine that some lane needs, judged lane by lane.
//!
//! Cases are drawn on a thread of their own while the batch before is run. Where they are drawn they are counted as
//! asked for, where they are judged they are counted by verdict; the two counts must agree in the end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use vectors::{Profile, Suite, Vector};

use crate::coverage::Observer;
use crate::draw::{Drawn, Source, draw};
use crate::findings::{Suspect, Suspects};
use crate::lane::{Lane, Oracle};
use crate::ledger::Ledger;
use crate::machine::{Answer, Machine};
use crate::native::Native;
use crate::plan::{Plan, Planned, Shards};
use crate::points::Points;
use crate::report::{LaneReport, LedgerReport, MachineReport, Report, SuiteReport};
use crate::verdict::{Verdict, judge};

/// Everything a campaign needs.
pub struct Campaign<'a, S: Native> {
    /// The command that runs it, for the report.
    pub kind: &'static str,
    /// The vectors.
    pub suite: &'a Suite<S>,
    /// The divergence ledger.
    pub ledger: &'a Ledger,
    /// The machines, each under the name that lanes use.
    pub machines: Vec<Box<dyn Machine<S>>>,
    /// The lanes to run; all their machines are there.
    pub lanes: Vec<Lane>,
    /// The lanes that cannot run.
    pub skipped: Vec<Skipped>,
    /// The cases.
    pub plan: Plan,
    /// Cases to run instead of those of the plan.
    pub given: Option<Vec<Planned<S>>>,
    /// Where vectors of findings are written.
    pub failures: PathBuf,
    /// What a replay command needs to name the same machines, e.g. `--upstream DIR`.
    pub replay_options: String,
    /// The commit of the project.
    pub commit: Option<String>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
}

/// A lane that cannot run, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The lane's name.
    pub lane: String,
    /// Why.
    pub because: String,
    /// Whether it was asked for.
    pub required: bool,
}

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
        /// Cases that will be run on each lane between machines; fewer, where they are selected by topic.
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
    Finding(&'a crate::report::Finding),
    /// It is over.
    Finished {
        /// The exit status.
        exit: u8,
        /// Wall-clock time.
        seconds: f64,
    },
}

/// Told of every event.
pub type Listener<'a> = dyn FnMut(&Event<'_>) + 'a;

impl<S: Native> Campaign<'_, S> {
    /// Runs it. `interrupt`, once set, ends it after the batches at hand; differences are counted then, not explained.
    pub fn run(mut self, interrupt: &AtomicBool, listener: &mut Listener<'_>) -> Report {
        let start = Instant::now();
        let (rows, problems) = self.ledger.check(self.suite);
        let total =
            self.given.as_ref().map_or_else(|| self.plan.count(self.suite), |given| given.len() as u64);
        listener(&Event::Started {
            subject: S::NAME,
            seed: self.plan.seed,
            lanes: self.lanes.iter().map(ToString::to_string).collect(),
            cases: total,
        });
        let machines = self.machine_reports();
        let mut judge = Judge::new(&self);
        let Drawn { asked, cases } = judge.run(&mut self, total, interrupt, listener);
        let (lanes, findings) = judge.conclude(self.suite, &mut self, &asked, interrupt, listener);
        let suite = SuiteReport { cases, ..crate::suite::report(self.suite) };
        let report = Report {
            random_cases: self.plan.random,
            sweep_stride: self.plan.sweep_stride as u64,
            shards: Shards::one(self.plan.shard),
            opcodes: self.plan.topics.clone(),
            suites: vec![suite],
            machines,
            lanes,
            coverage: judge.observers.iter().map(|observer| observer.coverage()).collect(),
            coverage_is_gated: self.plan.is_full() && self.given.is_none() && !judge.observers.is_empty(),
            ledger: LedgerReport { rows, problems },
            findings,
            measurements: self.machines.iter().flat_map(|machine| machine.measurements()).collect(),
            warnings: self.warnings,
            interrupted: interrupt.load(Ordering::Relaxed),
            seconds: start.elapsed().as_secs_f64(),
            ..Report::new(self.kind, self.commit, self.plan.seed)
        };
        listener(&Event::Finished { exit: report.exit() as u8, seconds: report.seconds });
        report
    }

    fn machine_reports(&self) -> Vec<MachineReport> {
        let takes_part = |name: &str| self.lanes.iter().any(|lane| lane.machines().any(|of| of == name));
        let machines = self.machines.iter().filter(|machine| takes_part(machine.name()));
        machines
            .map(|machine| MachineReport {
                subject: S::NAME.into(),
                name: machine.name().into(),
                version: machine.version(),
            })
            .collect()
    }
}

/// Answers of a batch, by machine and profile.
type Answers<S> = BTreeMap<(usize, Profile), Vec<Answer<<S as vectors::Subject>::Outcome>>>;

/// A lane's two sides, by position in the list of machines.
#[derive(Clone, Debug)]
pub(crate) struct Sides {
    /// The machine under test.
    pub machine: usize,
    /// The oracle; nothing where the vectors are.
    pub oracle: Option<usize>,
    /// The profiles that are compared: of the machine, of the oracle.
    pub profiles: Vec<(Profile, Profile)>,
}

type Observers<S> = Vec<Box<dyn Observer<<S as vectors::Subject>::Case>>>;

/// Counts verdicts.
struct Judge<S: Native> {
    lanes: Vec<LaneReport>,
    sides: Vec<Sides>,
    times: BTreeMap<(usize, Profile), Duration>,
    observers: Observers<S>,
    /// The profiles that they watch.
    observed: Vec<Profile>,
    /// What the cases of each lane hit.
    points: Vec<Points>,
    suspects: Suspects<S>,
}

impl<S: Native> Judge<S> {
    fn new(campaign: &Campaign<'_, S>) -> Self {
        let position = |name: &str| campaign.machines.iter().position(|machine| machine.name() == name);
        let side = |lane: &Lane| {
            let machine = position(&lane.machine).expect("lanes name machines that are there");
            let oracle = match &lane.oracle {
                Oracle::Vectors => None,
                Oracle::Machine { name, .. } => {
                    Some(position(name).expect("lanes name machines that are there"))
                }
            };
            Sides { machine, oracle, profiles: lane.profiles() }
        };
        let lane_report = |lane: &Lane| LaneReport {
            name: lane.to_string(),
            subject: S::NAME.into(),
            required: true,
            ..LaneReport::default()
        };
        let sides: Vec<_> = campaign.lanes.iter().map(side).collect();
        let compared = |profile: &Profile| {
            sides
                .iter()
                .any(|sides| sides.oracle.is_some() && sides.profiles.iter().any(|(of, _)| of == profile))
        };
        let observed: Vec<Profile> = Profile::ALL.into_iter().filter(compared).collect();
        Judge {
            lanes: campaign.lanes.iter().map(lane_report).collect(),
            observers: observed.iter().copied().map(S::observer).collect(),
            observed,
            points: sides.iter().map(|_| Points::default()).collect(),
            sides,
            times: BTreeMap::new(),
            suspects: Suspects::default(),
        }
    }

    /// Runs and judges every case. Returns what was drawn.
    fn run(
        &mut self,
        campaign: &mut Campaign<'_, S>,
        total: u64,
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Drawn {
        let suite = campaign.suite;
        let source = Source { plan: &campaign.plan, given: campaign.given.as_deref(), suite };
        let machines = &mut campaign.machines;
        let by_vectors: Vec<bool> = self.sides.iter().map(|sides| sides.oracle.is_none()).collect();
        let (send, batches) = sync_channel(4);
        std::thread::scope(move |scope| {
            let drawing = scope.spawn(move || draw(&source, &by_vectors, interrupt, &send));
            // Moved in here, so that a panic while judging ends the drawing too, instead of waiting for it.
            self.judge_all(machines, suite, batches, total, listener);
            drawing.join().expect("drawing cases does not panic")
        })
    }

    fn judge_all(
        &mut self,
        machines: &mut [Box<dyn Machine<S>>],
        suite: &Suite<S>,
        batches: Receiver<Vec<Planned<S>>>,
        total: u64,
        listener: &mut Listener<'_>,
    ) {
        let mut done = 0;
        for batch in batches {
            let answers = self.ask(machines, &batch);
            let hits = self.observe(&batch);
            for lane in 0..self.lanes.len() {
                self.judge(lane, suite, &batch, &answers, &hits);
            }
            done += batch.len() as u64;
            let differ = self.lanes.iter().map(|lane| lane.differ).sum();
            listener(&Event::Batch { done, cases: total, differ });
        }
    }

    /// Runs the batch once on every machine, in every profile, that a lane needs it on.
    fn ask(&mut self, machines: &mut [Box<dyn Machine<S>>], batch: &[Planned<S>]) -> Answers<S> {
        let of_vectors = batch.iter().any(|planned| planned.vector.is_some());
        let mut answers = Answers::<S>::new();
        let cases: Vec<S::Case> = batch.iter().map(|planned| planned.case.clone()).collect();
        for Sides { machine, oracle, profiles } in &self.sides {
            if oracle.is_none() && !of_vectors {
                continue;
            }
            for &(machine_profile, oracle_profile) in profiles {
                let needed =
                    [Some((*machine, machine_profile)), oracle.map(|oracle| (oracle, oracle_profile))];
                for (index, profile) in needed.into_iter().flatten() {
                    answers.entry((index, profile)).or_insert_with(|| {
                        let start = Instant::now();
                        let answers = ask_machine(&mut *machines[index], profile, &cases);
                        *self.times.entry((index, profile)).or_default() += start.elapsed();
                        answers
                    });
                }
            }
        }
        answers
    }

    fn judge(
        &mut self,
        lane: usize,
        suite: &Suite<S>,
        batch: &[Planned<S>],
        answers: &Answers<S>,
        hits: &[Vec<Vec<usize>>],
    ) {
        let Sides { machine, oracle, profiles } = self.sides[lane].clone();
        for (machine_profile, oracle_profile) in profiles {
            let observer = self.observed.iter().position(|profile| *profile == machine_profile);
            for (index, planned) in batch.iter().enumerate() {
                // A batch without vectors has not been run for the lanes of vectors.
                let Some(got) = answers.get(&(machine, machine_profile)).map(|answers| &answers[index])
                else {
                    continue;
                };
                let expected = match (oracle, planned.vector) {
                    (Some(oracle), _) => answers[&(oracle, oracle_profile)][index].clone(),
                    (None, Some(vector)) => match expectation(&suite.vectors[vector], oracle_profile, got) {
                        Some(expected) => Answer::Outcome(expected),
                        None => continue,
                    },
                    (None, None) => continue,
                };
                let verdict = judge::<S>(&planned.case, (oracle_profile, &expected), (machine_profile, got));
                if let Some(observer) = observer {
                    self.points[lane].count(
                        &hits[observer][index],
                        &planned.id,
                        S::steps(&planned.case),
                        &verdict,
                    );
                }
                if self.count(lane, planned, &verdict) {
                    let profiles = (machine_profile, oracle_profile);
                    // Between machines a vector is a case like any other.
                    let vector = planned.vector.filter(|_| oracle.is_none());
                    let planned = Planned { vector, ..planned.clone() };
                    let got = got.clone();
                    self.suspects.add(Suspect { lane, profiles, planned, expected, got });
                }
            }
        }
    }

    /// Counts a verdict; says whether it asks for an explanation.
    fn count(&mut self, lane: usize, planned: &Planned<S>, verdict: &Verdict) -> bool {
        let lane = &mut self.lanes[lane];
        let failed = verdict.fails();
        let group = lane.groups.entry(planned.group()).or_default();
        group.cases += 1;
        group.failed += u64::from(failed);
        match verdict {
            Verdict::Agree => lane.agree += 1,
            Verdict::Known(rows) => {
                lane.known += 1;
                *lane.known_by_row.entry(rows.join("+")).or_default() += 1;
            }
            Verdict::Differ => lane.differ += 1,
            Verdict::OracleFault => lane.oracle_fault += 1,
            Verdict::Unsupported => lane.unsupported += 1,
            Verdict::NotRun => lane.not_run += 1,
        }
        failed
    }

    /// What each case hits, by observer and position in the batch.
    fn observe(&mut self, batch: &[Planned<S>]) -> Vec<Vec<Vec<usize>>> {
        let hits = |observer: &mut Box<dyn Observer<S::Case>>| {
            batch.iter().map(|planned| observer.observe(&planned.case).to_vec()).collect()
        };
        self.observers.iter_mut().map(hits).collect()
    }

    /// Ends the machines, explains what differed, and gives the lanes' final counts.
    fn conclude(
        &mut self,
        suite: &Suite<S>,
        campaign: &mut Campaign<'_, S>,
        asked: &[u64],
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> (Vec<LaneReport>, Vec<crate::report::Finding>) {
        for (lane, differing) in self.lanes.iter_mut().zip(self.suspects.programs(self.sides.len())) {
            lane.differing_programs = differing;
        }
        let suspects = std::mem::take(&mut self.suspects);
        let findings = suspects.explain(suite, campaign, &self.sides, interrupt, listener);
        let problems: Vec<Option<String>> =
            campaign.machines.iter_mut().map(|machine| machine.finish().err()).collect();
        let seconds = |side| self.times.get(&side).map_or(0.0, Duration::as_secs_f64);
        for (lane, points) in self.lanes.iter_mut().zip(&self.points) {
            // Points have the same numbers in every profile.
            let observer = self.observers.first();
            lane.points =
                observer.map_or_else(BTreeMap::new, |observer| points.named(|number| observer.point(number)));
        }
        for ((lane, sides), &asked) in self.lanes.iter_mut().zip(&self.sides).zip(asked) {
            let Sides { machine, oracle, profiles } = sides;
            lane.cases = asked;
            lane.machine_problem = problems[*machine].clone();
            lane.oracle_problem = oracle.and_then(|oracle| problems[oracle].clone());
            if let Some(oracle) = oracle {
                lane.machine_seconds =
                    profiles.iter().map(|(profile, _)| seconds((*machine, *profile))).sum();
                lane.oracle_seconds = profiles.iter().map(|(_, profile)| seconds((*oracle, *profile))).sum();
            }
        }
        let skipped = campaign.skipped.iter().map(|skipped| LaneReport {
            name: skipped.lane.clone(),
            subject: S::NAME.into(),
            skipped_because: Some(skipped.because.clone()),
            required: skipped.required,
            ..LaneReport::default()
        });
        let lanes: Vec<LaneReport> = std::mem::take(&mut self.lanes).into_iter().chain(skipped).collect();
        for lane in &lanes {
            listener(&Event::Lane(lane));
        }
        (lanes, findings)
    }
}

/// What a vector expects of a machine; nothing where it does not run in this profile.
fn expectation<S: Native>(
    vector: &Vector<S>,
    profile: Profile,
    got: &Answer<S::Outcome>,
) -> Option<S::Outcome> {
    match got {
        Answer::Outcome(got) => vector.expected_in(profile, got),
        _ => vector
            .expected
            .iter()
            .find(|expectation| expectation.profile == profile)
            .map(|e| e.outcome.clone()),
    }
}

/// A batch on one machine. An outcome that no implementation can give is not believed, whoever gives it; a machine that
/// breaks the contract of one answer a case is not believed at all.
fn ask_machine<S: Native>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    cases: &[S::Case],
) -> Vec<Answer<S::Outcome>> {
    if !machine.profiles().contains(&profile) {
        return vec![
            Answer::Unsupported(format!("{} has no profile {profile}", machine.name()));
            cases.len()
        ];
    }
    let answers = machine.run(profile, cases);
    if answers.len() == cases.len() {
        return answers.into_iter().zip(cases).map(|(answer, case)| believable::<S>(case, answer)).collect();
    }
    vec![Answer::Broken(format!("{} answers to {} cases", answers.len(), cases.len())); cases.len()]
}

fn believable<S: Native>(case: &S::Case, answer: Answer<S::Outcome>) -> Answer<S::Outcome> {
    match &answer {
        Answer::Outcome(outcome) => match S::check_outcome(case, outcome) {
            Ok(()) => answer,
            Err(rule) => Answer::Broken(format!("gives an outcome that cannot be: {rule}")),
        },
        _ => answer,
    }
}
