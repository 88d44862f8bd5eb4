//! Judging batches and counting verdicts, each where it belongs: lane, origin, topic and point.
//!
//! No machine is asked here, so that a batch can be judged while the machines run the next one. A case that fails is put
//! aside: it is looked at on the machines, step by step, before it is counted.

use std::collections::BTreeMap;

use super::ask::Asked;
use super::given::{Campaign, Sides};
use super::judged::{Failing, Judged, Place};
use super::known::Explainer;
use super::points::{Observers, Points};
use crate::machine::{Answer, Role};
use crate::report::LaneReport;
use crate::subject::{Profile, Subject, agree, step_count};
use crate::suite::{Expectation, Suite};
use crate::verdict::Verdict;

/// Counts verdicts.
pub(super) struct Judge<'a, S: Subject> {
    lanes: Vec<LaneReport>,
    sides: &'a [Sides],
    suite: &'a Suite<S>,
    /// What each machine is, by position.
    roles: Vec<Role>,
    observers: Option<Observers<S>>,
    /// Topic and name of each point, by number.
    names: BTreeMap<usize, (&'static str, &'static str)>,
    /// What the cases of each lane hit.
    points: Vec<Points>,
    explainer: Option<Explainer<S>>,
}

/// What is known of the cases of a batch, whatever a machine says.
struct Known {
    /// The name of the group that each is counted in.
    groups: Vec<String>,
    /// The points that each hits, by profile.
    hits: BTreeMap<Profile, Vec<Vec<usize>>>,
}

