//! Cases that fail: looked at on the machines, to find the step that differs.

use std::collections::BTreeMap;

use super::ask::Asked;
use super::given::{Seat, Sides};
use super::judged::{Failing, Place};
use super::locate::{Pair, locate};
use super::suspect::Suspect;
use crate::machine::{Answer, Role, run_checked, run_one};
use crate::subject::{Profile, Subject, agree, step_count};
use crate::suite::{Expectation, Suite};
use crate::verdict::Verdict;

/// What the cases of a batch that fail are looked at with.
pub(super) struct Examiner<'a, S: Subject> {
    pub sides: &'a [Sides],
    pub suite: &'a Suite<S>,
    pub seats: &'a mut [Seat<S>],
}

/// What a case that fails is looked at against.
struct View<S: Subject> {
    /// The machine to compare with.
    oracle: Option<usize>,
    /// Of the machine, of that one.
    profiles: (Profile, Profile),
    /// What that one says, if it is not what the lane believes.
    expected: Option<Answer<S::Outcome>>,
    /// What the machine says, if it is not what it was asked for.
    got: Option<Answer<S::Outcome>>,
}

impl<S: Subject> Examiner<'_, S> {
    /// Finds the step at which each of them differs, if it has several, and there is a machine to compare with. A suspect
    /// for each.
    pub(super) fn examine(&mut self, asked: &Asked<S>, failing: &mut [Failing<S>]) -> Vec<Suspect<S>> {
        let views: Vec<View<S>> = failing.iter().map(|failing| self.view(asked, failing)).collect();
        let mut alike: BTreeMap<(usize, (Profile, Profile), usize), Vec<usize>> = BTreeMap::new();
        for (at, (failing, View { oracle, profiles, got, .. })) in failing.iter().zip(&views).enumerate() {
            let Place { lane, index, .. } = failing.place;
            let got = got.as_ref();
            let got = got.unwrap_or_else(|| asked.answer(self.sides[lane].machine, profiles.0, index));
            let is_long = step_count::<S>(&asked.batch.cases[index]) > 1;
            let differs = failing.judged.verdict == Verdict::Differ;
            if let (Some(oracle), true) = (oracle, differs && is_long && got.can_be_located()) {
                alike.entry((lane, *profiles, *oracle)).or_default().push(at);
            }
        }
        for ((lane, profiles, oracle), positions) in alike {
            let at = |position: &usize| &asked.batch.cases[failing[*position].place.index];
            let cases: Vec<&S::Case> = positions.iter().map(at).collect();
            let machine = self.sides[lane].machine;
            let located = locate::<S>(&cases, &mut |cases| {
                let expected = run_checked(&mut *self.seats[oracle].machine, profiles.1, cases);
                let got = run_checked(&mut *self.seats[machine].machine, profiles.0, cases);
                expected.into_iter().zip(got).collect::<Vec<Pair<S>>>()
            });
            for (position, located) in positions.into_iter().zip(located) {
                let judged = &mut failing[position].judged;
                judged.step = located.as_ref().map(|located| located.step);
                judged.located = located;
            }
        }
        failing.iter().zip(views).map(|(failing, view)| self.suspect(asked, failing, view)).collect()
    }

    /// What it is looked at against. In a lane between two profiles the two may differ in one profile too, in the machine's or
    /// in the oracle's: then one of them is wrong in that reading, and what else differs between the readings is none of its
    /// doing.
    fn view(&mut self, asked: &Asked<S>, failing: &Failing<S>) -> View<S> {
        let Place { lane, profiles, index } = failing.place;
        let oracle = self.oracle_of(asked, failing);
        if let (Some(oracle), true) = (oracle, profiles.0 != profiles.1) {
            let (case, machine) = (&asked.batch.cases[index], self.sides[lane].machine);
            let differ = |expected: &Answer<S::Outcome>, got: &Answer<S::Outcome>| {
                let differences =
                    expected.outcome().and_then(|expected| got.differences::<S>(case, expected));
                differences.is_some_and(|differences| !differences.is_empty())
            };
            let expected = run_one(&mut *self.seats[oracle].machine, profiles.0, case);
            if differ(&expected, asked.answer(machine, profiles.0, index)) {
                let profiles = (profiles.0, profiles.0);
                return View { oracle: Some(oracle), profiles, expected: Some(expected), got: None };
            }
            let got = run_one(&mut *self.seats[machine].machine, profiles.1, case);
            if differ(asked.answer(oracle, profiles.1, index), &got) {
                let profiles = (profiles.1, profiles.1);
                return View { oracle: Some(oracle), profiles, expected: None, got: Some(got) };
            }
        }
        View { oracle, profiles, expected: None, got: None }
    }

    /// The machine to compare with: the oracle, or one that does what the vector expects.
    fn oracle_of(&mut self, asked: &Asked<S>, failing: &Failing<S>) -> Option<usize> {
        let Place { lane, profiles, index } = failing.place;
        let Sides { machine, oracle, .. } = self.sides[lane];
        if oracle.is_some() {
            return oracle;
        }
        let expectation = self.suite.vectors[asked.batch.vectors[index]].expected_in(profiles.1)?;
        witness(self.seats, machine, expectation, &asked.batch.cases[index])
    }

    fn suspect(&self, asked: &Asked<S>, failing: &Failing<S>, view: View<S>) -> Suspect<S> {
        let View { oracle, profiles, expected, got } = view;
        let Place { lane, index, .. } = failing.place;
        let sides = &self.sides[lane];
        let expected = match (expected, sides.oracle, &failing.judged.expected) {
            (Some(expected), ..) => expected,
            (None, Some(oracle), _) => asked.answer(oracle, profiles.1, index).clone(),
            (None, None, expected) => Answer::Outcome(expected.clone().expect("a vector expects something")),
        };
        Suspect {
            lane,
            profiles,
            earlier: asked.earlier.clone(),
            batch: asked.batch.clone(),
            index,
            // Between machines a vector is a case like any other.
            vector: asked.batch.vectors.get(index).copied().filter(|_| sides.oracle.is_none()),
            oracle,
            expected,
            got: got.unwrap_or_else(|| asked.answer(sides.machine, profiles.0, index).clone()),
            located: failing.judged.located.clone(),
        }
    }
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
