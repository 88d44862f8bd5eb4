//! Programs: the VM against the Python model.

use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Rng, Target, Use};
use oracle::project::Project;

use super::{programs, tape};
use crate::cases::MiniVm;

struct Lockstep {
    judge: Judge<MiniVm>,
}

/// The target. Without a model nothing is compared, and no input is of use.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(Lockstep { judge: Judge::new(bench, 1) })
}

/// Steps that make a program.
const PROGRAM: u32 = 3;

impl Target for Lockstep {
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

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let mut cases = programs::cases(project)?;
        cases.retain(|case| case.max_steps >= PROGRAM);
        let mut seeds = programs::seeds(&cases);
        seeds.extend(programs::random_programs());
        Ok(seeds)
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        programs::simpler(input)
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        let (profile, case) = tape::decode(input);
        vec![FuzzedCase::of::<MiniVm>(profile, &case)]
    }

    fn describe(&self, input: &[u8]) -> String {
        programs::describe(input)
    }
}
