//! A campaign: many cases, run in batches on every machine that some lane needs, judged lane by lane.
//!
//! Cases are drawn on a thread of their own while the batch before is run. Where they are drawn they are counted as
//! asked for, where they are judged they are counted by verdict; the two counts must agree in the end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use vectors::{Profile, Suite, Vector};

use crate::coverage::Observer;
use crate::findings::{Suspect, Suspects};
use crate::lane::{Lane, Oracle};
use crate::ledger::Ledger;
use crate::machine::{Answer, Machine};
use crate::native::Native;
use crate::plan::{Plan, Planned};
use crate::report::{LaneReport, LedgerReport, Report, SCHEMA};

/// Cases a batch. Large enough that a pipe or an interpreter is entered seldom, small enough for progress to show.
const BATCH: usize = 256;

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
    /// Runs it. `interrupt`, once set, ends it after the batch at hand.
    pub fn run(mut self, interrupt: &AtomicBool, listener: &mut Listener<'_>) -> Report {
        let start = Instant::now();
        let (rows, problems) = self.ledger.check(self.suite);
        let total = self.plan.count(self.suite);
        listener(&Event::Started {
            subject: S::NAME,
            seed: self.plan.seed,
            lanes: self.lanes.iter().map(ToString::to_string).collect(),
            cases: total,
        });
        let mut judge = Judge::new(&self);
        let asked = judge.run(&mut self, total, interrupt, listener);
        let (lanes, findings) = judge.conclude(self.suite, &mut self, &asked, listener);
        let report = Report {
            schema: SCHEMA,
            kind: self.kind.into(),
            commit: self.commit,
            seed: self.plan.seed,
            random_cases: self.plan.random,
            shard: self.plan.shard,
            opcodes: self.plan.topics.clone(),
            lanes,
            coverage: judge.observers.iter().map(|observer| observer.coverage()).collect(),
            coverage_is_gated: self.plan.is_full() && !judge.observers.is_empty(),
            ledger: LedgerReport { rows, problems },
            findings,
            measurements: Vec::new(),
            warnings: self.warnings,
            interrupted: interrupt.load(Ordering::Relaxed),
            seconds: start.elapsed().as_secs_f64(),
        };
        listener(&Event::Finished { exit: report.exit() as u8, seconds: report.seconds });
        report
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
        Judge {
            lanes: campaign.lanes.iter().map(lane_report).collect(),
            observers: Profile::ALL.into_iter().filter(compared).map(S::observer).collect(),
            sides,
            times: BTreeMap::new(),
            suspects: Suspects::default(),
        }
    }

    /// Runs and judges every case. Returns how many cases each lane was asked for.
    fn run(
        &mut self,
        campaign: &mut Campaign<'_, S>,
        total: u64,
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Vec<u64> {
        let (plan, suite) = (&campaign.plan, campaign.suite);
        let machines = &mut campaign.machines;
        let by_vectors: Vec<bool> = self.sides.iter().map(|sides| sides.oracle.is_none()).collect();
        let (send, batches) = sync_channel(4);
        std::thread::scope(move |scope| {
            let drawing = scope.spawn(move || draw(plan, suite, &by_vectors, interrupt, &send));
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
            for lane in 0..self.lanes.len() {
                self.judge(lane, suite, &batch, &answers);
            }
            self.observe(&batch);
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

    fn judge(&mut self, lane: usize, suite: &Suite<S>, batch: &[Planned<S>], answers: &Answers<S>) {
        let Sides { machine, oracle, profiles } = self.sides[lane].clone();
        for (machine_profile, oracle_profile) in profiles {
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
                if self.count(lane, planned, &verdict) {
                    let profiles = (machine_profile, oracle_profile);
                    let (planned, got) = (planned.clone(), got.clone());
                    self.suspects.add(Suspect { lane, profiles, planned, expected, got });
                }
            }
        }
    }

    /// Counts a verdict; says whether it asks for an explanation.
    fn count(&mut self, lane: usize, planned: &Planned<S>, verdict: &Verdict) -> bool {
        let lane = &mut self.lanes[lane];
        let failed = matches!(verdict, Verdict::Differ | Verdict::OracleFault);
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

    fn observe(&mut self, batch: &[Planned<S>]) {
        for observer in &mut self.observers {
            for planned in batch {
                observer.observe(&planned.case);
            }
        }
    }

    /// Ends the machines, explains what differed, and gives the lanes' final counts.
    fn conclude(
        &mut self,
        suite: &Suite<S>,
        campaign: &mut Campaign<'_, S>,
        asked: &[u64],
        listener: &mut Listener<'_>,
    ) -> (Vec<LaneReport>, Vec<crate::report::Finding>) {
        let findings = std::mem::take(&mut self.suspects).explain(suite, campaign, &self.sides, listener);
        let problems: Vec<Option<String>> =
            campaign.machines.iter_mut().map(|machine| machine.finish().err()).collect();
        let seconds = |side| self.times.get(&side).map_or(0.0, Duration::as_secs_f64);
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

/// Draws the cases, in batches, and counts what each lane is asked for.
fn draw<S: Native>(
    plan: &Plan,
    suite: &Suite<S>,
    by_vectors: &[bool],
    interrupt: &AtomicBool,
    send: &SyncSender<Vec<Planned<S>>>,
) -> Vec<u64> {
    let mut asked = vec![0; by_vectors.len()];
    let mut batch: Vec<Planned<S>> = Vec::with_capacity(BATCH);
    for planned in plan.cases(suite) {
        if interrupt.load(Ordering::Relaxed) {
            break;
        }
        let expectations = planned.vector.map_or(0, |vector| suite.vectors[vector].expected.len() as u64);
        for (asked, by_vectors) in asked.iter_mut().zip(by_vectors) {
            *asked += if *by_vectors { expectations } else { 1 };
        }
        let other_kind =
            batch.first().is_some_and(|first| first.vector.is_some() != planned.vector.is_some());
        if (batch.len() == BATCH || other_kind) && send.send(std::mem::take(&mut batch)).is_err() {
            return asked;
        }
        batch.push(planned);
    }
    if !batch.is_empty() {
        // Where the judge is gone, it has panicked, and that is what will be seen.
        let _ = send.send(batch);
    }
    asked
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

/// What is made of two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same outcome.
    Agree,
    /// Different outcomes, explained by these rows of the ledger.
    Known(Vec<&'static str>),
    /// Different outcomes, or the machine failed.
    Differ,
    /// The oracle failed.
    OracleFault,
    /// One of them does not implement it.
    Unsupported,
    /// One of them could not be used.
    NotRun,
}

/// Judges the answers of oracle and machine to a case.
pub fn judge<S: Native>(
    case: &S::Case,
    (expected_in, expected): (Profile, &Answer<S::Outcome>),
    (got_in, got): (Profile, &Answer<S::Outcome>),
) -> Verdict {
    let expected = match expected {
        Answer::Outcome(expected) => expected,
        Answer::Broken(_) => return Verdict::OracleFault,
        Answer::Unsupported(_) => return Verdict::Unsupported,
        Answer::NotRun(_) => return Verdict::NotRun,
    };
    match got {
        Answer::Outcome(got) if S::compare(expected, got).is_empty() => Verdict::Agree,
        Answer::Outcome(got) if expected_in != got_in => {
            S::explain(case, expected_in, expected, got_in, got).map_or(Verdict::Differ, Verdict::Known)
        }
        Answer::Outcome(_) | Answer::Broken(_) => Verdict::Differ,
        Answer::Unsupported(_) => Verdict::Unsupported,
        Answer::NotRun(_) => Verdict::NotRun,
    }
}
