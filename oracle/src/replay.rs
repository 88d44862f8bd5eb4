//! Replaying a vector: on any machines, step by step, against what it expects.

use crate::machine::{Answer, Machine, run_one};
use crate::subject::{Difference, Profile, State, Subject, TraceStep, agree, compare};
use crate::suite::{Expectation, Vector};

/// A vector in one profile, as every machine ran it.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The vector's name.
    pub name: String,
    /// The rule it tests.
    pub rule: String,
    /// The vector's note; may be empty.
    pub note: String,
    /// The profile.
    pub profile: Profile,
    /// The case, for people.
    pub listing: String,
    /// The starting state.
    pub start: State,
    /// What is expected.
    pub expected: State,
    /// What each machine did.
    pub runs: Vec<MachineRun>,
}

/// What one machine did.
#[derive(Clone, Debug)]
pub struct MachineRun {
    /// The machine's name.
    pub machine: String,
    /// The steps it took; empty if the machine gives no trace.
    pub trace: Vec<TraceStep>,
    /// What came out, or why nothing did.
    pub result: Result<State, NoOutcome>,
    /// In what it differs from what is expected.
    pub differences: Vec<Difference>,
}

/// Why nothing came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoOutcome {
    /// The machine does not implement it.
    Unsupported(String),
    /// The machine failed.
    Failed(String),
}

impl MachineRun {
    /// Whether the machine does not implement it.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.result, Err(NoOutcome::Unsupported(_)))
    }

    /// Whether the machine did what is expected.
    pub fn agrees(&self) -> bool {
        self.result.is_ok() && self.differences.is_empty()
    }
}

/// Runs the vectors one after the other, each in every profile it has an expectation for, on all `machines`: with a trace,
/// and then all of them without, for a machine may take another way if nobody looks. What is shown is the run with a
/// trace, if there is one and the other is right too. A machine that gives no trace is asked for the outcome alone.
pub fn replay<S: Subject>(vectors: &[&Vector<S>], machines: &mut [Box<dyn Machine<S>>]) -> Vec<Replay> {
    let mut replays: Vec<Replay> = vectors.iter().flat_map(|vector| with_trace(vector, machines)).collect();
    // One case may depend on those before it, so each of the two runs of all has a machine to begin with.
    machines.iter_mut().for_each(|machine| machine.restart());
    let expectations = vectors.iter().flat_map(|vector| vector.expected.iter().map(|it| (&vector.case, it)));
    for (replay, (case, expectation)) in replays.iter_mut().zip(expectations) {
        for (seen, machine) in replay.runs.iter_mut().zip(machines.iter_mut()) {
            let unseen = run::<S>(&mut **machine, case, expectation);
            if seen.agrees() && !unseen.agrees() {
                *seen = unseen;
            }
        }
    }
    replays
}

fn with_trace<S: Subject>(vector: &Vector<S>, machines: &mut [Box<dyn Machine<S>>]) -> Vec<Replay> {
    let traced = S::steps().map_or_else(|| vector.case.clone(), |steps| steps.traced(&vector.case));
    let in_profile = |expectation: &Expectation<S>| Replay {
        name: vector.name.clone(),
        rule: vector.rule.clone(),
        note: vector.note.clone(),
        profile: expectation.profile,
        listing: S::listing(&vector.case),
        start: S::start(&vector.case),
        expected: S::end(&vector.case, &expectation.outcome),
        runs: machines
            .iter_mut()
            .map(|machine| {
                let with_trace = run::<S>(&mut **machine, &traced, expectation);
                if with_trace.is_unsupported() {
                    run::<S>(&mut **machine, &vector.case, expectation)
                } else {
                    with_trace
                }
            })
            .collect(),
    };
    vector.expected.iter().map(in_profile).collect()
}

fn run<S: Subject>(machine: &mut dyn Machine<S>, case: &S::Case, expectation: &Expectation<S>) -> MachineRun {
    let mut run = MachineRun {
        machine: machine.name().to_owned(),
        trace: Vec::new(),
        result: Ok(State::default()),
        differences: Vec::new(),
    };
    match run_one(machine, expectation.profile, case) {
        Answer::Outcome(outcome) => {
            run.trace = S::steps().map_or_else(Vec::new, |steps| steps.trace(case, &outcome));
            let expected = expectation.of(&outcome);
            if !agree::<S>(case, &expected, &outcome) {
                run.differences = compare::<S>(case, &expected, &outcome);
            }
            run.result = Ok(S::end(case, &outcome));
        }
        got @ Answer::Outside(_) => {
            let expected =
                got.held().map_or_else(|| expectation.outcome.clone(), |held| expectation.of(held));
            run.differences = got.differences::<S>(case, &expected).unwrap_or_default();
            run.result = Ok(got.state::<S>(case).unwrap_or_default());
        }
        Answer::Unsupported(why) => run.result = Err(NoOutcome::Unsupported(why)),
        Answer::Broken(failure) => run.result = Err(NoOutcome::Failed(failure.why)),
        Answer::NotRun(why) => run.result = Err(NoOutcome::Failed(why)),
    }
    run
}
