//! The fast path: a loop over prepared words.
//!
//! It has no stops. An instruction that it cannot carry out, for whatever reason, is left to the plain interpreter, and
//! nothing of it has happened.
//!
//! The budget is charged at taken jumps. `fuel` is the position, plus what of the budget is beyond the reserve and the
//! instruction at hand. Going straight on, the one rises as the other falls, so nothing need be counted. A jump is taken
//! if fuel is not below the position.

use super::word::{Behind, Packed, Within};
use super::{Prepared, kind};
use crate::alu::{self, Flags, Operands};
use crate::call_stack::CallStack;
use crate::cpu::Cpu;
use crate::float::{self, Operation};
use crate::instruction::Fields;
use crate::isa::Opcode;
use crate::profile::Profile;
use crate::track::{Progress, Track};

impl<P: Profile, S: CallStack> Cpu<'_, P, S, false> {
    /// Executes instructions until one is not for the fast path, or less than the reserve is left of the budget. At
    /// least one is left.
    ///
    /// `way.pc` is that of a prepared word, and `way.left` not less than the reserve.
    #[inline(never)]
    pub fn run_prepared<const N: usize>(mut self, prepared: &Prepared<'_, N>, way: &mut Progress) {
        let Prepared { words, len, reserve } = *prepared;
        let code = self.code.as_chunks().0;
        // Of the plain interpreter's the loop does not know what has left them.
        let Flags { mut result, mut operands } = Flags::of_psw(way.flags.psw(self.profile));
        let mut at = way.pc / 4;
        let budget = way.left.min(Track::MOST);
        let mut fuel = budget.wrapping_sub(reserve).wrapping_sub(1).wrapping_add(at) as i32;

        macro_rules! leave {
            () => {
                return leave(way, Flags { result, operands }, at, fuel.wrapping_add(reserve as i32))
            };
        }
        macro_rules! behind {
            () => {
                Packed(words[(at + 1) as usize % N])
            };
        }
        macro_rules! jump {
            ($before:expr) => {{
                let spare = fuel.wrapping_sub(at as i32);
                if spare < 0 {
                    leave!();
                }
                let before: i32 = $before;
                fuel = spare.wrapping_add(before);
                at = before as u32;
            }};
        }
        macro_rules! or_leave {
            ($done:expr) => {
                match $done {
                    Some(done) => done,
                    None => leave!(),
                }
            };
        }
        macro_rules! leaves {
            ($flags:expr) => {
                Flags { result, operands } = $flags
            };
        }
        // Of these the operands are of no meaning, and stay.
        macro_rules! logic {
            ($i:expr, $compute:expr) => {{
                result = self.sum($i, $compute).result;
                operands.source = $i.source();
            }};
        }
        macro_rules! float {
            ($i:expr, $operation:expr) => {{
                let (a, b) = (self.reg($i.rs1()), self.reg($i.rs2()));
                self.set_low($i, float::arithmetic_in_place(self.profile, $operation, a, b));
            }};
        }
        // A jump on Z behind what has left flags. `at` moves on first, so that whatever leaves at the jump is at it.
        macro_rules! jump_if {
            ($condition:expr, $before:expr) => {{
                at += 1;
                if $condition {
                    jump!($before);
                }
            }};
        }

        loop {
            at %= N as u32;
            let i = Packed(words[at as usize]);
            match i.kind() {
                kind::LDI => self.set_reg(i.rd(), i.signed_imm() as u32),
                kind::MOV => self.set_reg(i.rd(), self.reg(i.rs1())),
                kind::LDI32 => {
                    let literal = or_leave!(code.get(at as usize + 1));
                    self.set_reg(i.rd(), u32::from_be_bytes(*literal));
                    // Two words, but one step.
                    at += 1;
                    fuel = fuel.wrapping_add(1);
                }
                kind::LD => or_leave!(self.load::<4>(i)),
                kind::LDH => or_leave!(self.load::<2>(i)),
                kind::LDB => or_leave!(self.load::<1>(i)),
                kind::ST => or_leave!(self.store::<4>(i)),
                kind::STH => or_leave!(self.store::<2>(i)),
                kind::STB => or_leave!(self.store::<1>(i)),
                kind::JMP => jump!(i.before()),
                kind::JZ => {
                    if result == 0 {
                        jump!(i.before());
                    }
                }
                kind::JNZ => {
                    if result != 0 {
                        jump!(i.before());
                    }
                }
                kind::CALL_TO => {
                    if fuel.wrapping_sub(at as i32) < 0 {
                        leave!();
                    }
                    or_leave!(self.push_call((at + 1) * 4));
                    jump!(i.far_before());
                }
                kind::CALL_BY => {
                    let target = self.target_of_call(i, self.reg(i.rs1())).rotate_right(2);
                    if target >= len || fuel.wrapping_sub(at as i32) < 0 {
                        leave!();
                    }
                    or_leave!(self.push_call((at + 1) * 4));
                    jump!(target as i32 - 1);
                }
                kind::RET => {
                    let target = or_leave!(self.return_address()).rotate_right(2);
                    if target >= len || fuel.wrapping_sub(at as i32) < 0 {
                        leave!();
                    }
                    self.pop_call();
                    jump!(target as i32 - 1);
                }
                kind::PUSH => or_leave!(self.push(self.reg(i.rs1()))),
                kind::POP => {
                    let value = or_leave!(self.pop());
                    self.set_reg(i.rd(), value);
                }
                kind::FADD => float!(i, Operation::Add),
                kind::FSUB => float!(i, Operation::Sub),
                kind::FMUL => float!(i, Operation::Mul),
                kind::FDIV => float!(i, Operation::Div),
                kind::I2F => self.set_low(i, float::from_int_in_place(self.profile, self.reg(i.rs1()))),
                kind::F2I => {
                    let value = or_leave!(float::to_int_in_place(self.profile, self.reg(i.rs1())));
                    self.set_reg(i.rd(), value);
                }

                kind::DEAD_ADD => _ = self.sum(i, u32::wrapping_add),
                kind::DEAD_SUB => _ = self.sum(i, u32::wrapping_sub),
                kind::DEAD_MUL => _ = self.sum(i, u32::wrapping_mul),
                kind::DEAD_AND => _ = self.sum(i, |x, y| x & y),
                kind::DEAD_OR => _ = self.sum(i, |x, y| x | y),
                kind::DEAD_XOR => _ = self.sum(i, |x, y| x ^ y),
                kind::DEAD_LSL => _ = self.sum(i, |x, y| alu::shift(Opcode::Lsl, x, y)),
                kind::DEAD_LSR => _ = self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y)),
                kind::DEAD_ASR => _ = self.sum(i, |x, y| alu::shift(Opcode::Asr, x, y)),

                kind::DIV => {
                    let quotient = or_leave!(alu::div(self.reg(i.rs1()), self.reg(i.rs2())));
                    logic!(i, |_, _| quotient);
                }
                kind::AND => logic!(i, |x, y| x & y),
                kind::OR => logic!(i, |x, y| x | y),
                kind::XOR => logic!(i, |x, y| x ^ y),
                kind::NOT => logic!(i, |x, _| !x),
                kind::MUL => leaves!(self.sum(i, u32::wrapping_mul)),
                kind::LSL => leaves!(self.shift(i, Opcode::Lsl, || carry(result, &operands))),
                kind::LSR => leaves!(self.shift(i, Opcode::Lsr, || carry(result, &operands))),
                kind::ASR => leaves!(self.shift(i, Opcode::Asr, || carry(result, &operands))),
                kind::ADD => leaves!(self.sum(i, u32::wrapping_add)),
                kind::ADC => leaves!(self.add_with(i, carry(result, &operands))),
                kind::SUB => leaves!(self.sum(i, u32::wrapping_sub)),
                kind::SBC => leaves!(self.sub_with(i, carry(result, &operands))),
                kind::CMP => leaves!(self.compare(i)),

                // Pairs. `at` moves on between the two, so that whatever leaves at the second is at it.
                kind::SUB_JNZ => {
                    leaves!(self.sum(i, u32::wrapping_sub));
                    jump_if!(result != 0, i.before());
                }
                kind::CMP_JNZ => {
                    leaves!(self.compare(i));
                    jump_if!(result != 0, i.before());
                }
                kind::CMP_JZ => {
                    leaves!(self.compare(i));
                    jump_if!(result == 0, i.before());
                }
                kind::SBC_JNZ => {
                    leaves!(self.sub_with(i, carry(result, &operands)));
                    jump_if!(result != 0, i.before());
                }
                kind::ADD_JMP => {
                    leaves!(self.sum(i, u32::wrapping_add));
                    jump_if!(true, i.before());
                }
                kind::ADD_ADD => {
                    self.sum(i, u32::wrapping_add);
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_add));
                }
                kind::ADD_SUB => {
                    self.sum(i, u32::wrapping_add);
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                }
                kind::ADD_CMP => {
                    self.sum(i, u32::wrapping_add);
                    at += 1;
                    leaves!(self.compare(Within(i)));
                }
                kind::ADD_LSR => {
                    let sum = self.sum(i, u32::wrapping_add);
                    at += 1;
                    leaves!(self.shift(Within(i), Opcode::Lsr, || sum.carry_of_sum(0)));
                }
                kind::MOV_ADD => {
                    self.set_reg(i.rd(), self.reg(i.rs1()));
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_add));
                }
                kind::MOV_MOV => {
                    self.set_reg(i.rd(), self.reg(i.rs1()));
                    at += 1;
                    self.set_reg(Within(i).rd(), self.reg(Within(i).rs1()));
                }
                kind::MUL_SUB => {
                    self.sum(i, u32::wrapping_mul);
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                }
                kind::AND_XOR => {
                    self.sum(i, |x, y| x & y);
                    at += 1;
                    logic!(Within(i), |x, y| x ^ y);
                }
                kind::NOT_AND => {
                    self.sum(i, |x, _| !x);
                    at += 1;
                    logic!(Within(i), |x, y| x & y);
                }
                kind::LSR_ADC => {
                    let carry = self.shift_right(i, result, &operands);
                    at += 1;
                    leaves!(self.add_with(Within(i), carry));
                }
                kind::LSR_SUB => {
                    self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y));
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                }
                kind::XOR_SUB => {
                    self.sum(i, |x, y| x ^ y);
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                }
                kind::SUB_ADD => {
                    self.sum(i, u32::wrapping_sub);
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_add));
                }
                kind::SUB_SBC => {
                    let carry = !self.sum(i, u32::wrapping_sub).borrows();
                    at += 1;
                    leaves!(self.sub_with(Within(i), carry));
                }
                kind::CMP_SBC => {
                    let carry = !self.compare(i).borrows();
                    at += 1;
                    leaves!(self.sub_with(Within(i), carry));
                }
                kind::SBC_SBC => {
                    let carry = self.sub_with(i, carry(result, &operands)).carry_of_sum(u32::MAX);
                    at += 1;
                    leaves!(self.sub_with(Within(i), carry));
                }
                kind::ADC_ADC => {
                    let carry = self.add_with(i, carry(result, &operands)).carry_of_sum(0);
                    at += 1;
                    leaves!(self.add_with(Within(i), carry));
                }
                kind::ADC_SUB => {
                    self.add_with(i, carry(result, &operands));
                    at += 1;
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                }
                kind::LD_LD => {
                    or_leave!(self.load::<4>(i));
                    let second = behind!();
                    at += 1;
                    or_leave!(self.load::<4>(second));
                }
                kind::LDB_CMP => {
                    or_leave!(self.load::<1>(i));
                    leaves!(self.compare(Behind { pair: i, second: behind!() }));
                    at += 1;
                }
                kind::LDB_ADD => {
                    or_leave!(self.load::<1>(i));
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add));
                    at += 1;
                }
                kind::LDH_ADD => {
                    or_leave!(self.load::<2>(i));
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add));
                    at += 1;
                }
                kind::STB_ADD => {
                    or_leave!(self.store::<1>(i));
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add));
                    at += 1;
                }
                kind::LDI_LDI => {
                    self.set_reg(i.rd(), i.signed_imm() as u32);
                    let second = behind!();
                    at += 1;
                    self.set_reg(second.rd(), second.signed_imm() as u32);
                }
                kind::LDI_CMP => {
                    self.set_reg(i.rd(), i.signed_imm() as u32);
                    leaves!(self.compare(Behind { pair: i, second: behind!() }));
                    at += 1;
                }

                // Three in a row.
                kind::ADD_SUB_JNZ => {
                    self.sum(i, u32::wrapping_add);
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                    at += 1;
                    let jump = behind!();
                    jump_if!(result != 0, jump.before());
                }
                kind::ADD_CMP_JNZ => {
                    self.sum(i, u32::wrapping_add);
                    leaves!(self.compare(Within(i)));
                    at += 1;
                    let jump = behind!();
                    jump_if!(result != 0, jump.before());
                }
                kind::ADD_ADD_SUB => {
                    self.sum(i, u32::wrapping_add);
                    self.sum(Within(i), u32::wrapping_add);
                    at += 1;
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_sub));
                    at += 1;
                }

                kind::LEAVE => leave!(),
                kind::no_kinds!() => leave!(),
                _ => unreachable!("a kind has 7 bits"),
            }
            at = at.wrapping_add(1);
        }
    }

    /// `LSR`, of which only C is wanted.
    #[inline(always)]
    fn shift_right(&mut self, i: Packed, result: u32, operands: &Operands) -> bool {
        let shift = self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y));
        let Operands { x, y, .. } = shift.operands;
        if shift.shifts_by_0() { carry(result, operands) } else { x.rotate_right(y) >> 31 != 0 }
    }
}