impl<'a, S: Subject> Judge<'a, S> {
    pub(super) fn new(campaign: &Campaign<'a, S>, sides: &'a [Sides]) -> Self {
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
            suite: campaign.suite,
            roles: campaign.machines.iter().map(|seat| seat.role).collect(),
            explainer: Explainer::new(),
        }
    }

    /// Judges a batch in every lane, and counts what does not fail.
    pub(super) fn judge(&mut self, asked: &Asked<S>) -> Vec<Failing<S>> {
        let known = self.look_at(asked);
        let mut failing = Vec::new();
        for (lane, sides) in self.sides.iter().enumerate().filter(|(_, sides)| sides.take(&asked.batch)) {
            for (&profiles, index) in itertools::iproduct!(&sides.profiles, 0..asked.batch.cases.len()) {
                let place = Place { lane, profiles, index };
                let Some(judged) = self.verdict_at(place, asked) else { continue };
                let group = &known.groups[index];
                let hits = known.hits.get(&profiles.0).map(|hits| &*hits[index]);
                if judged.verdict.fails() {
                    let hits = hits.map(<[usize]>::to_vec);
                    failing.push(Failing { place, judged, group: group.clone(), hits });
                } else {
                    self.count(place, asked, &judged, (group, hits));
                }
            }
        }
        failing
    }

    fn look_at(&mut self, asked: &Asked<S>) -> Known {
        let batch = &asked.batch;
        let cases = batch.cases.iter().zip(&batch.origins);
        let groups = cases.map(|(case, origin)| origin.group(|| S::topics(case)[0])).collect();
        let Some(observers) = &mut self.observers else { return Known { groups, hits: BTreeMap::new() } };
        let lanes = self.sides.iter().filter(|sides| sides.take(batch));
        let mut profiles: Vec<Profile> = lanes.flat_map(|sides| &sides.profiles).map(|(of, _)| *of).collect();
        profiles.sort();
        profiles.dedup();
        let mut hits =
            |profile| batch.cases.iter().map(|case| observers.hits(profile, case, |_| true)).collect();
        Known { groups, hits: profiles.into_iter().map(|profile| (profile, hits(profile))).collect() }
    }

    /// The verdict on a case; `None` if it does not run in the lane.
    fn verdict_at(&mut self, place: Place, asked: &Asked<S>) -> Option<Judged<S>> {
        let Place { lane, profiles, index } = place;
        if !self.sides[lane].take_case(&asked.batch, profiles, index) {
            return None;
        }
        let case = &asked.batch.cases[index];
        let got = asked.answer(self.sides[lane].machine, profiles.0, index);
        let Some(oracle) = self.sides[lane].oracle else {
            let vector = &self.suite.vectors[asked.batch.vectors[index]];
            return Some(by_vector(case, vector.expected_in(profiles.1)?, got));
        };
        let expected = asked.answer(oracle, profiles.1, index);
        let judged = self.verdict(case, (profiles.1, expected), (profiles.0, got));
        Some(if self.roles[oracle] == Role::Reference { with_flaw(judged, expected) } else { judged })
    }

    /// Judges the answers of oracle and machine to a case.
    fn verdict(
        &mut self,
        case: &S::Case,
        (expected_in, expected): (Profile, &Answer<S::Outcome>),
        (got_in, got): (Profile, &Answer<S::Outcome>),
    ) -> Judged<S> {
        match (expected, got) {
            (Answer::Broken(_) | Answer::Outside(_), _) => Judged::plain(Verdict::OracleFault),
            // A crash is never hidden by what an oracle that works says.
            (_, Answer::Broken(_)) => Judged::plain(Verdict::Differ),
            (Answer::NotRun(_), _) | (_, Answer::NotRun(_)) => Judged::plain(Verdict::NotRun),
            (Answer::Unsupported(_), _) | (_, Answer::Unsupported(_)) => Judged::plain(Verdict::Unsupported),
            (Answer::Outcome(_), Answer::Outside(_)) => Judged::plain(Verdict::Differ),
            (Answer::Outcome(expected), Answer::Outcome(got)) if agree::<S>(case, expected, got) => {
                Judged::plain(Verdict::Agree)
            }
            (Answer::Outcome(expected), Answer::Outcome(got)) => {
                let explainer = self.explainer.as_mut().filter(|_| expected_in != got_in);
                match explainer.and_then(|it| it.explain(case, (expected_in, expected), (got_in, got))) {
                    Some(known) => {
                        Judged { rows: known.rows, step: Some(known.step), ..Judged::plain(Verdict::Known) }
                    }
                    None => Judged::plain(Verdict::Differ),
                }
            }
        }
    }

    /// Counts a case that is judged, in the group of this name, with the points that it hits if it can be watched.
    pub(super) fn count(
        &mut self,
        place: Place,
        asked: &Asked<S>,
        judged: &Judged<S>,
        (group, hits): (&str, Option<&[usize]>),
    ) {
        let Place { lane, profiles, index } = place;
        let report = &mut self.lanes[lane];
        report.counts.count(judged.verdict);
        match report.groups.get_mut(group) {
            Some(counts) => counts.count(judged.verdict),
            None => report.groups.entry(group.into()).or_default().count(judged.verdict),
        }
        if judged.verdict == Verdict::Known {
            judged.rows.iter().for_each(|&row| *report.known_by_row.entry(row.into()).or_default() += 1);
        }
        let is_not_run = judged.verdict == Verdict::NotRun;
        if is_not_run || judged.verdict == Verdict::Unsupported {
            let Sides { machine, oracle, .. } = self.sides[lane];
            let got = asked.answer(machine, profiles.0, index);
            let expected = oracle.map(|oracle| asked.answer(oracle, profiles.1, index));
            // What was not run on one side may not be implemented on the other.
            let says_it = |answer: &&Answer<_>| matches!(answer, Answer::NotRun(_)) == is_not_run;
            let reason = [Some(got), expected].into_iter().flatten().filter(says_it).find_map(Answer::reason);
            let reasons = match is_not_run {
                true => &mut report.not_run_by_reason,
                false => &mut report.unsupported_by_reason,
            };
            *reasons.entry(reason.unwrap_or_default().to_owned()).or_default() += 1;
            let by_oracle = !is_not_run && !matches!(got, Answer::Unsupported(_));
            report.unsupported_by_oracle += u64::from(by_oracle);
        }
        if let Some(hits) = hits {
            self.count_points(place, asked, judged, hits);
        }
    }

    /// Counts the points that a case hits, each with the verdict on the steps that hit it.
    fn count_points(&mut self, place: Place, asked: &Asked<S>, judged: &Judged<S>, hits: &[usize]) {
        let Place { lane, profiles: (profile, _), index } = place;
        let (case, origin) = (&asked.batch.cases[index], &asked.batch.origins[index]);
        let points = &mut self.points[lane];
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

    /// Differences so far, over all lanes.
    pub(super) fn differ(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.counts.differ).sum()
    }

    /// What has been counted, and the explainer that was used.
    pub(super) fn counted(self) -> (Vec<LaneReport>, Option<Explainer<S>>) {
        let Judge { mut lanes, names, points, explainer, .. } = self;
        for (lane, points) in lanes.iter_mut().zip(points) {
            lane.points = points.named(&names);
        }
        (lanes, explainer)
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
    let expected = got.held().map_or_else(|| expectation.outcome.clone(), |got| expectation.of(got));
    let verdict = match got {
        Answer::Outcome(got) if agree::<S>(case, &expected, got) => Verdict::Agree,
        Answer::Outcome(_) | Answer::Outside(_) | Answer::Broken(_) => Verdict::Differ,
        Answer::Unsupported(_) => Verdict::Unsupported,
        Answer::NotRun(_) => Verdict::NotRun,
    };
    Judged { expected: Some(expected), ..Judged::plain(verdict) }
}
