//! A machine with a bug on purpose, stepped so that the bug can be in one instruction.

use cockpit::{Call, Error, Instruction, Opcode, Program, Stack, State, Stop, Vm};
use oracle::Cases;
use oracle::{Answer, Machine, Profile};
use vectors_cockpit::{Case, Cockpit, Outcome, native};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    None,
    /// `LE` compares signed.
    Sign,
    /// `SUB` takes its operands the other way round.
    Order,
    /// An array can not have its greatest length.
    Bound,
    /// `DIV` by 0 leaves one operand.
    LostPop,
    /// `ANALOG_WRITE` writes to the next pin.
    Argument,
}

pub struct Mutant(pub Bug);

impl Machine<Cockpit> for Mutant {
    fn name(&self) -> &str {
        "mutant"
    }

    fn profiles(&self) -> &[Profile] {
        &Cockpit::PROFILES[..1]
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| Answer::Outcome(self.execute(case))).collect()
    }
}

impl Mutant {
    fn execute(&self, case: &Case) -> Outcome {
        let (mut state, mut hal, strings) =
            (native::state(case), native::devices(case), native::strings(case));
        let program = Program { code: case.words(), strings: &strings };
        let (mut steps, mut stop) = (0, None);
        while stop.is_none() && steps < case.max_steps {
            let op = program.code.get(state.pc as usize).and_then(|&word| Instruction::decode(word));
            let op = op.map(|instruction| instruction.op);
            let before = state.clone();
            if (self.0, op) == (Bug::Order, Some(Opcode::Sub)) {
                swap(&mut state);
            }
            let run = Vm::new(cockpit::Head, program, &mut state, &mut hal).step();
            (steps, stop) = (steps + run.steps, run.stop);
            match (self.0, op) {
                (Bug::Sign, Some(Opcode::Le)) if run.steps == 1 => {
                    let [.., a, b] = *before.stack.as_slice() else { continue };
                    let _ = state.stack.pop().and_then(|_| state.stack.push((a <= b).into()));
                }
                (Bug::Bound, Some(Opcode::CreateArray))
                    if run.steps == 1 && before.stack.as_slice().ends_with(&[64]) =>
                {
                    (state.arrays, state.pc, steps) = (before.arrays, before.pc, steps - 1);
                    let check = cockpit::Check::Length;
                    stop = Some(Stop::Error { check, error: Error::MemoryBounds });
                }
                (Bug::LostPop, Some(Opcode::Div))
                    if matches!(stop, Some(Stop::Error { error: Error::DivisionByZero, .. })) =>
                {
                    let _ = state.stack.push(before.stack.as_slice()[before.stack.depth() - 2]);
                }
                (Bug::Argument, Some(Opcode::AnalogWrite)) if run.steps == 1 => {
                    if let Some(Call::AnalogWrite { pin, .. }) = hal.calls.last_mut() {
                        *pin = (*pin + 1) % 20;
                    }
                }
                _ => {}
            }
        }
        Outcome::of(stop, steps, &state, &hal)
    }
}

/// The two uppermost cells the other way round, if there are two.
fn swap(state: &mut State) {
    let mut cells = state.stack.as_slice().to_vec();
    if let [.., a, b] = &mut cells[..] {
        std::mem::swap(a, b);
    }
    state.stack = Stack::from_cells(&cells).unwrap_or_default();
}