/// C. The operands stand in memory, because most are overwritten before anyone asks.
#[inline(always)]
fn carry(result: u32, operands: &Operands) -> bool {
    let kind = Packed(operands.source).kind();
    if !kind::IS_SUM.contains(&kind) {
        return carry_of_other(operands);
    }
    let mask = if kind & kind::IS_DIFFERENCE != 0 { u32::MAX } else { 0 };
    Flags { result, operands: *operands }.carry_of_sum(mask)
}

#[cold]
#[inline(never)]
fn carry_of_other(&Operands { x, y, source }: &Operands) -> bool {
    alu::carry_of_other(left_by(source), x, y)
}

/// The opcode of the instruction that a prepared word stands for, if it leaves flags.
fn left_by(source: u32) -> Option<Opcode> {
    kind::FLAGS_OF[Packed(source).kind() as usize]
}

/// Leaves the fast path before the instruction at hand. The loop carries nothing for it, because it is a call.
#[cold]
#[inline(never)]
fn leave(way: &mut Progress, flags: Flags, at: u32, fuel: i32) {
    let left = (fuel as u32).wrapping_sub(at).wrapping_add(1);
    let budget = way.left.min(Track::MOST);
    debug_assert!(0 < left && left <= budget, "the reserve is too small");
    way.left -= budget - left;
    way.pc = at * 4;
    // The plain interpreter knows opcodes, not kinds.
    let source = left_by(flags.operands.source).map_or(0, |op| (op as u32) << 24);
    way.flags = Flags { operands: Operands { source, ..flags.operands }, ..flags };
}
