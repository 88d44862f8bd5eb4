//! Running batches and counting verdicts, each where it belongs: lane, origin, topic and point.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use super::draw::{Batch, Drawn, Source, draw};
use super::event::{Event, Listener};
use super::findings::{Suspect, Suspects};
use super::given::{Campaign, Seat, Sides};
use super::known::Explainer;
use super::locate::{Located, Pair, locate};
use super::points::{Observers, Points};
use crate::machine::{Answer, Role, run_checked, run_one, run_repeated};
use crate::report::{Finding, LaneReport};
use crate::subject::{Cases, Profile, Subject, agree, step_count};
use crate::suite::{Expectation, Suite};
use crate::verdict::Verdict;

/// Answers of a batch, by machine and profile.
type Answers<S> = BTreeMap<(usize, Profile), Vec<Answer<<S as Cases>::Outcome>>>;

/// What is known of a case in a lane.
struct Judged<S: Subject> {
    verdict: Verdict,
    /// The rows of the ledger that explain it, if it is known.
    rows: Vec<&'static str>,
    /// The step that differs, from 1, if it is known.
    step: Option<u32>,
    /// What the vector expects, if vectors are the oracle.
    expected: Option<S::Outcome>,
    /// The machine that stands for the vector where steps are looked at.
    witness: Option<usize>,
    located: Option<Located<S>>,
}

/// Counts verdicts.
pub(super) struct Judge<S: Subject> {
    lanes: Vec<LaneReport>,
    sides: Vec<Sides>,
    repeat: u32,
    times: BTreeMap<(usize, Profile), Duration>,
    observers: Option<Observers<S>>,
    /// Topic and name of each point, by number.
    names: BTreeMap<usize, (&'static str, &'static str)>,
    /// What the cases of each lane hit.
    points: Vec<Points>,
    explainer: Option<Explainer<S>>,
    /// The batch before the one at hand.
    earlier: Option<Arc<Batch<S>>>,
    suspects: Suspects<S>,
}

impl<S: Subject> Judge<S> {
    pub(super) fn new(campaign: &Campaign<'_, S>, sides: Vec<Sides>) -> Self {
        let used =
            |profile: &&Profile| sides.iter().flat_map(|sides| &sides.profiles).any(|(of, _)| of == *profile);
        let used: Vec<Profile> = S::PROFILES.iter().filter(used).copied().collect();
        let observers = Observers::new(&used);
        Judge {
            names: observers.as_ref().map(Observers::names).unwrap_or_default(),
            observers,
            lanes: campaign.lanes.iter().map(|lane| LaneReport::new(S::NAME, lane.clone())).collect(),
            points: sides.iter().map(|_| Points::default()).collect(),
            sides,
            repeat: campaign.repeat.max(1),
            times: BTreeMap::new(),
            explainer: Explainer::new(),
            earlier: None,
            suspects: Suspects::default(),
        }
    }

