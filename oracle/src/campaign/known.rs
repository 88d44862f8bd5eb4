//! Explaining a difference between profiles: which switch, flipped alone, makes it go away.

use itertools::Itertools;

use super::locate::{locate_one, step_of};
use crate::machine::{Answer, FailureKind};
use crate::subject::{Profile, Subject, Switch, Switched, agree, step_count};

/// Looks for the rows of the ledger that explain a difference between two profiles.
pub struct Explainer<S: Subject> {
    switches: Vec<Switch>,
    machine: Box<dyn Switched<S>>,
    /// One step can show many switches at once.
    many: bool,
}

/// An explained difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The row of the one switch, or the rows of those that it takes.
    pub rows: Vec<&'static str>,
    /// The first step that differs, from 1.
    pub step: u32,
}

/// A run in a profile as it is.
struct Ran<S: Subject> {
    profile: Profile,
    outcome: S::Outcome,
    /// The switches that it asked for.
    asked: Vec<usize>,
}

impl<S: Subject> Explainer<S> {
    /// An explainer; `None` if the subject has no switches.
    pub fn new() -> Option<Self> {
        let ledgered = S::ledgered()?;
        Some(Explainer {
            switches: ledgered.switches(),
            machine: ledgered.machine(),
            many: ledgered.shows_many(),
        })
    }

    /// The ledger rows that make `got` in its profile differ from `expected` in its own: the row of the one switch which,
    /// flipped alone at the first step that differs, makes the difference go away; or the rows of two or three, if it takes
    /// all of them.
    /// If a step can show many at once: the rows of a set of switches which, flipped together, make the difference go away
    /// in the whole case, and of which none can be left out.
    /// Both outcomes must be those of the native machine, or nothing is explained.
    pub fn explain(
        &mut self,
        case: &S::Case,
        (expected_in, expected): (Profile, &S::Outcome),
        (got_in, got): (Profile, &S::Outcome),
    ) -> Option<Explanation> {
        let (theirs, ours) = (self.ran(expected_in, case)?, self.ran(got_in, case)?);
        if theirs.outcome != *expected || ours.outcome != *got {
            return None;
        }
        if !self.many && step_count::<S>(case) == 1 {
            return Some(Explanation { rows: self.few(case, &theirs, &ours)?, step: 1 });
        }
        let mut run = |profile, case: &S::Case| answer(self.machine.run(profile, &[], case));
        let mut both = |cases: &[S::Case]| {
            cases.iter().map(|case| (run(expected_in, case), run(got_in, case))).collect()
        };
        if self.many {
            let step = step_of::<S>(case, &mut both)?;
            let rows = self.needed(case, expected, got_in)?;
            return Some(Explanation { rows, step });
        }
        let located = locate_one::<S>(case, &mut both)?;
        let step = located.simplest();
        let (theirs, ours) = (self.ran(expected_in, step)?, self.ran(got_in, step)?);
        Some(Explanation { rows: self.few(step, &theirs, &ours)?, step: located.step })
    }

    /// Runs a case in a profile as it is. `None` if it has no outcome.
    fn ran(&mut self, profile: Profile, case: &S::Case) -> Option<Ran<S>> {
        let outcome = self.machine.run(profile, &[], case)?;
        let asked = (0..self.switches.len()).filter(|&switch| self.machine.asked(switch)).collect();
        Some(Ran { profile, outcome, asked })
    }

    /// The row of the one switch, or the rows of the two or three, that make the difference between two runs go away.
    fn few(&mut self, case: &S::Case, theirs: &Ran<S>, ours: &Ran<S>) -> Option<Vec<&'static str>> {
        // Flipping what a run has not asked for changes nothing in it.
        let mut becomes = |one: &Ran<S>, flipped: &[usize], other: &Ran<S>| {
            flipped.iter().any(|switch| one.asked.contains(switch))
                && self
                    .machine
                    .run(one.profile, flipped, case)
                    .is_some_and(|outcome| agree::<S>(case, &outcome, &other.outcome))
        };
        // From either side: a switch may show only beside what the other profile does.
        let mut explains =
            |flipped: &[usize]| becomes(theirs, flipped, ours) || becomes(ours, flipped, theirs);
        let count = self.switches.len();
        let found = (1..=3).flat_map(|few| (0..count).combinations(few)).find(|flipped| explains(flipped))?;
        Some(found.into_iter().map(|switch| self.switches[switch].row).collect())
    }

    /// The rows of a smallest set of switches that makes the difference go away: it begins with all of them, and leaves
    /// out ever smaller pieces as long as the rest still explains it.
    fn needed(
        &mut self,
        case: &S::Case,
        expected: &S::Outcome,
        got_in: Profile,
    ) -> Option<Vec<&'static str>> {
        // Those of the set that its run has asked for, if it explains: the others are not needed.
        let mut explains = |set: &[usize]| -> Option<Vec<usize>> {
            let outcome = self.machine.run(got_in, set, case)?;
            let asked = || set.iter().copied().filter(|&switch| self.machine.asked(switch)).collect();
            agree::<S>(case, expected, &outcome).then(asked)
        };
        let all: Vec<usize> = (0..self.switches.len()).collect();
        let mut set = explains(&all)?;
        let mut size = set.len().div_ceil(2);
        while size > 0 {
            let mut start = 0;
            while start < set.len() {
                let end = set.len().min(start + size);
                match explains(&[&set[..start], &set[end..]].concat()) {
                    Some(smaller) => {
                        start = smaller.partition_point(|switch| *switch < set[start]);
                        set = smaller;
                    }
                    None => start = end,
                }
            }
            size /= 2;
        }
        Some(set.into_iter().map(|switch| self.switches[switch].row).collect())
    }
}

fn answer<O>(outcome: Option<O>) -> Answer<O> {
    outcome.map_or_else(|| Answer::broken(FailureKind::Refusal, "no outcome"), Answer::Outcome)
}
