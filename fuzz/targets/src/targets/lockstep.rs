//! Programs: the VM against the Python model.

use fastrand::Rng;
use vectors::minivm::{Case, MiniVm};

use super::programs;
use crate::judge::{Effort, Judge};
use crate::tape;
use crate::target::{Complaint, Known, Meaning, Target, Use};

struct Lockstep {
    judge: Judge<MiniVm>,
}

/// The target.
pub fn create(_: Effort) -> Box<dyn Target> {
    Box::new(Lockstep { judge: Judge::new(Effort::Thorough, 1) })
}

/// Steps that make a program.
const PROGRAM: u32 = 3;

impl Target for Lockstep {
    fn name(&self) -> &'static str {
        "lockstep"
    }

    fn useful_means(&self) -> &'static str {
        "three instructions or more retire"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let (profile, case) = tape::decode(input);
        let agreed = self.judge.compare(profile, &case)?;
        Ok(Use::from(agreed.is_some_and(|outcome| outcome.steps >= PROGRAM)))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        programs::mutate(input, rng, basic);
    }

    fn seeds(&self, known: &Known) -> Vec<Vec<u8>> {
        let longer = |case: &&Case| case.max_steps >= PROGRAM;
        let cases = known.cases.iter().filter(longer).cloned().collect();
        let mut seeds = programs::seeds(&Known { cases, ..Known::default() });
        seeds.extend(programs::random_programs());
        seeds
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        programs::simpler(input)
    }

    fn meanings(&self, input: &[u8]) -> Vec<Meaning> {
        let (profile, case) = tape::decode(input);
        vec![Meaning::MiniVm(profile, case)]
    }

    fn describe(&self, input: &[u8]) -> String {
        programs::describe(input)
    }
}
