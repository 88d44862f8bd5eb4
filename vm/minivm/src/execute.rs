//! The plain interpreter: what each opcode does, from the bytes of the code, with no memory of its own.
//!
//! The loop only finds out *that* an instruction cannot be carried out; why is asked afterwards, of [`Cpu::reason`].
//! Checks come before effects, so the instruction that stops has changed nothing and the question has one answer. The
//! loop carries nothing for a stop from one instruction to the next.

use core::hint;

use crate::alu::{self, Flags, Operands};
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::cpu::Cpu;
use crate::data;
use crate::float::{self, Operation};
use crate::instruction::{Reg, Word};
use crate::isa::{Access, Action, Opcode};
use crate::memory::LoadStore;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};
use crate::track::{Progress, Track, fetch};

impl<'v, P: Profile, S: CallStack, M: LoadStore, const WINDOWED: bool> Cpu<'v, P, S, M, WINDOWED, false> {
    /// Executes up to `budget` instructions, at most [`Track::MOST`], until one stops or the next is aligned otherwise.
    #[inline(never)]
    pub fn run(self, way: &mut Progress, budget: u32) -> Option<Stop> {
        self.follow(|cpu, way| Track::start(cpu.profile, cpu.code, way, budget), way, budget)
    }

    /// The same in a part of the code that begins at the address `origin`: until the next instruction is not in it, too.
    #[inline(never)]
    pub fn run_part(self, origin: u32, way: &mut Progress, budget: u32) -> Option<Stop> {
        self.follow(|cpu, way| Track::through(cpu.code, origin, way, budget), way, budget)
    }

    #[inline(always)]
    fn follow<const PART: bool>(
        mut self,
        track: impl FnOnce(&Self, &Progress) -> Track<'v, PART>,
        way: &mut Progress,
        budget: u32,
    ) -> Option<Stop> {
        // What a result was computed from stands in memory, because most of it is overwritten before anyone asks.
        let Flags { mut result, mut operands } = way.flags;
        let mut track = track(&self, way);
        let stopped_at = loop {
            let word = match track.ahead.get(track.at as usize) {
                Some(&bytes) => Word(u32::from_be_bytes(bytes)),
                None => break None,
            };
            let here = track;
            if self.execute(word, &mut track, (&mut result, &mut operands)).is_none() {
                break Some(word);
            }
            // Registers in memory are read and set without a way to fail.
            if WINDOWED && self.memory.failure().is_some() {
                track = here;
                break Some(word);
            }
        };
        // What is needed only from here on is not worth a register before.
        hint::cold_path();
        let (pc, left) = (track.pc(self.profile), track.left());
        // One that stops counts as the last too.
        let before = if stopped_at.is_some() { pc } else { track.before(self.profile) };
        let flags = Flags { result, operands };
        *way = Progress { pc, left: way.left - (budget - left), flags, before };
        match stopped_at {
            Some(word) => Some(self.reason(word)),
            None if PART || left == 0 => None,
            None => self.reason_of_fetch(pc, track.origin),
        }
    }

