//! Finding the step at which two machines part.
//!
//! The search goes up from the start in doubled strides and then bisects, so it costs about as much as running the case up
//! to that step a few times, however long the case is. Many cases are searched side by side, because machines take batches.

use crate::machine::Answer;
use crate::subject::{Cases, Subject, agree, family_names};

/// What the oracle and the machine say to a case.
pub type Pair<S> = (Answer<<S as Cases>::Outcome>, Answer<<S as Cases>::Outcome>);

/// Runs cases on both sides.
pub type Both<'a, S> = dyn FnMut(&[<S as Cases>::Case]) -> Vec<Pair<S>> + 'a;

/// Where two machines part.
#[derive(Clone, Debug)]
pub struct Located<S: Subject> {
    /// The first step that differs, from 1.
    pub step: u32,
    /// The case, cut behind that step.
    pub case: S::Case,
    /// The step alone, from the state before it, if that differs just so.
    pub alone: Option<S::Case>,
    /// What the step is about.
    pub topic: &'static str,
    /// The families of fields in which the two differ after it, alone if it differs alone.
    pub aspect: String,
}

impl<S: Subject> Located<S> {
    /// The simplest case known to show the difference.
    pub fn simplest(&self) -> &S::Case {
        self.alone.as_ref().unwrap_or(&self.case)
    }
}

/// A search in one case.
struct Search<'c, S: Subject> {
    case: &'c S::Case,
    /// Steps after which the sides agree.
    agreeing: u32,
    /// Steps after which they do not, as far as that is known.
    differing: u32,
    /// What both have after `differing` steps; `None` as long as that has not been run.
    seen: Option<(S::Outcome, Answer<S::Outcome>)>,
    /// The oracle's outcome after `agreeing` steps, if there are any.
    before: Option<S::Outcome>,
    /// The two cannot be told apart again, or a step can be run on one side only.
    failed: bool,
}

impl<S: Subject> Search<'_, S> {
    /// After how many steps to look next; `None` if the step is found.
    fn probe(&self) -> Option<u32> {
        if self.failed || self.differing == self.agreeing + 1 && self.seen.is_some() {
            return None;
        }
        if self.seen.is_none() {
            return Some((2 * self.agreeing).clamp(1, self.differing));
        }
        Some(self.agreeing + (self.differing - self.agreeing) / 2)
    }

    fn learn(&mut self, probe: u32, pair: Pair<S>) {
        let cut = first::<S>(self.case, probe);
        match pair {
            (Answer::Outcome(expected), Answer::Outcome(got)) if agree::<S>(&cut, &expected, &got) => {
                // The whole case agrees now: it does not repeat itself.
                self.failed = probe == self.differing;
                (self.agreeing, self.before) = (probe, Some(expected));
            }
            (Answer::Outcome(expected), got) if got.can_be_located() => {
                (self.differing, self.seen) = (probe, Some((expected, got)));
            }
            _ => self.failed = true,
        }
    }
}

/// Finds the first step at which the two sides differ, or at which the machine crashes, for each case. `None` for a case on
/// which they do not differ when they run it again, or which one of them cannot run on the way.
pub fn locate<S: Subject>(cases: &[&S::Case], both: &mut Both<'_, S>) -> Vec<Option<Located<S>>> {
    let searches = search(cases, both);
    conclude(searches, both)
}

/// The first step at which the two sides differ, from 1, and no more: what it is about costs as much as to find it.
pub(super) fn step_of<S: Subject>(case: &S::Case, both: &mut Both<'_, S>) -> Option<u32> {
    let search = search::<S>(&[case], both).pop()?;
    (search.seen.is_some() && !search.failed).then_some(search.differing)
}

/// Searches in each case, until the step is found or cannot be.
fn search<'c, S: Subject>(cases: &[&'c S::Case], both: &mut Both<'_, S>) -> Vec<Search<'c, S>> {
    let mut searches: Vec<Search<'_, S>> = cases
        .iter()
        .map(|&case| Search {
            case,
            agreeing: 0,
            differing: crate::subject::step_count::<S>(case),
            seen: None,
            before: None,
            failed: false,
        })
        .collect();
    loop {
        let probes: Vec<(usize, u32)> =
            searches.iter().enumerate().filter_map(|(at, search)| Some((at, search.probe()?))).collect();
        if probes.is_empty() {
            break;
        }
        let cuts: Vec<S::Case> =
            probes.iter().map(|&(at, probe)| first::<S>(searches[at].case, probe)).collect();
        for ((at, probe), pair) in probes.into_iter().zip(both(&cuts)) {
            searches[at].learn(probe, pair);
        }
    }
    searches
}

/// Tries the found steps alone.
fn conclude<S: Subject>(searches: Vec<Search<'_, S>>, both: &mut Both<'_, S>) -> Vec<Option<Located<S>>> {
    let next = |search: &Search<'_, S>| match &search.before {
        _ if search.failed => None,
        None => Some(first::<S>(search.case, 1)),
        Some(before) => S::steps()?.next(search.case, before),
    };
    let steps: Vec<Option<S::Case>> = searches.iter().map(next).collect();
    let there: Vec<S::Case> = steps.iter().flatten().cloned().collect();
    let mut pairs = if there.is_empty() { Vec::new() } else { both(&there) }.into_iter();
    searches
        .into_iter()
        .zip(steps)
        .map(|(search, step)| {
            let pair = step.as_ref().and_then(|_| pairs.next());
            let (expected, got) = search.seen.filter(|_| !search.failed)?;
            let case = first::<S>(search.case, search.differing);
            let alone = step.zip(pair).and_then(|(step, (expected, got))| {
                Some((differing::<S>(&step, expected.outcome()?, &got)?, step))
            });
            let (aspect, alone) = match alone {
                Some((aspect, step)) => (aspect, Some(step)),
                None => (differing::<S>(&case, &expected, &got)?, None),
            };
            let topic = S::steps().map_or(S::topics(&case)[0], |it| it.topic(&case, search.before.as_ref()));
            Some(Located { step: search.differing, case, alone, topic, aspect })
        })
        .collect()
}

/// In what an answer differs from what is expected, or how the machine fails; `None` if it agrees or cannot be compared.
fn differing<S: Subject>(case: &S::Case, expected: &S::Outcome, got: &Answer<S::Outcome>) -> Option<String> {
    match got {
        Answer::Outcome(_) | Answer::Outside(_) => {
            let differences = got.differences::<S>(case, expected)?;
            (!differences.is_empty()).then(|| family_names(&differences))
        }
        Answer::Broken(failure) => failure.kind.is_of_a_step().then(|| failure.aspect()),
        Answer::Unsupported(_) | Answer::NotRun(_) => None,
    }
}

/// The same case, stopped after so many steps.
fn first<S: Subject>(case: &S::Case, steps: u32) -> S::Case {
    match S::steps() {
        Some(it) if steps < it.count(case) => it.first(case, steps),
        _ => case.clone(),
    }
}

/// The search in one case.
pub fn locate_one<S: Subject>(case: &S::Case, both: &mut Both<'_, S>) -> Option<Located<S>> {
    locate(&[case], both).pop().flatten()
}
