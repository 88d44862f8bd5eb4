//! Both sides of a difference, step by step.

use vectors::Subject;

use crate::machine::Answer;
use crate::report::{Step, Traces};

/// Steps shown before the one that differs.
const BEFORE: u32 = 15;
/// Steps shown after it.
const AFTER: u32 = 4;

/// Runs cases on both sides: the answers of the oracle, none where it is no machine, and of the machine.
pub(crate) type Run<'a, S> = dyn FnMut(&[<S as Subject>::Case]) -> (Answers<S>, Answers<S>) + 'a;

type Answers<S> = Vec<Answer<<S as Subject>::Outcome>>;

/// The steps around `step`, the first that differs. Each is taken by running the case so far from its start, so it
/// shows the complete state, memory too, and asks nothing of a machine that it would not do anyway.
pub(crate) fn traces<S: Subject>(case: &S::Case, step: u32, run: &mut Run<'_, S>) -> Traces {
    let first = step.saturating_sub(BEFORE).max(1);
    let last = step.saturating_add(AFTER).min(S::steps(case));
    let cuts: Vec<S::Case> = (first.max(2) - 1..=last).map(|steps| S::first_steps(case, steps)).collect();
    let (oracle, machine) = run(&cuts);
    let before = |answers: &Answers<S>| match answers.first() {
        Some(Answer::Outcome(outcome)) if first > 1 => Some(outcome.clone()),
        _ => None,
    };
    let mut start = S::starting_fields(case);
    if let Some(outcome) = before(&oracle).or_else(|| before(&machine)) {
        for (name, value) in S::changes(case, None, &outcome) {
            match start.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) if !name.contains('[') => *old = value,
                _ => start.push((name, value)),
            }
        }
    }
    let side = |answers: Answers<S>| {
        steps::<S>(case, before(&answers), &answers[answers.len().min((first > 1).into())..])
    };
    Traces { first, start, oracle: side(oracle), machine: side(machine) }
}

/// What each answer has that the one before has not. Ends where nothing happens any more.
fn steps<S: Subject>(
    case: &S::Case,
    mut before: Option<S::Outcome>,
    answers: &[Answer<S::Outcome>],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for answer in answers {
        let Answer::Outcome(outcome) = answer else { break };
        let changes = S::changes(case, before.as_ref(), outcome);
        if changes.is_empty() {
            break;
        }
        steps.push(Step { what: S::next_step(case, before.as_ref()), changes });
        before = Some(outcome.clone());
    }
    steps
}