    /// Executes one instruction, if it can be carried out.
    #[inline(always)]
    fn execute<const PART: bool>(
        &mut self,
        i: Word,
        track: &mut Track<'_, PART>,
        (result, operands): (&mut u32, &mut Operands),
    ) -> Option<()> {
        macro_rules! leaves {
            ($flags:expr) => {
                Flags { result: *result, operands: *operands } = $flags
            };
        }
        // Of these the operands are of no meaning, and stay.
        macro_rules! logic {
            ($compute:expr) => {{
                *result = self.sum(i, $compute).result;
                operands.source = i.0;
            }};
        }
        // One by 0 keeps C.
        macro_rules! shift {
            ($op:expr) => {{
                let shift = self.sum(i, |x, y| alu::shift($op, x, y));
                if shift.shifts_by_0() {
                    *operands = alu::shifted_by_0(self.profile, *result, shift.result, operands);
                    *result = shift.result;
                } else {
                    leaves!(shift);
                }
            }};
        }
        // Registers in memory take calls anyway, and one more keeps the code small.
        macro_rules! carry {
            () => {
                if WINDOWED {
                    Flags { result: *result, operands: *operands }.carry(self.profile)
                } else {
                    alu::carry(*result, operands)
                }
            };
        }
        match i.action() {
            Action::Ldi => self.set_reg(i.rd(), i.signed_imm() as u32),
            Action::Mov => self.set_reg(i.rd(), self.reg(i.rs1())),
            Action::Ldi32 => {
                let literal = track.words.get(track.at as usize + 1)?;
                self.set_reg(i.rd(), u32::from_be_bytes(*literal));
                *track = track.skip_literal();
                return Some(());
            }
            Action::Ld => self.load::<4>(i)?,
            Action::Ldh => self.load::<2>(i)?,
            Action::Ldb => self.load::<1>(i)?,
            Action::St => self.store::<4>(i)?,
            Action::Sth => self.store::<2>(i)?,
            Action::Stb => self.store::<1>(i)?,
            Action::Add => leaves!(self.sum(i, u32::wrapping_add)),
            Action::Sub => leaves!(self.sum(i, u32::wrapping_sub)),
            Action::Mul => leaves!(self.sum(i, u32::wrapping_mul)),
            Action::Adc => leaves!(self.add_with(i, carry!())),
            Action::Sbc => leaves!(self.sub_with(i, carry!())),
            Action::Cmp => leaves!(self.compare(i)),
            Action::Div => {
                let (dividend, divisor) = self.operands(i);
                let quotient = alu::div(dividend, divisor)?;
                logic!(|_, _| quotient);
            }
            Action::And => logic!(|x, y| x & y),
            Action::Or => logic!(|x, y| x | y),
            Action::Xor => logic!(|x, y| x ^ y),
            Action::Not => logic!(|x, _| !x),
            Action::Lsl => shift!(Opcode::Lsl),
            Action::Lsr => shift!(Opcode::Lsr),
            Action::Asr => shift!(Opcode::Asr),
            Action::Jz if *result != 0 => {}
            Action::Jnz if *result == 0 => {}
            Action::Jmp | Action::Jz | Action::Jnz => {
                *track = track.jump(self.profile, i.imm().into());
                return Some(());
            }
            Action::Call => {
                let pc = track.pc(self.profile);
                // The field 0 means pc, so R0 can be no base.
                let base = if i.rs1() == Reg::R0 { pc } else { self.reg(i.rs1()) };
                let target = self.target_of_call(i, base);
                self.push_call(pc + 4)?;
                *track = track.jump(self.profile, target);
                return Some(());
            }
            Action::Ret => {
                let frame = self.innermost()?;
                self.pop_call(frame);
                *track = track.jump(self.profile, frame.return_address);
                return Some(());
            }
            Action::Push => self.push(self.reg(i.rs1()))?,
            Action::Pop => {
                let value = self.pop()?;
                self.set_reg(i.rd(), value);
            }
            Action::Fadd => self.float_arithmetic(i, Operation::Add),
            Action::Fsub => self.float_arithmetic(i, Operation::Sub),
            Action::Fmul => self.float_arithmetic(i, Operation::Mul),
            Action::Fdiv => self.float_arithmetic(i, Operation::Div),
            Action::I2f => self.set_low(i, float::from_int(self.profile, self.reg(i.rs1()))),
            Action::F2i => {
                let value = float::to_int(self.profile, self.reg(i.rs1()))?;
                self.set_reg(i.rd(), value);
            }
            Action::Svc | Action::Brk | Action::Illegal => return None,
        }
        track.at += 1;
        Some(())
    }

    // Stops.

    /// Why no instruction is fetched at `pc`; nothing if it is only that words are aligned otherwise there.
    #[cold]
    #[inline(never)]
    fn reason_of_fetch(self, pc: u32, origin: u32) -> Option<Stop> {
        match fetch(self.code, pc) {
            None => Some(Stop::Fault(Fault::PcOutOfRange)),
            Some(_) if pc % 4 != origin && !self.profile.strict(Switch::Alignment) => None,
            Some(_) => Some(Stop::Fault(Fault::Misaligned)),
        }
    }

    /// Why an instruction cannot be carried out.
    fn reason(self, i: Word) -> Stop {
        let (address, r0) = (self.address(i), self.reg(Reg::R0));
        reason(self.profile, self.calls, self.context, (i, address, r0))
    }
}

/// Why an instruction cannot be carried out, from the address that it computes and R0.
#[cold]
#[inline(never)]
fn reason<P: Profile, S: CallStack>(
    profile: P,
    calls: &mut S,
    &mut Context { sp, stack_limit, .. }: &mut Context,
    (i, address, r0): (Word, u32, u32),
) -> Stop {
    if let Some(end) = end(i, calls, || r0) {
        return end;
    }
    let Some(op) = i.op() else { return Stop::Fault(Fault::IllegalOpcode) };
    match op {
        Opcode::Call if !calls.push(0) => return Stop::CallDepth,
        Opcode::Call => calls.pop(),
        _ => {}
    }
    Stop::Fault(match op.access() {
        Access::Load(width) | Access::Store(width) => data::access_fault(profile, address, width),
        Access::Push => data::push_fault(sp, stack_limit),
        Access::Pop => data::pop_fault(sp),
        Access::Nothing => match op {
            Opcode::Ldi32 => Fault::TruncatedLdi32,
            Opcode::Div => Fault::DivideByZero,
            // `F2I` is the only other that may not be carried out.
            _ => Fault::InvalidConversion,
        },
    })
}

/// How an instruction ends every run without a fault, if it does.
pub(crate) fn end(i: Word, calls: &impl CallStack, r0: impl FnOnce() -> u32) -> Option<Stop> {
    match i.op()? {
        Opcode::Svc => Some(Stop::Svc { module: i.svc_module(), function: i.low_byte() }),
        Opcode::Brk => Some(Stop::Break { code: i.low_byte() }),
        Opcode::Ret if calls.depth() == 0 => Some(Stop::Returned { status: r0() }),
        _ => None,
    }
}
