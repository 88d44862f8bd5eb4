//! Replaying a vector: on any machines, step by step, against what it expects.

use vectors::{Difference, Expectation, Profile, TraceLine, Vector};

use crate::machine::{Answer, Machine, run_one};
use crate::native::Native;

/// A vector in one profile, as every machine ran it.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The vector's name.
    pub name: String,
    /// The rule it tests.
    pub rule: String,
    /// The vector's note.
    pub note: String,
    /// The profile.
    pub profile: Profile,
    /// The case, for people.
    pub listing: String,
    /// The starting state, field by field.
    pub start: Vec<(String, String)>,
    /// What is expected, field by field.
    pub expected: Vec<(String, String)>,
    /// What each machine did.
    pub runs: Vec<MachineRun>,
}

/// What one machine did.
#[derive(Clone, Debug)]
pub struct MachineRun {
    /// The machine's name.
    pub machine: String,
    /// The steps it retired.
    pub trace: Vec<TraceLine>,
    /// What came out, field by field; or why nothing did.
    pub result: Result<Vec<(String, String)>, Failure>,
    /// Where it differs from what is expected.
    pub differences: Vec<Difference>,
}

/// Why nothing came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The machine does not implement it.
    Unsupported(String),
    /// The machine failed.
    Failed(String),
}

impl MachineRun {
    /// Whether the machine does not implement it.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.result, Err(Failure::Unsupported(_)))
    }

    /// Whether the machine did what is expected.
    pub fn agrees(&self) -> bool {
        self.result.is_ok() && self.differences.is_empty()
    }
}

/// Runs `vector` in every profile it has an expectation for, on all `machines`.
pub fn replay<S: Native>(vector: &Vector<S>, machines: &mut [Box<dyn Machine<S>>]) -> Vec<Replay> {
    let case = S::traced(&vector.case);
    vector
        .expected
        .iter()
        .map(|expectation| Replay {
            name: vector.name.clone(),
            rule: vector.rule.clone(),
            note: vector.note.clone(),
            profile: expectation.profile,
            listing: S::listing(&vector.case),
            start: S::starting_fields(&vector.case),
            expected: S::fields(&expectation.outcome),
            runs: machines.iter_mut().map(|machine| run::<S>(&mut **machine, &case, expectation)).collect(),
        })
        .collect()
}

fn run<S: Native>(machine: &mut dyn Machine<S>, case: &S::Case, expectation: &Expectation<S>) -> MachineRun {
    let profile = expectation.profile;
    let answer = if machine.profiles().contains(&profile) {
        run_one(machine, profile, case)
    } else {
        Answer::Unsupported(format!("no profile {profile}"))
    };
    let mut run = MachineRun {
        machine: machine.name().to_owned(),
        trace: Vec::new(),
        result: Ok(Vec::new()),
        differences: Vec::new(),
    };
    match answer {
        Answer::Outcome(outcome) => {
            run.trace = S::trace(&outcome);
            let expected = S::close(case, &expectation.outcome, &expectation.open, &outcome);
            run.differences = S::compare(&expected, &outcome);
            run.result = Ok(S::fields(&outcome));
        }
        Answer::Unsupported(why) => run.result = Err(Failure::Unsupported(why)),
        Answer::Broken(why) | Answer::NotRun(why) => run.result = Err(Failure::Failed(why)),
    }
    run
}
