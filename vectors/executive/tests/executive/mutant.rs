//! The native machine with a bug, for tests of what finds it: in one place it does what the other profile does.

use executive::{Switch, SwitchSet};
use oracle::{Answer, Machine, Profile};
use vectors_executive::{Case, Executive, NativeExecutive, Outcome, STRICT};

/// The native machine in profile `strict`, but for some switches.
pub struct Mutant {
    switches: SwitchSet,
    machine: NativeExecutive,
}

impl Mutant {
    pub fn new(wrong: &[Switch]) -> Self {
        let switches = wrong.iter().fold(SwitchSet::STRICT, |set, &switch| set.flipped(switch));
        Mutant { switches, machine: NativeExecutive::default() }
    }
}

impl Machine<Executive> for Mutant {
    fn name(&self) -> &str {
        "mutant"
    }

    fn profiles(&self) -> &[Profile] {
        &[STRICT]
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let mut answer = |case| match self.machine.play(self.switches, case) {
            Ok(outcome) => Answer::Outcome(outcome),
            Err(why) => Answer::Unsupported(why),
        };
        cases.iter().map(&mut answer).collect()
    }
}
