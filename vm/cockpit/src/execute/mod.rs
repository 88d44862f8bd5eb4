//! The interpreter: what each opcode does.
//!
//! Checks come before effects, in the order of the table; popping is the one effect that a check may follow, and
//! [`Vm::step`] takes it back if the profile says so.

mod devices;
mod memory;

pub(crate) use devices::{max_level, max_mode, string_number, units_per_ms};
pub(crate) use memory::number;

use crate::error::Check;
use crate::hal::Hal;
use crate::instruction::{Instruction, Word};
use crate::isa::Opcode;
use crate::profile::{Profile, Switch};
use crate::vm::Vm;

/// Where a completed instruction leads.
pub(crate) enum Flow {
    /// To an instruction, or to the end of the program.
    To(u32),
    /// Nowhere: `HALT`.
    Halt,
}

impl<P: Profile, H: Hal> Vm<'_, P, H> {
    /// Executes the instruction `word` at pc.
    #[inline(always)]
    pub(crate) fn execute(&mut self, word: Word) -> Result<Flow, Check> {
        let Instruction { op, immediate, .. } = Instruction::decode(word).ok_or(Check::Exists)?;
        if !op.exists(self.profile) {
            return Err(Check::Exists);
        }
        let unsigned_order = self.profile.plan(Switch::UnsignedOrder);
        match op {
            Opcode::Halt => return Ok(Flow::Halt),
            Opcode::Push => self.push(i32::from(immediate))?,
            Opcode::Pop => drop(self.pop()?),
            Opcode::Add => self.binary(i32::wrapping_add)?,
            Opcode::Sub => self.binary(i32::wrapping_sub)?,
            Opcode::Mul => self.binary(i32::wrapping_mul)?,
            Opcode::Div => self.divide(i32::wrapping_div)?,
            Opcode::Mod => self.divide(i32::wrapping_rem)?,
            Opcode::Eq | Opcode::EqSigned => self.compare(|a, b| a == b)?,
            Opcode::Ne | Opcode::NeSigned => self.compare(|a, b| a != b)?,
            Opcode::Lt if unsigned_order => self.compare(|a, b| (a as u32) < b as u32)?,
            Opcode::Gt if unsigned_order => self.compare(|a, b| a as u32 > b as u32)?,
            Opcode::Le => self.compare(|a, b| a as u32 <= b as u32)?,
            Opcode::Ge => self.compare(|a, b| a as u32 >= b as u32)?,
            Opcode::Lt | Opcode::LtSigned => self.compare(|a, b| a < b)?,
            Opcode::Gt | Opcode::GtSigned => self.compare(|a, b| a > b)?,
            Opcode::LeSigned => self.compare(|a, b| a <= b)?,
            Opcode::GeSigned => self.compare(|a, b| a >= b)?,
            Opcode::And => self.compare(|a, b| a != 0 && b != 0)?,
            Opcode::Or => self.compare(|a, b| a != 0 || b != 0)?,
            Opcode::Not => self.unary(|a| (a == 0).into())?,
            Opcode::BitwiseAnd => self.binary(|a, b| a & b)?,
            Opcode::BitwiseOr => self.binary(|a, b| a | b)?,
            Opcode::BitwiseXor => self.binary(|a, b| a ^ b)?,
            Opcode::BitwiseNot => self.unary(|a| !a)?,
            Opcode::ShiftLeft => self.shift(|a, amount| a << amount)?,
            Opcode::ShiftRight => self.shift(|a, amount| a >> amount)?,
            Opcode::Jmp => return self.jump(immediate.into()),
            Opcode::JmpTrue => {
                if self.pop()? != 0 {
                    return self.jump(immediate.into());
                }
            }
            Opcode::JmpFalse => {
                if self.pop()? == 0 {
                    return self.jump(immediate.into());
                }
            }
            Opcode::Call => return self.call(immediate.into()),
            Opcode::Ret => {
                let target = self.pop()?;
                return self.jump(u32::try_from(target).map_err(|_| Check::Target)?);
            }
            Opcode::LoadGlobal => self.load_global(immediate)?,
            Opcode::StoreGlobal => self.store_global(immediate)?,
            Opcode::LoadLocal => {
                let value = *self.state.stack.below_top(immediate)?;
                self.push(value)?;
            }
            Opcode::StoreLocal => {
                let value = self.pop()?;
                *self.state.stack.below_top(immediate)? = value;
            }
            Opcode::LoadArray => self.load_array(immediate)?,
            Opcode::StoreArray => self.store_array(immediate)?,
            Opcode::CreateArray => self.create_array(immediate)?,
            Opcode::PinMode => self.pin_mode()?,
            Opcode::DigitalWrite => self.digital_write()?,
            Opcode::DigitalRead => self.digital_read()?,
            Opcode::AnalogWrite => self.analog_write()?,
            Opcode::AnalogRead => self.analog_read()?,
            Opcode::Delay => self.delay()?,
            Opcode::Millis => {
                let now = self.hal.millis();
                self.push(now as i32)?;
            }
            Opcode::Micros => {
                let now = self.hal.micros();
                self.push(now as i32)?;
            }
            Opcode::Printf => self.print(immediate)?,
            Opcode::ButtonPressed | Opcode::ButtonRead => self.button(true)?,
            Opcode::ButtonReleased => self.button(false)?,
            Opcode::DisplayClear => devices::done(self.hal.display_clear())?,
            Opcode::DisplayText => self.display_text()?,
            Opcode::DisplayUpdate => devices::done(self.hal.display_update())?,
            Opcode::LedMorse => self.led_morse()?,
        }
        // The instruction was fetched at pc, so the address behind it does not wrap.
        Ok(Flow::To(self.state.pc + 1))
    }

    #[inline(always)]
    fn push(&mut self, value: i32) -> Result<(), Check> {
        self.state.stack.push(value)
    }

    #[inline(always)]
    fn pop(&mut self) -> Result<i32, Check> {
        self.state.stack.pop()
    }

    #[inline(always)]
    fn unary(&mut self, result: impl FnOnce(i32) -> i32) -> Result<(), Check> {
        let a = self.pop()?;
        self.push(result(a))
    }

    #[inline(always)]
    fn binary(&mut self, result: impl FnOnce(i32, i32) -> i32) -> Result<(), Check> {
        let b = self.pop()?;
        let a = self.pop()?;
        self.push(result(a, b))
    }

    #[inline(always)]
    fn compare(&mut self, holds: impl FnOnce(i32, i32) -> bool) -> Result<(), Check> {
        self.binary(|a, b| holds(a, b).into())
    }

    #[inline(always)]
    fn divide(&mut self, result: impl FnOnce(i32, i32) -> i32) -> Result<(), Check> {
        let b = self.pop()?;
        let a = self.pop()?;
        if b == 0 {
            return Err(Check::Divisor);
        }
        self.push(result(a, b))
    }

    #[inline(always)]
    fn shift(&mut self, result: impl FnOnce(i32, u32) -> i32) -> Result<(), Check> {
        let amount = self.pop()?;
        let a = self.pop()?;
        match u32::try_from(amount) {
            Ok(amount @ 0..=31) => self.push(result(a, amount)),
            _ => Err(Check::Operand),
        }
    }

    #[inline(always)]
    fn jump(&self, target: u32) -> Result<Flow, Check> {
        if target as usize >= self.program.code.len() {
            return Err(Check::Target);
        }
        Ok(Flow::To(target))
    }

    #[inline(always)]
    fn call(&mut self, target: u32) -> Result<Flow, Check> {
        let flow = self.jump(target)?;
        self.push((self.state.pc + 1) as i32)?;
        Ok(flow)
    }
}
