//! What goes straight on: arithmetic with its flags, moves, accesses. Flags are values that Cranelift drops or moves to
//! where they are needed.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64};
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value};
use minivm::float::Operation;
use minivm::instruction::Word;
use minivm::{Opcode, Profile, Switch};

use super::Emitter;
use super::exits::Exit;
use crate::float::{Task, helper};

/// C and V of a sum are those of a difference with the second operand inverted.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Sum,
    Difference,
}

impl Emitter<'_, '_> {
    /// Writes an instruction that goes straight on, if it can be carried out.
    pub(super) fn write_straight(&mut self, op: Opcode, word: Word) {
        match op {
            Opcode::Ldi => {
                let value = self.number(word.signed_imm() as u32);
                self.set_reg(word.rd(), value);
            }
            Opcode::Mov => {
                let value = self.reg(word.rs1());
                self.set_reg(word.rd(), value);
            }
            Opcode::Ld => self.load(word, 4),
            Opcode::Ldh => self.load(word, 2),
            Opcode::Ldb => self.load(word, 1),
            Opcode::St => self.store(word, 4),
            Opcode::Sth => self.store(word, 2),
            Opcode::Stb => self.store(word, 1),
            Opcode::Push => {
                let mut exit = Exit::default();
                let below = self.check_push(&mut exit);
                self.close(exit);
                let value = self.reg(word.rs1());
                self.push(below, value);
            }
            Opcode::Pop => {
                let mut exit = Exit::default();
                let sp = self.check_pop(&mut exit);
                self.close(exit);
                let value = self.load_word(sp);
                let above = self.b.ins().iadd_imm_s(sp, 4);
                self.set_sp(above);
                self.set_reg(word.rd(), value);
            }
            Opcode::Add => self.sum(word, Sign::Sum),
            Opcode::Sub | Opcode::Cmp => self.sum(word, Sign::Difference),
            Opcode::Adc => self.sum_with_carry(word, Sign::Sum),
            Opcode::Sbc => self.sum_with_carry(word, Sign::Difference),
            Opcode::Mul => self.multiply(word),
            Opcode::Div => self.divide(word),
            Opcode::And | Opcode::Or | Opcode::Xor | Opcode::Not => {
                let (x, y) = self.operands(word);
                let result = match op {
                    Opcode::And => self.b.ins().band(x, y),
                    Opcode::Or => self.b.ins().bor(x, y),
                    Opcode::Xor => self.b.ins().bxor(x, y),
                    _ => self.b.ins().bnot(x),
                };
                self.logic(word, result);
            }
            Opcode::Lsl | Opcode::Lsr | Opcode::Asr => self.shift(op, word),
            Opcode::Fadd => self.float(word, Task::Arithmetic(Operation::Add)),
            Opcode::Fsub => self.float(word, Task::Arithmetic(Operation::Sub)),
            Opcode::Fmul => self.float(word, Task::Arithmetic(Operation::Mul)),
            Opcode::Fdiv => self.float(word, Task::Arithmetic(Operation::Div)),
            Opcode::I2f => self.float(word, Task::FromInt),
            Opcode::F2i => self.convert_to_int(word),
            Opcode::Ldi32 | Opcode::Jmp | Opcode::Jz | Opcode::Jnz | Opcode::Call | Opcode::Ret => {
                unreachable!("it does not go straight on")
            }
            Opcode::Svc | Opcode::Brk => unreachable!("it stops"),
        }
    }

    fn operands(&mut self, word: Word) -> (Value, Value) {
        (self.reg(word.rs1()), self.reg(word.rs2()))
    }

    fn set_flags(&mut self, result: Value, carry: Value, overflow: Value) {
        self.b.def_var(self.var.result, result);
        self.b.def_var(self.var.carry, carry);
        self.b.def_var(self.var.overflow, overflow);
        self.zero = None;
    }

    /// The uppermost bit, as a flag.
    fn sign(&mut self, value: Value) -> Value {
        self.b.ins().icmp_imm_s(IntCC::SignedLessThan, value, 0)
    }

    fn logic(&mut self, word: Word, result: Value) {
        let clear = self.b.ins().iconst(I8, 0);
        self.set_reg(word.rd(), result);
        self.set_flags(result, clear, clear);
    }

