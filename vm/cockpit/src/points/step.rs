//! Which points a step has hit.

use super::point::{Point, Row};
use crate::error::Check;
use crate::execute::{max_level, max_mode, number, string_number};
use crate::instruction::Instruction;
use crate::isa::{Immediate, Opcode};
use crate::profile::SwitchSet;
use crate::state::State;
use crate::vm::{Program, Run, Stop};

/// One step that was watched.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What runs.
    pub program: Program<'a>,
    /// In which profile.
    pub profile: SwitchSet,
    /// The state before the step.
    pub before: &'a State,
    /// The state after it.
    pub after: &'a State,
    /// What [`Vm::step`](crate::Vm::step) gave.
    pub run: Run,
}

/// Reports a point if its situation has occurred.
pub(super) type When<'w> = &'w mut dyn FnMut(bool, Point);

impl Step<'_> {
    /// Calls `hit` for every point that the step has hit.
    pub fn hits(&self, mut hit: impl FnMut(Row, Point)) {
        match self.run.stop {
            Some(Stop::Error { check: Check::Loaded, .. }) => hit(Row::Program, Point::NotLoaded),
            Some(Stop::End) if self.run.steps == 0 => hit(Row::Program, Point::BeginsAtEnd),
            Some(Stop::End) => hit(Row::Program, Point::Ends),
            _ => {}
        }
        let Some(&word) = self.program.code.get(self.before.pc as usize) else { return };
        match Instruction::decode(word) {
            None => hit(Row::Illegal, Point::UnknownOpcode),
            Some(instruction) if !instruction.op.exists(self.profile) => {
                hit(Row::Illegal, Point::PlannedOpcode);
            }
            Some(instruction) => {
                let row = Row::Op(instruction.op);
                // Situations are described for all opcodes at once; the row says which of them are its points.
                self.situations(instruction, &mut |occurred, point| {
                    if occurred && point.applies(row, self.profile) {
                        hit(row, point);
                    }
                });
            }
        }
    }

    fn situations(&self, instruction: Instruction, when: When<'_>) {
        match self.run.stop {
            Some(Stop::Error { check, .. }) => self.failed(instruction, check, when),
            _ => self.completed(instruction, when),
        }
    }

    /// The operand that lay `distance` cells below the top; 0 if there was none.
    pub(super) fn operand(&self, distance: usize) -> i32 {
        self.before.stack.as_slice().iter().rev().nth(distance).copied().unwrap_or(0)
    }

    /// The pin of an opcode that takes one.
    pub(super) fn pin(&self, op: Opcode) -> i32 {
        self.operand(op.pops().saturating_sub(1))
    }

    /// The mode of a pin before the step; nothing if there is no such pin.
    pub(super) fn mode(&self, pin: i32) -> Option<u8> {
        self.before.pins.get(usize::try_from(pin).ok()?).copied()
    }

    /// The number that the immediate means: of a global, an array, a string, a cell or an instruction.
    pub(super) fn number(&self, instruction: Instruction) -> usize {
        let immediate = instruction.immediate;
        match instruction.op.immediate() {
            Immediate::Global | Immediate::Array => number(immediate, self.profile),
            Immediate::String => string_number(immediate),
            Immediate::Local | Immediate::Target | Immediate::Ignored | Immediate::Number => immediate.into(),
        }
    }

    /// The elements of the array that the immediate means, before the step.
    pub(super) fn array(&self, instruction: Instruction) -> &[i32] {
        self.before.arrays.get(self.number(instruction)).unwrap_or(&[])
    }

    /// The greatest value that an opcode takes for a pin, or for a delay.
    pub(super) fn max_value(&self, op: Opcode) -> i32 {
        match op {
            Opcode::DigitalWrite => max_level(self.profile).into(),
            Opcode::PinMode => max_mode(self.profile).into(),
            Opcode::AnalogWrite => u16::MAX.into(),
            _ => i32::MAX,
        }
    }
}
