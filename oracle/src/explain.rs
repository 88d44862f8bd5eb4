//! From a case that differs to the smallest one: first the step, then the state.

use vectors::{Profile, Subject};

use crate::machine::{Answer, Machine};

/// Runs a case on both sides: the oracle's outcome, the machine's. Nothing where one of them has none.
pub type Both<'a, S> =
    dyn FnMut(&<S as Subject>::Case) -> Option<(<S as Subject>::Outcome, <S as Subject>::Outcome)> + 'a;

/// Where two machines part.
#[derive(Clone, Debug)]
pub struct Located<S: Subject> {
    /// The first step that differs, from 1.
    pub step: u32,
    /// The case, cut behind that step.
    pub case: S::Case,
    /// The step alone, from the state before it, if that differs just so.
    pub alone: Option<S::Case>,
}

/// Finds the first step at which the two sides differ, by bisection. Nothing where they do not differ at all.
pub fn first_difference<S: Subject>(case: &S::Case, both: &mut Both<'_, S>) -> Option<Located<S>> {
    if !differs::<S>(both, case) {
        return None;
    }
    // Invariant: after `agreeing` steps the sides agree, after `differing` they do not.
    let (mut agreeing, mut differing) = (0, S::steps(case));
    while differing - agreeing > 1 {
        let middle = agreeing + (differing - agreeing) / 2;
        if differs::<S>(both, &S::first_steps(case, middle)) { differing = middle } else { agreeing = middle }
    }
    let cut = S::first_steps(case, differing);
    let alone = if agreeing == 0 {
        Some(cut.clone())
    } else {
        both(&S::first_steps(case, agreeing)).and_then(|(outcome, _)| S::continue_from(case, &outcome))
    };
    Some(Located { step: differing, case: cut, alone: alone.filter(|case| differs::<S>(both, case)) })
}

fn differs<S: Subject>(both: &mut Both<'_, S>, case: &S::Case) -> bool {
    both(case).is_some_and(|(expected, got)| !S::compare(&expected, &got).is_empty())
}

/// Makes a case simpler as long as `shows` says that the simpler one still shows the same. `shows` judges a batch and
/// names the first that does.
pub fn shrink<S: Subject>(mut case: S::Case, shows: &mut dyn FnMut(&[S::Case]) -> Option<usize>) -> S::Case {
    /// Cases tried at most; every machine gets them in batches.
    const BUDGET: usize = 20_000;
    const BATCH: usize = 64;
    let mut tried = 0;
    'simpler: while tried < BUDGET {
        let candidates = S::simpler(&case);
        for batch in candidates.chunks(BATCH) {
            tried += batch.len();
            if let Some(index) = shows(batch) {
                case = batch[index].clone();
                continue 'simpler;
            }
        }
        break;
    }
    case
}

/// What the oracle and the machine say to a case.
pub type Pair<S> = (Answer<<S as Subject>::Outcome>, Answer<<S as Subject>::Outcome>);

/// Runs a batch on two machines and gives, for each case, both answers.
pub fn answers<S: Subject>(
    (oracle, oracle_profile): (&mut dyn Machine<S>, Profile),
    (machine, machine_profile): (&mut dyn Machine<S>, Profile),
    cases: &[S::Case],
) -> Vec<Pair<S>> {
    let expected = oracle.run(oracle_profile, cases);
    let got = machine.run(machine_profile, cases);
    expected.into_iter().zip(got).collect()
}