    /// Runs and judges every case. Returns what was drawn.
    pub(super) fn run(
        &mut self,
        campaign: &mut Campaign<'_, S>,
        total: u64,
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Drawn {
        let suite = campaign.suite;
        let source = Source { plan: &campaign.plan, given: campaign.given.as_deref(), suite };
        let seats = &mut campaign.machines;
        let by_vectors: Vec<bool> = self.sides.iter().map(|sides| sides.oracle.is_none()).collect();
        let (send, batches) = sync_channel(4);
        std::thread::scope(move |scope| {
            let drawing = scope.spawn(move || draw(&source, &by_vectors, interrupt, &send));
            // Moved in here, so that a panic while judging ends the drawing too, instead of waiting for it.
            self.judge_all(seats, suite, batches, total, listener);
            drawing.join().expect("drawing cases does not panic")
        })
    }

    fn judge_all(
        &mut self,
        seats: &mut [Seat<S>],
        suite: &Suite<S>,
        batches: Receiver<Batch<S>>,
        total: u64,
        listener: &mut Listener<'_>,
    ) {
        let mut done = 0;
        for batch in batches {
            let batch = Arc::new(batch);
            let answers = self.ask(seats, &batch);
            let hits = self.observe(&batch);
            for lane in 0..self.lanes.len() {
                for (machine_profile, oracle_profile) in self.sides[lane].profiles.clone() {
                    let profiles = (machine_profile, oracle_profile);
                    let judged = self.judge(lane, profiles, seats, suite, &batch, &answers);
                    self.count(lane, profiles, &batch, &answers, judged, &hits);
                }
            }
            done += batch.cases.len() as u64;
            let differ = self.lanes.iter().map(|lane| lane.counts.differ).sum();
            listener(&Event::Batch { done, cases: total, differ });
            self.earlier = Some(batch);
        }
    }

    /// Runs the batch once on every machine, in every profile, that a lane needs it on.
    fn ask(&mut self, seats: &mut [Seat<S>], batch: &Batch<S>) -> Answers<S> {
        let mut answers = Answers::<S>::new();
        for Sides { machine, oracle, profiles } in &self.sides {
            if oracle.is_none() && batch.vectors.is_empty() {
                continue;
            }
            for &(machine_profile, oracle_profile) in profiles {
                let needed =
                    [Some((*machine, machine_profile)), oracle.map(|oracle| (oracle, oracle_profile))];
                for (index, profile) in needed.into_iter().flatten() {
                    answers.entry((index, profile)).or_insert_with(|| {
                        let start = Instant::now();
                        let answers =
                            run_repeated(&mut *seats[index].machine, profile, &batch.cases, self.repeat);
                        *self.times.entry((index, profile)).or_default() += start.elapsed();
                        answers
                    });
                }
            }
        }
        answers
    }

    /// What each case of the batch hits, by profile.
    fn observe(&mut self, batch: &Batch<S>) -> BTreeMap<Profile, Vec<Vec<usize>>> {
        let Some(observers) = &mut self.observers else { return BTreeMap::new() };
        let by_machines =
            self.sides.iter().filter(|sides| sides.oracle.is_some() || !batch.vectors.is_empty());
        let mut profiles: Vec<Profile> =
            by_machines.flat_map(|sides| &sides.profiles).map(|(of, _)| *of).collect();
        profiles.sort();
        profiles.dedup();
        let mut hits =
            |profile| batch.cases.iter().map(|case| observers.hits(profile, case, |_| true)).collect();
        profiles.into_iter().map(|profile| (profile, hits(profile))).collect()
    }

    /// Judges the batch in a lane: an entry for each case, which is absent if the case does not run there.
    fn judge(
        &mut self,
        lane: usize,
        profiles: (Profile, Profile),
        seats: &mut [Seat<S>],
        suite: &Suite<S>,
        batch: &Batch<S>,
        answers: &Answers<S>,
    ) -> Vec<Option<Judged<S>>> {
        let Sides { machine, oracle, .. } = self.sides[lane];
        // Only vectors are judged by vectors, although the machine may have run the batch for another lane.
        if oracle.is_none() && batch.vectors.is_empty() {
            return Vec::new();
        }
        let got = &answers[&(machine, profiles.0)];
        let mut judged: Vec<Option<Judged<S>>> = (0..batch.cases.len())
            .map(|index| match oracle {
                Some(oracle) => {
                    let expected = &answers[&(oracle, profiles.1)][index];
                    let judged =
                        self.verdict(&batch.cases[index], (profiles.1, expected), (profiles.0, &got[index]));
                    Some(if seats[oracle].role == Role::Reference {
                        with_flaw(judged, expected)
                    } else {
                        judged
                    })
                }
                None => {
                    let expectation = suite.vectors[batch.vectors[index]].expected_in(profiles.1)?;
                    let mut judged = by_vector(&batch.cases[index], expectation, &got[index]);
                    if judged.verdict.fails() {
                        judged.witness = witness(seats, machine, expectation, &batch.cases[index]);
                    }
                    Some(judged)
                }
            })
            .collect();
        self.locate(lane, profiles, seats, (batch, got), &mut judged);
        judged
    }

    /// Judges the answers of oracle and machine to a case.
    fn verdict(
        &mut self,
        case: &S::Case,
        (expected_in, expected): (Profile, &Answer<S::Outcome>),
        (got_in, got): (Profile, &Answer<S::Outcome>),
    ) -> Judged<S> {
        let plain = |verdict| Judged {
            verdict,
            rows: Vec::new(),
            step: None,
            expected: None,
            witness: None,
            located: None,
        };
        match (expected, got) {
            (Answer::Broken(_), _) => plain(Verdict::OracleFault),
            // A crash is never hidden by what the other side says.
            (_, Answer::Broken(_)) => plain(Verdict::Differ),
            (Answer::NotRun(_), _) | (_, Answer::NotRun(_)) => plain(Verdict::NotRun),
            (Answer::Unsupported(_), _) | (_, Answer::Unsupported(_)) => plain(Verdict::Unsupported),
            (Answer::Outcome(expected), Answer::Outcome(got)) if agree::<S>(case, expected, got) => {
                plain(Verdict::Agree)
            }
            (Answer::Outcome(expected), Answer::Outcome(got)) => {
                let explainer = self.explainer.as_mut().filter(|_| expected_in != got_in);
                match explainer.and_then(|it| it.explain(case, (expected_in, expected), (got_in, got))) {
                    Some(known) => {
                        Judged { rows: known.rows, step: Some(known.step), ..plain(Verdict::Known) }
                    }
                    None => plain(Verdict::Differ),
                }
            }
        }
    }

    /// Finds the steps that differ in the cases that do, or that crash, as far as there are two machines to be compared.
    fn locate(
        &self,
        lane: usize,
        (machine_profile, oracle_profile): (Profile, Profile),
        seats: &mut [Seat<S>],
        (batch, got): (&Batch<S>, &[Answer<S::Outcome>]),
        judged: &mut [Option<Judged<S>>],
    ) {
        let Sides { machine, oracle, .. } = self.sides[lane];
        let can_be_located = |answer: &Answer<S::Outcome>| match answer {
            Answer::Outcome(_) => true,
            Answer::Broken(failure) => failure.kind.is_of_a_step(),
            Answer::Unsupported(_) | Answer::NotRun(_) => false,
        };
        let mut by_oracle: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, judged) in judged.iter().enumerate() {
            let differs = judged.as_ref().filter(|judged| judged.verdict == Verdict::Differ);
            let differs = differs.filter(|_| can_be_located(&got[index]));
            if let Some(oracle) = differs.and_then(|judged| oracle.or(judged.witness)) {
                by_oracle.entry(oracle).or_default().push(index);
            }
        }
        for (oracle, indices) in by_oracle {
            let longer = indices.into_iter().filter(|&index| step_count::<S>(&batch.cases[index]) > 1);
            let indices: Vec<usize> = longer.collect();
            let cases: Vec<&S::Case> = indices.iter().map(|&index| &batch.cases[index]).collect();
            let located = locate::<S>(&cases, &mut |cases| {
                let expected = run_checked(&mut *seats[oracle].machine, oracle_profile, cases);
                let got = run_checked(&mut *seats[machine].machine, machine_profile, cases);
                expected.into_iter().zip(got).collect::<Vec<Pair<S>>>()
            });
            for (index, located) in indices.into_iter().zip(located) {
                if let (Some(judged), Some(located)) = (&mut judged[index], located) {
                    judged.step = Some(located.step);
                    judged.located = Some(located);
                }
            }
        }
    }

