//! Situations of instructions that completed.

use super::Point as P;
use super::step::{Step, When};
use crate::arrays::{self, MAX_LENGTH};
use crate::execute::units_per_ms;
use crate::instruction::Instruction;
use crate::isa::{Family, Immediate, Opcode};
use crate::stack::CAPACITY;
use crate::state::{GLOBALS, OUTPUT, PINS};

impl Step<'_> {
    pub(super) fn completed(&self, instruction: Instruction, when: When<'_>) {
        let op = instruction.op;
        when(true, P::Completed);
        when(instruction.flags != 0, P::FlagsSet);
        when(instruction.immediate != 0, P::ImmediateIgnored);
        self.operands(op, when);
        if op.pushes() == 1 {
            self.result(op, when);
        }
        if op.checks().contains(&crate::Check::Target) {
            self.target(instruction, when);
        }
        self.numbers(instruction, when);
        self.stack_edges(op, when);
        match op.family() {
            Family::Memory => self.memory(instruction, when),
            Family::Pins | Family::Time => self.devices(op, when),
            Family::Console => self.printed(instruction, when),
            Family::Display => {
                let text = usize::try_from(self.operand(0)).ok().and_then(|id| self.program.strings.get(id));
                when(text.is_some_and(|text| text.is_empty()), P::EmptyText);
            }
            _ => {}
        }
    }

    fn operands(&self, op: Opcode, when: When<'_>) {
        let a = self.operand(op.pops().saturating_sub(1));
        let b = self.operand(0);
        when(a >= 0 && b >= 0, P::PlusPlus);
        when(a >= 0 && b < 0, P::PlusMinus);
        when(a < 0 && b >= 0, P::MinusPlus);
        when(a < 0 && b < 0, P::MinusMinus);
        when(a >= 0, P::Plus);
        when(a < 0, P::Minus);
        when(a == b, P::Equal);
        when(a < b, P::Below);
        when(a > b, P::Above);
        when(a == 0 && b == 0, P::FalseFalse);
        when(a == 0 && b != 0, P::FalseTrue);
        when(a != 0 && b == 0, P::TrueFalse);
        when(a != 0 && b != 0, P::TrueTrue);
        when(![0, 1].contains(&a) || ![0, 1].contains(&b), P::LargeTruth);
    }

    fn result(&self, op: Opcode, when: When<'_>) {
        let Some(&result) = self.after.stack.as_slice().last() else { return };
        let (a, b) = (self.operand(1), self.operand(0));
        let amount = b.cast_unsigned();
        when(result == 0, P::Gives0);
        when(result == 1, P::Gives1);
        when(result == 65535, P::Gives65535);
        when(result < 0, P::GivesNegative);
        let fits = match op {
            Opcode::Add => a.checked_add(b).is_some(),
            Opcode::Sub => a.checked_sub(b).is_some(),
            _ => a.checked_mul(b).is_some(),
        };
        when(!fits, P::Wraps);
        when(a == i32::MIN && b == -1, P::QuotientWraps);
        when((a < 0) != (b < 0) && a.checked_rem(b).is_some_and(|rest| rest != 0), P::Truncates);
        when(amount == 0, P::Amount0);
        when(amount == 31, P::Amount31);
        let back =
            if op == Opcode::ShiftLeft { result.checked_shr(amount) } else { result.checked_shl(amount) };
        when(back.is_some_and(|back| back != a), P::BitsLost);
    }

    fn target(&self, instruction: Instruction, when: When<'_>) {
        let (from, to) = (self.before.pc, self.after.pc);
        let last = self.program.code.len().saturating_sub(1);
        let is_taken = match instruction.op {
            Opcode::JmpTrue => self.operand(0) != 0,
            Opcode::JmpFalse => self.operand(0) == 0,
            _ => true,
        };
        when(is_taken, P::Taken);
        when(!is_taken, P::NotTaken);
        when(!is_taken && usize::from(instruction.immediate) > last, P::TargetUnchecked);
        when(is_taken && to > from, P::Forward);
        when(is_taken && to < from, P::Backward);
        when(is_taken && to == from, P::ToItself);
        when(is_taken && to == 0, P::ToFirst);
        when(is_taken && to as usize == last, P::ToLast);
        when(from as usize == last, P::CallIsLast);
    }

    /// Which one it was, and the last it could have been.
    fn numbers(&self, instruction: Instruction, when: When<'_>) {
        let op = instruction.op;
        let operand = |distance| usize::try_from(self.operand(distance)).unwrap_or(usize::MAX);
        let strings = self.program.strings.len();
        let (one, last) = match (op.immediate(), op.family()) {
            (Immediate::Global, _) => (self.number(instruction), GLOBALS - 1),
            (Immediate::Array, _) => (self.number(instruction), arrays::COUNT - 1),
            (Immediate::Local, _) => {
                (self.number(instruction), self.before.stack.depth().saturating_sub(op.pops() + 1))
            }
            (Immediate::String, _) => (self.number(instruction), strings.saturating_sub(1)),
            (_, Family::Pins) => (operand(op.pops() - 1), PINS - 1),
            (_, Family::Buttons) => (operand(0), 255),
            (_, Family::Display) => (operand(0), strings.saturating_sub(1)),
            _ => return,
        };
        when(one == 0, P::NumberFirst);
        when(one == last && last > 0, P::NumberLast);
        when(instruction.immediate > 0xFF, P::Alias);
    }

    fn stack_edges(&self, op: Opcode, when: When<'_>) {
        let depth = self.before.stack.depth();
        let taken = op.pops() + if op == Opcode::Printf { self.arguments().len() } else { 0 };
        when(depth == taken, P::TakesLastCells);
        when(depth == 0, P::EmptyStack);
        when(self.after.stack.depth() == CAPACITY, P::FillsStack);
        when(depth == CAPACITY, P::FullStack);
    }

    fn memory(&self, instruction: Instruction, when: When<'_>) {
        let number = self.number(instruction);
        let index = usize::try_from(self.operand(0)).unwrap_or(usize::MAX);
        let array = self.array(instruction);
        let (old, new) = match instruction.op {
            Opcode::StoreGlobal => (self.before.globals.get(number).copied(), self.operand(0)),
            Opcode::StoreLocal => (Some(self.operand(1 + number)), self.operand(0)),
            _ => (array.get(index).copied(), self.operand(1)),
        };
        when(old.is_some_and(|old| old != 0 && old != new), P::Overwrites);
        when(index == 0, P::FirstElement);
        when(index > 0 && array.len().checked_sub(1) == Some(index), P::LastElement);
        when(index == 1, P::Length1);
        when(index == MAX_LENGTH, P::Length64);
    }

    fn devices(&self, op: Opcode, when: When<'_>) {
        let value = self.operand(0);
        when(value == 0, P::ValueMin);
        when(value == self.max_value(op), P::ValueMax);
        let mode = self.mode(self.pin(op));
        when(mode == Some(OUTPUT), P::PinIsOutput);
        when(mode.is_some_and(|mode| mode != 0 && i32::from(mode) != value), P::ModeChanges);
        let unit = units_per_ms(self.profile) as i32;
        when(value > 0 && value < unit, P::DelayVanishes);
        when(value > 0 && value % unit == 0, P::DelayExact);
        when(value > unit && value % unit != 0, P::DelayCut);
    }
}
