//! The fast path: a loop over prepared words.
//!
//! It has no stops. An instruction that it cannot carry out, for whatever reason, is left to the plain interpreter, and
//! nothing of it has happened.
//!
//! The budget is charged at taken jumps. `fuel` is the position, plus what of the budget is beyond the reserve and the
//! instruction at hand. Going straight on, the one rises as the other falls, so nothing need be counted. A jump is taken
//! if fuel is not below the position.
//!
//! On a [host](HOSTED), each arm fetches the word that comes next and goes to its arm by itself: a processor predicts
//! better where a jump goes if it is not the same jump for all. Where nothing is predicted, that would only cost flash.

use core::hint::black_box;

use super::flags::{carry, left_by, shift_by_0, to_lend};
use super::word::{Behind, Packed, Within};
use super::{HOSTED, Prepared, kind};
use crate::alu::{self, Flags, Operands};
use crate::call_stack::CallStack;
use crate::cpu::Cpu;
use crate::float::{self, Operation};
use crate::instruction::Fields;
use crate::isa::Opcode;
use crate::memory::LoadStore;
use crate::profile::Profile;
use crate::track::{Progress, Track};

impl<P: Profile, S: CallStack, M: LoadStore> Cpu<'_, P, S, M, false, true> {
    /// Executes instructions until one is not for the fast path, or less than the reserve is left of the budget. At
    /// least one is left.
    ///
    /// `way.pc` is that of a prepared word, and `way.left` not less than the reserve.
    #[inline(always)]
    pub fn run_prepared<const N: usize>(mut self, prepared: &Prepared<'_, N>, way: &mut Progress) {
        let Prepared { words, len, reserve } = *prepared;
        let code = self.code.as_chunks().0;
        // The loop tells by the kind of a word what has left the flags. Those that the plain interpreter has left have no
        // kind, so they are computed first.
        let Flags { mut result, mut operands } = way.flags.settled(self.profile);
        let mut at = (way.pc / 4).min(N as u32 - 1);
        // The reserve is never spent here, nor what is beyond `Track::MOST`: both stay in `way.left`.
        let budget = way.left.min(Track::MOST);
        way.left -= budget - reserve;
        let mut fuel = budget.wrapping_sub(reserve).wrapping_add(at) as i32;
        let mut fetched = Packed(words[at as usize]);
        let mut fetched_again = fetched;

        macro_rules! leave {
            () => {
                break
            };
        }
        macro_rules! behind {
            () => {
                behind!(1)
            };
            ($distance:expr) => {
                Packed(words[(at + $distance) as usize % N])
            };
        }
        // Every arm ends by itself, for then the compiler gives each its own way on. What is fetched on both sides of a
        // `black_box` is fetched there, and twice; otherwise all arms would come back to one place that fetches for them.
        macro_rules! go_on {
            () => {{
                if HOSTED {
                    fetched = Packed(words[at as usize]);
                    black_box(());
                    fetched_again = Packed(words[at as usize]);
                    black_box(());
                }
                continue;
            }};
        }
        macro_rules! next {
            ($distance:expr) => {{
                at = (at + $distance) % N as u32;
                go_on!();
            }};
        }
        macro_rules! step {
            ($step:expr) => {{
                $step;
                next!(1);
            }};
        }
        // A pair whose second instruction always completes.
        macro_rules! pair {
            ($first:expr, $second:expr) => {{
                $first;
                $second;
                next!(2);
            }};
        }
        macro_rules! jump {
            ($target:expr) => {{
                let spare = fuel.wrapping_sub(at as i32 + 1);
                if spare < 0 {
                    leave!();
                }
                let target: u32 = $target;
                fuel = spare.wrapping_add(target as i32);
                at = target % N as u32;
                go_on!();
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
        // Z and N follow from the result alone, so the operands need not be stored.
        macro_rules! logic {
            ($i:expr, $compute:expr) => {{
                result = self.sum($i, $compute).result;
                operands.source = $i.source();
            }};
        }
        // A shift by 0 keeps C.
        macro_rules! shift {
            ($i:expr, $op:expr) => {{
                let shift = self.sum($i, |x, y| alu::shift($op, x, y));
                if shift.shifts_by_0() {
                    let mut copy = operands;
                    shift_by_0(result, shift.result, to_lend(&mut operands, &mut copy));
                    if HOSTED {
                        operands = copy;
                    }
                    result = shift.result;
                } else {
                    leaves!(shift);
                }
            }};
        }
        macro_rules! float {
            ($i:expr, $operation:expr) => {
                float!($i, $operation, 0)
            };
            ($i:expr, $operation:expr, $sign:expr) => {{
                let (a, b) = self.operands($i);
                self.set_low($i, float::arithmetic_in_place(self.profile, $operation, a, b ^ $sign));
            }};
        }
        // A jump on Z, so many words behind what has left flags. Whatever leaves at the jump is at it.
        macro_rules! jump_if {
            ($distance:expr, $condition:expr, $target:expr) => {{
                if $condition {
                    at += $distance;
                    jump!($target);
                }
                next!($distance + 1);
            }};
        }

        macro_rules! pair_with_jump {
            ($first:expr, $condition:expr, $target:expr) => {{
                $first;
                jump_if!(1, $condition, $target);
            }};
        }

        loop {
            let i = if HOSTED { fetched } else { Packed(words[at as usize]) };
            let next = if HOSTED { fetched_again } else { i };
            match next.kind() {
                kind::LDI => step!(self.set_reg(i.rd(), i.signed_imm() as u32)),
                kind::MOV => step!(self.set_reg(i.rd(), self.reg(i.rs1()))),
                kind::LDI32 => {
                    let literal = or_leave!(code.get(at as usize + 1));
                    self.set_reg(i.rd(), u32::from_be_bytes(*literal));
                    // Two words, but one step.
                    fuel = fuel.wrapping_add(1);
                    next!(2);
                }
                kind::LD => step!(or_leave!(self.load::<4>(i))),
                kind::LDH => step!(or_leave!(self.load::<2>(i))),
                kind::LDB => step!(or_leave!(self.load::<1>(i))),
                kind::ST => step!(or_leave!(self.store::<4>(i))),
                kind::STH => step!(or_leave!(self.store::<2>(i))),
                kind::STB => step!(or_leave!(self.store::<1>(i))),
                kind::JMP => jump!(i.target()),
                kind::JZ => {
                    if result == 0 {
                        jump!(i.target());
                    }
                    next!(1);
                }
                kind::JNZ => {
                    if result != 0 {
                        jump!(i.target());
                    }
                    next!(1);
                }
                kind::CALL_TO => {
                    if fuel.wrapping_sub(at as i32 + 1) < 0 {
                        leave!();
                    }
                    or_leave!(self.push_call((at + 1) * 4));
                    jump!(i.far_target());
                }
                kind::CALL_BY => {
                    let target = self.target_of_call(i, self.reg(i.rs1())).rotate_right(2);
                    if target >= len || fuel.wrapping_sub(at as i32 + 1) < 0 {
                        leave!();
                    }
                    or_leave!(self.push_call((at + 1) * 4));
                    jump!(target);
                }
                kind::RET => {
                    let frame = or_leave!(self.innermost());
                    let target = frame.return_address.rotate_right(2);
                    if target >= len || fuel.wrapping_sub(at as i32 + 1) < 0 {
                        leave!();
                    }
                    self.pop_call(frame);
                    jump!(target);
                }
                kind::PUSH => step!(or_leave!(self.push(self.reg(i.rs1())))),
                kind::POP => {
                    let value = or_leave!(self.pop());
                    self.set_reg(i.rd(), value);
                    next!(1);
                }
                // a - b is a + -b, and NaN has one form in results. Whatever is beyond the sign is not looked at.
                kind::FADD | kind::FSUB => step!(float!(i, Operation::Add, i.0 << 15)),
                kind::FMUL => step!(float!(i, Operation::Mul)),
                kind::FDIV => step!(float!(i, Operation::Div)),
                kind::I2F => {
                    step!(self.set_low(i, float::from_int_in_place(self.profile, self.reg(i.rs1()))))
                }
                kind::F2I => {
                    let value = or_leave!(float::to_int_in_place(self.profile, self.reg(i.rs1())));
                    self.set_reg(i.rd(), value);
                    next!(1);
                }

                kind::DEAD_ADD => step!(_ = self.sum(i, u32::wrapping_add)),
                kind::DEAD_SUB => step!(_ = self.sum(i, u32::wrapping_sub)),
                kind::DEAD_MUL => step!(_ = self.sum(i, u32::wrapping_mul)),
                kind::DEAD_AND => step!(_ = self.sum(i, |x, y| x & y)),
                kind::DEAD_OR => step!(_ = self.sum(i, |x, y| x | y)),
                kind::DEAD_XOR => step!(_ = self.sum(i, |x, y| x ^ y)),
                kind::DEAD_LSL => step!(_ = self.sum(i, |x, y| alu::shift(Opcode::Lsl, x, y))),
                kind::DEAD_LSR => step!(_ = self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y))),
                kind::DEAD_ASR => step!(_ = self.sum(i, |x, y| alu::shift(Opcode::Asr, x, y))),

                kind::DIV => {
                    let quotient = or_leave!(alu::div(self.reg(i.rs1()), self.reg(i.rs2())));
                    logic!(i, |_, _| quotient);
                    next!(1);
                }
                kind::AND => step!(logic!(i, |x, y| x & y)),
                kind::OR => step!(logic!(i, |x, y| x | y)),
                kind::XOR => step!(logic!(i, |x, y| x ^ y)),
                kind::NOT => step!(logic!(i, |x, _| !x)),
                kind::MUL => step!(leaves!(self.sum(i, u32::wrapping_mul))),
                kind::LSL => step!(shift!(i, Opcode::Lsl)),
                kind::LSR => step!(shift!(i, Opcode::Lsr)),
                kind::ASR => step!(shift!(i, Opcode::Asr)),
                kind::ADD => step!(leaves!(self.sum(i, u32::wrapping_add))),
                kind::ADC => step!(leaves!(self.add_with(i, carry(result, &operands)))),
                kind::SUB => step!(leaves!(self.sum(i, u32::wrapping_sub))),
                kind::SBC => step!(leaves!(self.sub_with(i, carry(result, &operands)))),
                kind::CMP => step!(leaves!(self.compare(i))),

                // Pairs. `at` moves on between the two, so that whatever leaves at the second is at it.
                kind::SUB_JNZ => {
                    pair_with_jump!(leaves!(self.sum(i, u32::wrapping_sub)), result != 0, i.target())
                }
                kind::CMP_JNZ => pair_with_jump!(leaves!(self.compare(i)), result != 0, i.target()),
                kind::CMP_JZ => pair_with_jump!(leaves!(self.compare(i)), result == 0, i.target()),
                kind::SBC_JNZ => pair_with_jump!(
                    leaves!(self.sub_with(i, carry(result, &operands))),
                    result != 0,
                    i.target()
                ),
                kind::ADD_JMP => pair_with_jump!(leaves!(self.sum(i, u32::wrapping_add)), true, i.target()),
                kind::ADD_ADD => {
                    pair!(self.sum(i, u32::wrapping_add), leaves!(self.sum(Within(i), u32::wrapping_add)))
                }
                kind::ADD_SUB => {
                    pair!(self.sum(i, u32::wrapping_add), leaves!(self.sum(Within(i), u32::wrapping_sub)))
                }
                kind::ADD_CMP => pair!(self.sum(i, u32::wrapping_add), leaves!(self.compare(Within(i)))),
                kind::ADD_LSR => {
                    let sum = self.sum(i, u32::wrapping_add);
                    let shift = self.sum(Within(i), |x, y| alu::shift(Opcode::Lsr, x, y));
                    leaves!(if shift.shifts_by_0() {
                        Flags::of_shift_by_0(shift.result, sum.carry_of_sum(0))
                    } else {
                        shift
                    });
                    next!(2);
                }
                kind::MOV_ADD => pair!(
                    self.set_reg(i.rd(), self.reg(i.rs1())),
                    leaves!(self.sum(Within(i), u32::wrapping_add))
                ),
                kind::MOV_MOV => pair!(
                    self.set_reg(i.rd(), self.reg(i.rs1())),
                    self.set_reg(Within(i).rd(), self.reg(Within(i).rs1()))
                ),
                kind::MUL_SUB => {
                    pair!(self.sum(i, u32::wrapping_mul), leaves!(self.sum(Within(i), u32::wrapping_sub)))
                }
                kind::AND_XOR => pair!(self.sum(i, |x, y| x & y), logic!(Within(i), |x, y| x ^ y)),
                kind::NOT_AND => pair!(self.sum(i, |x, _| !x), logic!(Within(i), |x, y| x & y)),
                kind::LSR_ADC => {
                    let carry = self.shift_right(i, result, &operands);
                    leaves!(self.add_with(Within(i), carry));
                    next!(2);
                }
                kind::LSR_SUB => pair!(
                    self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y)),
                    leaves!(self.sum(Within(i), u32::wrapping_sub))
                ),
                kind::XOR_SUB => {
                    pair!(self.sum(i, |x, y| x ^ y), leaves!(self.sum(Within(i), u32::wrapping_sub)))
                }
                kind::SUB_ADD => {
                    pair!(self.sum(i, u32::wrapping_sub), leaves!(self.sum(Within(i), u32::wrapping_add)))
                }
                kind::SUB_SBC => {
                    let carry = !self.sum(i, u32::wrapping_sub).borrows();
                    leaves!(self.sub_with(Within(i), carry));
                    next!(2);
                }
                kind::CMP_SBC => {
                    let carry = !self.compare(i).borrows();
                    leaves!(self.sub_with(Within(i), carry));
                    next!(2);
                }
                kind::SBC_SBC => {
                    let carry = self.sub_with(i, carry(result, &operands)).carry_of_sum(u32::MAX);
                    leaves!(self.sub_with(Within(i), carry));
                    next!(2);
                }
                kind::ADC_ADC => {
                    let carry = self.add_with(i, carry(result, &operands)).carry_of_sum(0);
                    leaves!(self.add_with(Within(i), carry));
                    next!(2);
                }
                kind::ADC_SUB => pair!(
                    self.add_with(i, carry(result, &operands)),
                    leaves!(self.sum(Within(i), u32::wrapping_sub))
                ),
                kind::LD_LD => {
                    or_leave!(self.load::<4>(i));
                    let second = behind!();
                    at += 1;
                    or_leave!(self.load::<4>(second));
                    next!(1);
                }
                kind::LDB_CMP => pair!(
                    or_leave!(self.load::<1>(i)),
                    leaves!(self.compare(Behind { pair: i, second: behind!() }))
                ),
                kind::LDB_ADD => pair!(
                    or_leave!(self.load::<1>(i)),
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add))
                ),
                kind::LDH_ADD => pair!(
                    or_leave!(self.load::<2>(i)),
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add))
                ),
                kind::STB_ADD => pair!(
                    or_leave!(self.store::<1>(i)),
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add))
                ),
                kind::LDI_LDI => {
                    self.set_reg(i.rd(), i.signed_imm() as u32);
                    let second = behind!();
                    self.set_reg(second.rd(), second.signed_imm() as u32);
                    next!(2);
                }
                kind::LDI_CMP => pair!(
                    self.set_reg(i.rd(), i.signed_imm() as u32),
                    leaves!(self.compare(Behind { pair: i, second: behind!() }))
                ),

                kind::SBC_JZ => pair_with_jump!(
                    leaves!(self.sub_with(i, carry(result, &operands))),
                    result == 0,
                    i.target()
                ),
                kind::ADC_JZ => pair_with_jump!(
                    leaves!(self.add_with(i, carry(result, &operands))),
                    result == 0,
                    i.target()
                ),
                kind::AND_JNZ => pair_with_jump!(logic!(i, |x, y| x & y), result != 0, i.target()),
                kind::ADD_ADC => {
                    let carry = self.sum(i, u32::wrapping_add).carry_of_sum(0);
                    leaves!(self.add_with(Within(i), carry));
                    next!(2);
                }
                kind::ADD_AND => pair!(self.sum(i, u32::wrapping_add), logic!(Within(i), |x, y| x & y)),
                kind::LSL_OR => {
                    pair!(self.sum(i, |x, y| alu::shift(Opcode::Lsl, x, y)), logic!(Within(i), |x, y| x | y))
                }
                kind::XOR_ADD => {
                    pair!(self.sum(i, |x, y| x ^ y), leaves!(self.sum(Within(i), u32::wrapping_add)))
                }
                kind::SUB_SUB => {
                    pair!(self.sum(i, u32::wrapping_sub), leaves!(self.sum(Within(i), u32::wrapping_sub)))
                }
                kind::SUB_CMP => pair!(self.sum(i, u32::wrapping_sub), leaves!(self.compare(Within(i)))),
                kind::MUL_ADD => {
                    pair!(self.sum(i, u32::wrapping_mul), leaves!(self.sum(Within(i), u32::wrapping_add)))
                }
                kind::ADD_LD => {
                    leaves!(self.sum(i, u32::wrapping_add));
                    let second = behind!();
                    at += 1;
                    or_leave!(self.load::<4>(second));
                    next!(1);
                }
                kind::ADD_LDB => {
                    leaves!(self.sum(i, u32::wrapping_add));
                    let second = behind!();
                    at += 1;
                    or_leave!(self.load::<1>(second));
                    next!(1);
                }
                kind::ST_ADD => pair!(
                    or_leave!(self.store::<4>(i)),
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_add))
                ),
                kind::LD_MUL => pair!(
                    or_leave!(self.load::<4>(i)),
                    leaves!(self.sum(Behind { pair: i, second: behind!() }, u32::wrapping_mul))
                ),
                kind::PUSH_PUSH => {
                    or_leave!(self.push(self.reg(i.rs1())));
                    let second = behind!();
                    at += 1;
                    or_leave!(self.push(self.reg(second.rs1())));
                    next!(1);
                }
                kind::POP_POP => {
                    let value = or_leave!(self.pop());
                    self.set_reg(i.rd(), value);
                    let second = behind!();
                    at += 1;
                    let value = or_leave!(self.pop());
                    self.set_reg(second.rd(), value);
                    next!(1);
                }

                // Three in a row.
                kind::ADD_SUB_JNZ => {
                    self.sum(i, u32::wrapping_add);
                    leaves!(self.sum(Within(i), u32::wrapping_sub));
                    let jump = behind!(2);
                    jump_if!(2, result != 0, jump.target());
                }
                kind::ADD_CMP_JNZ => {
                    self.sum(i, u32::wrapping_add);
                    leaves!(self.compare(Within(i)));
                    let jump = behind!(2);
                    jump_if!(2, result != 0, jump.target());
                }
                kind::ADD_ADD_SUB => {
                    self.sum(i, u32::wrapping_add);
                    self.sum(Within(i), u32::wrapping_add);
                    leaves!(self.sum(Behind { pair: i, second: behind!(2) }, u32::wrapping_sub));
                    next!(3);
                }
                kind::SUB_SBC_JNZ => {
                    let carry = !self.sum(i, u32::wrapping_sub).borrows();
                    leaves!(self.sub_with(Within(i), carry));
                    let jump = behind!(2);
                    jump_if!(2, result != 0, jump.target());
                }
                kind::LDB_CMP_JZ => {
                    or_leave!(self.load::<1>(i));
                    leaves!(self.compare(Behind { pair: i, second: behind!() }));
                    let jump = behind!(2);
                    jump_if!(2, result == 0, jump.target());
                }
                kind::LDB_CMP_JNZ => {
                    or_leave!(self.load::<1>(i));
                    leaves!(self.compare(Behind { pair: i, second: behind!() }));
                    let jump = behind!(2);
                    jump_if!(2, result != 0, jump.target());
                }
                kind::ADD_CMP_JZ => {
                    self.sum(i, u32::wrapping_add);
                    leaves!(self.compare(Within(i)));
                    let jump = behind!(2);
                    jump_if!(2, result == 0, jump.target());
                }

                kind::LEAVE => leave!(),
                kind::no_kinds!() => leave!(),
                _ => unreachable!("a kind has 7 bits"),
            }
        }
        let copy = operands;
        leave(way, to_lend(&operands, &copy), at, fuel, result)
    }

    /// `LSR`, of which only C is wanted.
    #[inline(always)]
    fn shift_right(&mut self, i: Packed, result: u32, operands: &Operands) -> bool {
        let shift = self.sum(i, |x, y| alu::shift(Opcode::Lsr, x, y));
        let Operands { x, y, .. } = shift.operands;
        if shift.shifts_by_0() { carry(result, operands) } else { x.rotate_right(y) >> 31 != 0 }
    }
}

/// Leaves the fast path before the instruction at hand. The loop carries nothing for it, because it is a call.
#[cold]
#[inline(never)]
fn leave(way: &mut Progress, &operands: &Operands, at: u32, fuel: i32, result: u32) {
    let left = way.left.wrapping_add_signed(fuel.wrapping_sub(at as i32));
    debug_assert!(0 < left, "the reserve is too small");
    // The plain interpreter knows opcodes, not kinds.
    let source = left_by(operands.source).map_or(0, |op| (op as u32) << 24);
    let flags = Flags { result, operands: Operands { source, ..operands } };
    *way = Progress { pc: at * 4, left, flags, ..*way };
}
