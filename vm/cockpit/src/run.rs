//! Running: one instruction, or until something stops it.

use crate::error::Check;
use crate::execute::Flow;
use crate::hal::Hal;
use crate::profile::{Profile, Switch};
use crate::vm::{Run, Stop, Vm};

impl<P: Profile, H: Hal> Vm<'_, P, H> {
    /// Executes one instruction.
    ///
    /// A stop is no obstacle to the next step: the instruction at pc is executed again.
    #[inline(always)]
    pub fn step(&mut self) -> Run {
        let Some(&word) = self.program.code.get(self.state.pc as usize) else {
            let stop = if self.program.code.is_empty() { self.failed(Check::Loaded) } else { Stop::End };
            return Run { steps: 0, stop: Some(stop) };
        };
        let depth = self.state.stack.depth();
        match self.execute(word) {
            Ok(Flow::Halt) => Run { steps: 1, stop: Some(Stop::Halt) },
            Ok(Flow::To(pc)) => {
                self.state.pc = pc;
                let ended = pc as usize == self.program.code.len();
                Run { steps: 1, stop: if ended { Some(Stop::End) } else { None } }
            }
            Err(check) => {
                if self.profile.plan(Switch::Rollback) {
                    self.state.stack.restore(depth);
                }
                Run { steps: 0, stop: Some(self.failed(check)) }
            }
        }
    }

    /// Executes instructions until one stops the machine or `max_steps` have completed.
    pub fn run(&mut self, max_steps: u32) -> Run {
        let mut steps = 0;
        while steps < max_steps {
            let step = self.step();
            steps += step.steps;
            if step.stop.is_some() {
                return Run { steps, stop: step.stop };
            }
        }
        Run { steps, stop: None }
    }

    fn failed(&self, check: Check) -> Stop {
        Stop::Error { check, error: check.error(self.profile) }
    }
}