    /// V as every textbook has it.
    fn textbook_overflow(&mut self, (x, y): (Value, Value), result: Value, sign: Sign) -> Value {
        let of_x = self.b.ins().bxor(x, result);
        let of_y = match sign {
            Sign::Sum => self.b.ins().bxor(y, result),
            Sign::Difference => self.b.ins().bxor(x, y),
        };
        let both = self.b.ins().band(of_x, of_y);
        self.sign(both)
    }

    /// `ADD`, `SUB`, `CMP`.
    fn sum(&mut self, word: Word, sign: Sign) {
        let (x, y) = self.operands(word);
        let (result, carry) = match sign {
            Sign::Sum => {
                let result = self.b.ins().iadd(x, y);
                (result, self.b.ins().icmp(IntCC::UnsignedLessThan, result, x))
            }
            Sign::Difference => {
                let result = self.b.ins().isub(x, y);
                (result, self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, x, y))
            }
        };
        let overflow = self.textbook_overflow((x, y), result, sign);
        if word.op() != Some(Opcode::Cmp) {
            self.set_reg(word.rd(), result);
        }
        self.set_flags(result, carry, overflow);
        if sign == Sign::Difference {
            self.zero = Some(self.b.ins().icmp(IntCC::Equal, x, y));
        }
    }

    /// `ADC`, `SBC`. A borrow is an inverted carry.
    fn sum_with_carry(&mut self, word: Word, sign: Sign) {
        let (x, y) = self.operands(word);
        let before = self.b.use_var(self.var.carry);
        // Of equal operands only the borrow remains. That is how programs ask for C.
        if sign == Sign::Difference && word.rs1() == word.rs2() {
            let one = self.b.ins().uextend(I32, before);
            let result = self.b.ins().iadd_imm_s(one, -1);
            let borrows = self.b.ins().bxor_imm_u(before, 1);
            let clear = self.b.ins().iconst(I8, 0);
            let overflow = self.with_oversight(clear, y, borrows);
            self.set_reg(word.rd(), result);
            self.set_flags(result, before, overflow);
            self.zero = Some(before);
            return;
        }
        // In 64 bits, where the 33rd says whether it carried or borrowed.
        let (wide_x, wide_y) = (self.b.ins().uextend(I64, x), self.b.ins().uextend(I64, y));
        let (result, carry, moved) = match sign {
            Sign::Sum => {
                let one = self.b.ins().uextend(I64, before);
                let sum = self.b.ins().iadd(wide_x, wide_y);
                let sum = self.b.ins().iadd(sum, one);
                // Of equal operands the uppermost bit is what carries, whatever came before.
                let carry = if word.rs1() == word.rs2() {
                    self.sign(x)
                } else {
                    let carry = self.b.ins().ushr_imm_u(sum, 32);
                    self.b.ins().ireduce(I8, carry)
                };
                (self.b.ins().ireduce(I32, sum), carry, before)
            }
            Sign::Difference => {
                let borrows = self.b.ins().bxor_imm_u(before, 1);
                let one = self.b.ins().uextend(I64, borrows);
                let difference = self.b.ins().isub(wide_x, wide_y);
                let difference = self.b.ins().isub(difference, one);
                let carry = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, difference, 0);
                (self.b.ins().ireduce(I32, difference), carry, borrows)
            }
        };
        let overflow = self.textbook_overflow((x, y), result, sign);
        let overflow = self.with_oversight(overflow, y, moved);
        self.set_reg(word.rd(), result);
        self.set_flags(result, carry, overflow);
    }

    /// V as the reference has it, which takes 0x7FFF_FFFF for negative if a carry or a borrow moves it (ledger row D36).
    fn with_oversight(&mut self, overflow: Value, y: Value, moved: Value) -> Value {
        if self.profile.strict(Switch::CarryOverflow) {
            return overflow;
        }
        let is_largest = self.b.ins().icmp_imm_u(IntCC::Equal, y, 0x7FFF_FFFF);
        let is_taken = self.b.ins().band(is_largest, moved);
        self.b.ins().bxor(overflow, is_taken)
    }

    fn multiply(&mut self, word: Word) {
        let (x, y) = self.operands(word);
        let result = self.b.ins().imul(x, y);
        let upper = self.b.ins().umulhi(x, y);
        let carry = self.b.ins().icmp_imm_u(IntCC::NotEqual, upper, 0);
        let overflow = if self.profile.strict(Switch::MulOverflow) {
            let upper = self.b.ins().smulhi(x, y);
            let sign = self.b.ins().sshr_imm_u(result, 31);
            self.b.ins().icmp(IntCC::NotEqual, upper, sign)
        } else {
            carry
        };
        self.set_reg(word.rd(), result);
        self.set_flags(result, carry, overflow);
    }

    fn divide(&mut self, word: Word) {
        let (x, y) = self.operands(word);
        let mut exit = Exit::default();
        let by_zero = self.b.ins().icmp_imm_u(IntCC::Equal, y, 0);
        self.leave_if(&mut exit, by_zero);
        self.close(exit);
        // One quotient does not fit, which is one by -1. It wraps, as the negated number does.
        let is_negation = self.b.ins().icmp_imm_s(IntCC::Equal, y, -1);
        let one = self.number(1);
        let divisor = self.b.ins().select(is_negation, one, y);
        let quotient = self.b.ins().sdiv(x, divisor);
        let negated = self.b.ins().ineg(quotient);
        let result = self.b.ins().select(is_negation, negated, quotient);
        self.logic(word, result);
    }

    /// A shift; one by 0 keeps C.
    fn shift(&mut self, op: Opcode, word: Word) {
        let (x, y) = self.operands(word);
        let amount = self.b.ins().band_imm_u(y, 31);
        let (result, moved_out) = match op {
            Opcode::Lsl => {
                let turned = self.b.ins().rotl(x, amount);
                (self.b.ins().ishl(x, amount), self.b.ins().band_imm_u(turned, 1))
            }
            _ => {
                let turned = self.b.ins().rotr(x, amount);
                let result = match op {
                    Opcode::Lsr => self.b.ins().ushr(x, amount),
                    _ => self.b.ins().sshr(x, amount),
                };
                (result, self.b.ins().ushr_imm_u(turned, 31))
            }
        };
        let moved_out = self.b.ins().ireduce(I8, moved_out);
        let before = self.b.use_var(self.var.carry);
        let is_by_0 = self.b.ins().icmp_imm_u(IntCC::Equal, amount, 0);
        let carry = self.b.ins().select(is_by_0, before, moved_out);
        let clear = self.b.ins().iconst(I8, 0);
        self.set_reg(word.rd(), result);
        self.set_flags(result, carry, clear);
    }

    /// Has a binary16 result computed. The upper half is kept, or zero in profile `portable`.
    fn float(&mut self, word: Word, task: Task) {
        let (x, y) = self.operands(word);
        let low = self.have_done(task, x, y);
        let low = self.b.ins().ireduce(I32, low);
        let result = if self.profile.strict(Switch::FloatUpperHalf) {
            low
        } else {
            let before = self.reg(word.rd());
            let upper = self.b.ins().band_imm_u(before, 0xFFFF_0000);
            self.b.ins().bor(upper, low)
        };
        self.set_reg(word.rd(), result);
    }

    fn convert_to_int(&mut self, word: Word) {
        let (x, _) = self.operands(word);
        let answer = self.have_done(Task::ToInt, x, x);
        let is_there = self.b.ins().ushr_imm_u(answer, 32);
        let mut exit = Exit::default();
        let is_none = self.b.ins().icmp_imm_u(IntCC::Equal, is_there, 0);
        self.leave_if(&mut exit, is_none);
        self.close(exit);
        let value = self.b.ins().ireduce(I32, answer);
        self.set_reg(word.rd(), value);
    }

    fn have_done(&mut self, task: Task, x: Value, y: Value) -> Value {
        let mut signature = Signature::new(self.b.func.signature.call_conv);
        signature.params.extend([AbiParam::new(I32), AbiParam::new(I32)]);
        signature.returns.push(AbiParam::new(I64));
        let signature = self.b.import_signature(signature);
        let helper = self.b.ins().iconst(I64, helper(self.profile, task) as usize as i64);
        let call = self.b.ins().call_indirect(signature, helper, &[x, y]);
        self.b.inst_results(call)[0]
    }
}