    fn count(
        &mut self,
        lane: usize,
        profiles: (Profile, Profile),
        batch: &Arc<Batch<S>>,
        answers: &Answers<S>,
        judged: Vec<Option<Judged<S>>>,
        hits: &BTreeMap<Profile, Vec<Vec<usize>>>,
    ) {
        for (index, judged) in judged.into_iter().enumerate() {
            let Some(judged) = judged else { continue };
            let (case, origin) = (&batch.cases[index], &batch.origins[index]);
            let report = &mut self.lanes[lane];
            report.counts.count(judged.verdict);
            report.groups.entry(origin.group(S::topics(case)[0])).or_default().count(judged.verdict);
            if judged.verdict == Verdict::Known {
                judged.rows.iter().for_each(|&row| *report.known_by_row.entry(row.into()).or_default() += 1);
            }
            let Sides { machine, oracle, .. } = self.sides[lane];
            let got = &answers[&(machine, profiles.0)][index];
            let expected = oracle.map(|oracle| &answers[&(oracle, profiles.1)][index]);
            if judged.verdict == Verdict::Unsupported {
                let reason = [Some(got), expected].into_iter().flatten().find_map(Answer::reason);
                report.unsupported_by_oracle += u64::from(!matches!(got, Answer::Unsupported(_)));
                *report.unsupported_by_reason.entry(reason.unwrap_or_default().to_owned()).or_default() += 1;
            }
            if let Some(hits) = hits.get(&profiles.0) {
                self.count_points(lane, profiles.0, batch, index, &judged, &hits[index]);
            }
            if judged.verdict.fails() {
                let expected = match (expected, judged.expected) {
                    (Some(expected), _) => expected.clone(),
                    (None, expected) => Answer::Outcome(expected.expect("a vector expects something")),
                };
                self.suspects.add(Suspect {
                    lane,
                    profiles,
                    earlier: self.earlier.clone(),
                    batch: Arc::clone(batch),
                    index,
                    // Between machines a vector is a case like any other.
                    vector: batch.vectors.get(index).copied().filter(|_| oracle.is_none()),
                    oracle: oracle.or(judged.witness),
                    expected,
                    got: got.clone(),
                    located: judged.located,
                });
            }
        }
    }

