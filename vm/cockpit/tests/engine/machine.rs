//! A machine to be set up, stepped and looked at.

use cockpit::instruction::Word;
use cockpit::{Call, Error, Instruction, Opcode, Program, Recorder, Run, Stack, State, Stop, SwitchSet, Vm};

pub const HEAD: SwitchSet = SwitchSet::HEAD;
pub const PLAN: SwitchSet = SwitchSet::PLAN;
pub const BOTH: [SwitchSet; 2] = [HEAD, PLAN];

/// What one instruction did: the stack after it, or the error and the stack after that.
pub type Effect = Result<Vec<i32>, (Error, Vec<i32>)>;

pub struct Machine {
    pub profile: SwitchSet,
    pub code: Vec<Word>,
    pub strings: Vec<&'static [u8]>,
    pub state: State,
    pub hal: Recorder,
}

impl Machine {
    /// One about to execute the first of two instructions, the second being `HALT`.
    pub fn of(profile: SwitchSet, op: Opcode, immediate: u16, stack: &[i32]) -> Self {
        let code = [Instruction::new(op, immediate), Instruction::new(Opcode::Halt, 0)];
        let mut state = State::new();
        state.stack = Stack::from_cells(stack).unwrap();
        Machine {
            profile,
            code: code.map(Instruction::encode).to_vec(),
            strings: Vec::new(),
            state,
            hal: Recorder::default(),
        }
    }

    pub fn run(&mut self, steps: u32) -> Run {
        let program = Program { code: &self.code, strings: &self.strings };
        Vm::new(self.profile, program, &mut self.state, &mut self.hal).run(steps)
    }

    /// Executes one instruction. If it fails, pc must not have moved.
    pub fn step(&mut self) -> Effect {
        let pc = self.state.pc;
        let stop = self.run(1).stop;
        let stack = self.state.stack.as_slice().to_vec();
        match stop {
            Some(Stop::Error { error, .. }) => {
                assert_eq!(self.state.pc, pc);
                Err((error, stack))
            }
            _ => Ok(stack),
        }
    }

    /// Executes one instruction and gives what it did to the outside.
    pub fn calls(&mut self) -> Vec<Call> {
        self.step().unwrap();
        self.hal.calls.clone()
    }
}

/// What one instruction does to a stack.
pub fn effect(profile: SwitchSet, op: Opcode, immediate: u16, stack: &[i32]) -> Effect {
    Machine::of(profile, op, immediate, stack).step()
}

/// What an instruction that fails gives: in `head` the error and what is left of the stack, in `plan` the error and
/// the whole stack.
pub fn failed(profile: SwitchSet, head: (Error, &[i32]), plan: Error, stack: &[i32]) -> Effect {
    Err(if profile == HEAD { (head.0, head.1.to_vec()) } else { (plan, stack.to_vec()) })
}
