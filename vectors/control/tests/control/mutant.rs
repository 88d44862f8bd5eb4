//! The native machine with a bug, for tests of what finds it.

use oracle::{Answer, Machine, Profile};
use vectors_control::{Call, CallResult, Case, Control, DOCUMENT, NativePlane, Outcome, Task, Value};

/// A bug: how calls are misunderstood, and what is wrong with what comes out.
#[derive(Clone, Copy)]
pub struct Bug {
    /// The call that is made in place of this one.
    pub call: fn(&Call) -> Call,
    /// What becomes of the outcome of the calls that were wanted.
    pub outcome: fn(&Case, &mut Outcome),
}

/// No bug.
pub const NONE: Bug = Bug { call: Call::clone, outcome: |_, _| {} };

/// The flag that forbids to write memory of a ready task is not looked at.
pub const POLICY: Bug = Bug {
    call: |call| match call {
        Call::Init { config } => {
            let mut config = config.clone();
            config.entry("policy_flags".into()).and_modify(|flags| *flags &= !1);
            Call::Init { config }
        }
        call => call.clone(),
    },
    ..NONE
};

/// Register 15 is taken for R15.
pub const REGISTER: Bug = Bug {
    call: |call| match call {
        Call::RegGetFor { task, reg: 15 } => Call::RegGetFor { task: *task, reg: 31 },
        call => call.clone(),
    },
    ..NONE
};

/// A clock of more than two instructions retires one too many.
pub const CLOCK: Bug = Bug {
    call: |call| match call {
        Call::Clock { n } if (3..1000).contains(n) => Call::Clock { n: n + 1 },
        call => call.clone(),
    },
    ..NONE
};

/// The first byte that is read of the registers' window is lost.
pub const WINDOW: Bug = Bug {
    outcome: |case, outcome| {
        for (call, result) in case.calls.iter().zip(&mut outcome.results) {
            if let (Call::MemRead { address: 0xFFC0, .. }, CallResult::Ok(Value::Bytes(bytes))) =
                (call, result)
            {
                bytes.first_mut().into_iter().for_each(|byte| *byte = 0);
            }
        }
    },
    ..NONE
};

/// A second task that has faulted has no fault latched.
pub const LATCH: Bug = Bug {
    outcome: |_, outcome| {
        for task in &mut outcome.state.tasks {
            if let Task::Stopped(task) = task
                && task.task > 0
            {
                task.fault_code = 0;
            }
        }
    },
    ..NONE
};

/// The native machine with a bug.
pub struct Mutant {
    bug: Bug,
    plane: NativePlane,
}

impl Mutant {
    pub fn new(bug: Bug) -> Self {
        Mutant { bug, plane: NativePlane::default() }
    }
}

impl Machine<Control> for Mutant {
    fn name(&self) -> &str {
        "mutant"
    }

    fn profiles(&self) -> &[Profile] {
        &[DOCUMENT]
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let mut answer = |case: &Case| {
            let calls = case.calls.iter().map(self.bug.call).collect();
            let mut outcome = self.plane.play(&Case { config: case.config.clone(), calls });
            (self.bug.outcome)(case, &mut outcome);
            Answer::Outcome(outcome)
        };
        cases.iter().map(&mut answer).collect()
    }
}
