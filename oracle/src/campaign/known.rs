//! Explaining a difference between profiles: which switch, flipped alone, makes it go away.

use itertools::Itertools;

use super::locate::{Pair, locate_one, step_of};
use crate::machine::{Answer, FailureKind};
use crate::subject::{Profile, Subject, Switch, Switched, agree};

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
        let mut run = |profile, flipped: &[usize], case: &S::Case| self.machine.run(profile, flipped, case);
        if run(expected_in, &[], case)? != *expected || run(got_in, &[], case)? != *got {
            return None;
        }
        let mut both = |cases: &[S::Case]| {
            let pair =
                |case| -> Pair<S> { (answer(run(expected_in, &[], case)), answer(run(got_in, &[], case))) };
            cases.iter().map(pair).collect()
        };
        if self.many {
            let step = step_of::<S>(case, &mut both)?;
            let rows = self.needed(case, expected, got_in)?;
            return Some(Explanation { rows, step });
        }
        let located = locate_one::<S>(case, &mut both)?;
        let step = located.simplest();
        let (expected, got) = (run(expected_in, &[], step)?, run(got_in, &[], step)?);
        // From either side: a switch may show only beside what the other profile does.
        let mut explains = |flipped: &[usize]| {
            run(expected_in, flipped, step).is_some_and(|outcome| agree::<S>(step, &outcome, &got))
                || run(got_in, flipped, step).is_some_and(|outcome| agree::<S>(step, &outcome, &expected))
        };
        let count = self.switches.len();
        let found = (1..=3).flat_map(|few| (0..count).combinations(few)).find(|flipped| explains(flipped))?;
        let rows = found.iter().map(|&switch| self.switches[switch].row).collect();
        Some(Explanation { rows, step: located.step })
    }

    /// The rows of a set of switches that make the difference go away, none of which can be left out: all of them, without
    /// ever smaller pieces.
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