    /// Counts the points that a case hits, each with the verdict on the steps that hit it.
    fn count_points(
        &mut self,
        lane: usize,
        profile: Profile,
        batch: &Batch<S>,
        index: usize,
        judged: &Judged<S>,
        hits: &[usize],
    ) {
        let (case, origin, points) = (&batch.cases[index], &batch.origins[index], &mut self.points[lane]);
        let differs = judged.verdict.fails() || judged.verdict == Verdict::Known;
        if !differs {
            return points.count(hits, origin, judged.verdict);
        }
        if step_count::<S>(case) == 1 {
            let at = of_topic(&self.names, hits, Some(S::topics(case)[0]));
            return points.count(&at, origin, judged.verdict);
        }
        let (Some(observers), Some(step)) = (&mut self.observers, judged.step) else {
            return points.count(hits, origin, Verdict::NotRun);
        };
        let at = observers.hits(profile, case, |it| it == step);
        let mut before = observers.hits(profile, case, |it| it < step);
        before.retain(|point| !at.contains(point));
        let at = of_topic(&self.names, &at, judged.located.as_ref().map(|located| located.topic));
        points.count(&at, origin, judged.verdict);
        points.count(&before, origin, Verdict::Agree);
    }

    /// Explains what differed, ends the machines, and gives the lanes' final counts.
    pub(super) fn conclude(
        self,
        campaign: &mut Campaign<'_, S>,
        asked: &[u64],
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> (Vec<LaneReport>, Vec<Finding>) {
        let Judge { mut lanes, sides, times, names, points, suspects, explainer, .. } = self;
        let findings = suspects.explain(campaign, &sides, explainer, interrupt, listener);
        let problems: Vec<Option<String>> =
            campaign.machines.iter_mut().map(|seat| seat.machine.finish().err()).collect();
        for (lane, points) in lanes.iter_mut().zip(points) {
            lane.points = points.named(&names);
        }
        let seconds = |side| times.get(&side).map_or(0.0, Duration::as_secs_f64);
        for ((lane, sides), &asked) in lanes.iter_mut().zip(&sides).zip(asked) {
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
        (lanes, findings)
    }
}

/// Those of the points that a step hits which are of its topic; all of them if the topic is not known or has none there.
fn of_topic(
    names: &BTreeMap<usize, (&'static str, &'static str)>,
    points: &[usize],
    topic: Option<&str>,
) -> Vec<usize> {
    let is_of = |point: &&usize| names.get(point).is_some_and(|(of, _)| Some(*of) == topic);
    let own: Vec<usize> = points.iter().filter(is_of).copied().collect();
    if own.is_empty() { points.to_vec() } else { own }
}

/// Agreement with a reference that does wrong is known, if the ledger names what is wrong.
fn with_flaw<S: Subject>(judged: Judged<S>, expected: &Answer<S::Outcome>) -> Judged<S> {
    let flaw = || S::ledgered()?.flaw(expected.outcome()?);
    match flaw() {
        Some((row, step)) if judged.verdict == Verdict::Agree => {
            Judged { verdict: Verdict::Known, rows: vec![row], step: Some(step), ..judged }
        }
        _ => judged,
    }
}

/// Judges an answer by what a vector expects.
fn by_vector<S: Subject>(
    case: &S::Case,
    expectation: &Expectation<S>,
    got: &Answer<S::Outcome>,
) -> Judged<S> {
    let expected = got.outcome().map_or_else(|| expectation.outcome.clone(), |got| expectation.of(got));
    let verdict = match got {
        Answer::Outcome(got) if agree::<S>(case, &expected, got) => Verdict::Agree,
        Answer::Outcome(_) | Answer::Broken(_) => Verdict::Differ,
        Answer::Unsupported(_) => Verdict::Unsupported,
        Answer::NotRun(_) => Verdict::NotRun,
    };
    Judged { verdict, rows: Vec::new(), step: None, expected: Some(expected), witness: None, located: None }
}

/// Another machine that does what the vector expects: it stands for the vector where single steps are looked at.
fn witness<S: Subject>(
    seats: &mut [Seat<S>],
    machine: usize,
    expectation: &Expectation<S>,
    case: &S::Case,
) -> Option<usize> {
    let ours = [Role::Model, Role::Native, Role::Reference];
    let order = ours.iter().flat_map(|role| (0..seats.len()).map(move |index| (*role, index)));
    let candidates: Vec<usize> = order
        .filter(|&(role, index)| seats[index].role == role && index != machine)
        .map(|(_, index)| index)
        .collect();
    candidates.into_iter().find(|&index| {
        let answer = run_one(&mut *seats[index].machine, expectation.profile, case);
        answer.outcome().is_some_and(|outcome| agree::<S>(case, &expectation.of(outcome), outcome))
    })
}
