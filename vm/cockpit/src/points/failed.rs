//! Situations of instructions that failed.

use super::Point as P;
use super::applies::writes_pin;
use super::step::{Step, When};
use crate::arrays::{self, MAX_LENGTH};
use crate::error::Check;
use crate::instruction::Instruction;
use crate::isa::{Immediate, Opcode};
use crate::stack::CAPACITY;
use crate::state::{GLOBALS, OUTPUT};

impl Step<'_> {
    pub(super) fn failed(&self, instruction: Instruction, check: Check, when: When<'_>) {
        let op = instruction.op;
        match check {
            Check::Operands => {
                let is_empty = self.before.stack.depth() == 0;
                when(is_empty, P::NoOperands);
                when(!is_empty, P::OperandsMissing);
            }
            Check::Room => when(true, P::NoRoom),
            Check::Target => self.bad_target(instruction, when),
            Check::Divisor => when(true, P::ZeroDivisor),
            Check::PinNumber => when(true, if self.pin(op) < 0 { P::PinNegative } else { P::PinTooLarge }),
            Check::Operand => {
                when(true, if self.operand(0) < 0 { P::OperandNegative } else { P::OperandTooLarge });
            }
            Check::PinPresent => when(true, P::PinAbsent),
            Check::PinOutput => when(true, P::PinIsNoOutput),
            Check::Text => when(true, P::NoText),
            Check::Format => when(true, P::ArgumentMissing),
            Check::Length => self.bad_length(when),
            Check::Memory if op == Opcode::CreateArray => self.bad_array(instruction, when),
            Check::Memory => self.bad_access(instruction, when),
            Check::Loaded | Check::Exists | Check::Device => {}
        }
        when(self.has_second_reason(instruction, check), P::TwoReasons);
    }

    fn bad_target(&self, instruction: Instruction, when: When<'_>) {
        let end = self.program.code.len() as i64;
        let target = match instruction.op {
            Opcode::Ret => self.operand(0).into(),
            _ => i64::from(instruction.immediate),
        };
        when(target == end, P::TargetIsEnd);
        when(target > end, P::TargetBeyondEnd);
        when(target < 0, P::TargetNegative);
    }

    fn bad_length(&self, when: When<'_>) {
        let length = self.operand(0);
        when(length == 0, P::Length0);
        when(length < 0, P::LengthNegative);
        when(length > MAX_LENGTH as i32, P::LengthTooLarge);
    }

    fn bad_array(&self, instruction: Instruction, when: When<'_>) {
        self.bad_number(instruction, when);
        when(!self.array(instruction).is_empty(), P::ArrayExists);
    }

    fn bad_access(&self, instruction: Instruction, when: When<'_>) {
        if instruction.op.immediate() == Immediate::Local {
            return when(true, P::NumberTooLarge);
        }
        self.bad_number(instruction, when);
        let array = self.array(instruction);
        let length = array.len() as i32;
        let index = self.operand(0);
        when(length == 0 && !self.has_bad_number(instruction), P::NoArray);
        when(length > 0 && index < 0, P::IndexNegative);
        when(length > 0 && index == length, P::IndexIsLength);
        when(length > 0 && index > length, P::IndexTooLarge);
        when(index > 0xFFFF && index & 0xFFFF < length, P::IndexBeyond16Bits);
    }

    fn bad_number(&self, instruction: Instruction, when: When<'_>) {
        let is_bad = self.has_bad_number(instruction);
        let low_byte = Instruction { immediate: instruction.immediate & 0xFF, ..instruction };
        when(is_bad, P::NumberTooLarge);
        when(is_bad && !self.has_bad_number(low_byte), P::NoAlias);
    }

    /// Whether there can be no global, array, string or instruction of such a number. Cells are not asked for.
    fn has_bad_number(&self, instruction: Instruction) -> bool {
        let count = match instruction.op.immediate() {
            Immediate::Global => GLOBALS,
            Immediate::Array => arrays::COUNT,
            Immediate::String => self.program.strings.len(),
            Immediate::Target => self.program.code.len(),
            Immediate::Local | Immediate::Ignored | Immediate::Number => return false,
        };
        self.number(instruction) >= count
    }

    /// Whether a check behind the one that failed would have failed too.
    fn has_second_reason(&self, instruction: Instruction, check: Check) -> bool {
        let op = instruction.op;
        match check {
            Check::Operands | Check::Length => self.has_bad_number(instruction),
            Check::Operand if op == Opcode::Printf => self.has_bad_number(instruction),
            Check::Target | Check::Memory => op.grows() && self.before.stack.depth() == CAPACITY,
            Check::PinNumber if writes_pin(op) => !(0..=self.max_value(op)).contains(&self.operand(0)),
            Check::Operand if op == Opcode::PinMode => self.mode(self.pin(op)).is_none(),
            Check::Operand if writes_pin(op) => self.mode(self.pin(op)) != Some(OUTPUT),
            _ => false,
        }
    }
}
