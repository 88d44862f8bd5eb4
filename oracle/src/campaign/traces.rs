//! Both sides of a difference, step by step.

use crate::machine::Answer;
use crate::report::{Step, Traces};
use crate::subject::{Cases, State, Steps, Subject};

/// Steps shown before the one that differs.
const BEFORE: u32 = 15;
/// Steps shown after it.
const AFTER: u32 = 4;

/// Runs cases on both sides: the answers of the oracle, none if it is no machine, and of the machine.
pub(super) type Run<'a, S> = dyn FnMut(&[<S as Cases>::Case]) -> (Answers<S>, Answers<S>) + 'a;

type Answers<S> = Vec<Answer<<S as Cases>::Outcome>>;

/// The steps around `step`, the first that differs. Each is taken by running the case so far from its start, so it
/// shows the complete state, memory too, and asks nothing of a machine that it would not do anyway.
pub(super) fn traces<S: Subject>(case: &S::Case, step: u32, run: &mut Run<'_, S>) -> Traces {
    let start = S::start(case);
    let Some(steps) = S::steps() else {
        let (oracle, machine) = run(std::slice::from_ref(case));
        let whole = |answers: Answers<S>| {
            let outcome = answers.first().and_then(Answer::outcome);
            let changes = outcome.map(|outcome| S::end(case, outcome).changes_since(&start));
            changes
                .map(|changes| Step { what: "the whole case".into(), result: None, changes })
                .into_iter()
                .collect()
        };
        return Traces { first: 1, oracle: whole(oracle), machine: whole(machine), start };
    };
    let first = step.saturating_sub(BEFORE).max(1);
    let last = step.saturating_add(AFTER).min(steps.count(case));
    let cuts: Vec<S::Case> = (first.max(2) - 1..=last).map(|count| steps.first(case, count)).collect();
    let (oracle, machine) = run(&cuts);
    // The first cut shows the state before the first step that is shown, if there is one.
    let skipped = usize::from(first > 1);
    let before =
        |answers: &Answers<S>| answers.first().filter(|_| skipped == 1).and_then(Answer::outcome).cloned();
    let shown = before(&oracle).or_else(|| before(&machine));
    let start = match &shown {
        Some(outcome) => {
            let changes = S::end(&steps.first(case, first - 1), outcome).changes_since(&start);
            start.overlaid(&changes)
        }
        None => start,
    };
    let side = |answers: Answers<S>| {
        let behind = answers.len().min(skipped);
        side::<S>(steps, case, before(&answers), &answers[behind..])
    };
    Traces { first, start, oracle: side(oracle), machine: side(machine) }
}

/// What each answer has that the one before has not. Ends as soon as nothing happens any more.
fn side<S: Subject>(
    steps: &dyn Steps<S>,
    case: &S::Case,
    mut before: Option<S::Outcome>,
    answers: &[Answer<S::Outcome>],
) -> Vec<Step> {
    let mut shown = Vec::new();
    for answer in answers {
        let Some(outcome) = answer.outcome() else { break };
        if before.as_ref() == Some(outcome) {
            break;
        }
        let was = before.as_ref().map_or_else(|| S::start(case), |before| S::end(case, before));
        let changes: State = S::end(case, outcome).changes_since(&was);
        let what = steps.describe(case, before.as_ref());
        shown.push(Step { what, result: steps.result(case, outcome), changes });
        before = Some(outcome.clone());
    }
    shown
}
