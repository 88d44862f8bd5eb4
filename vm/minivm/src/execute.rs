//! The plain interpreter: what each opcode does, from the bytes of the code, with no memory of its own.
//!
//! The loop only finds out *that* an instruction cannot be carried out; why is asked afterwards, of [`Cpu::reason`].
//! Checks come before effects, so the instruction that stops has changed nothing and the question has one answer. The
//! loop carries nothing for a stop from one instruction to the next.

use core::hint;

use crate::alu::{self, Flags};
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::data;
use crate::float::{self, Operation};
use crate::instruction::{Reg, Word};
use crate::isa::{Access, Opcode};
use crate::memory::Memory;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};
use crate::track::{Progress, Track, fetch};

/// What instructions read and change, taken out of the [`Vm`](crate::Vm) while it runs.
///
/// `WINDOWED`: the registers live in data memory. Only those who have them there pay for it.
pub(crate) struct Cpu<'v, P, S, const WINDOWED: bool> {
    pub profile: P,
    pub code: &'v [u8],
    pub memory: &'v mut Memory,
    pub calls: &'v mut S,
    pub regs: &'v mut [u32; 16],
    pub context: &'v mut Context,
}

impl<P: Profile, S: CallStack, const WINDOWED: bool> Cpu<'_, P, S, WINDOWED> {
    #[inline(always)]
    fn reg(&self, reg: Reg) -> u32 {
        if WINDOWED { self.memory.register(self.context.wp, reg) } else { self.regs[reg.index()] }
    }

    #[inline(always)]
    fn set_reg(&mut self, reg: Reg, value: u32) {
        if WINDOWED {
            self.memory.set_register(self.context.wp, reg, value);
        } else {
            self.regs[reg.index()] = value;
        }
    }

    /// Executes instructions until the budget is used up, one stops, or the next is aligned otherwise.
    ///
    /// `REMEMBERS`: [`Progress::before`] is kept.
    #[inline(never)]
    pub fn run<const REMEMBERS: bool>(mut self, way: &mut Progress) -> Option<Stop> {
        let Progress { mut flags, mut before, .. } = *way;
        let mut track = Track::start(self.profile, self.code, way.pc, way.left);
        let is_at_end = loop {
            let word = match track.ahead.get(track.at as usize) {
                Some(&bytes) => u32::from_be_bytes(bytes),
                None => break track.left() == 0,
            };
            let pc = track.pc(self.profile);
            if self.execute(Word(word), &mut track, &mut flags).is_none() {
                break false;
            }
            if REMEMBERS {
                before = Some(pc);
            }
        };
        // What is needed only from here on is not worth a register before.
        hint::cold_path();
        let pc = track.pc(self.profile);
        *way = Progress { pc, left: track.left(), flags, before };
        if is_at_end { None } else { self.reason_at(pc, track.origin) }
    }

    /// Executes one instruction, if it can be carried out.
    #[inline(always)]
    fn execute(&mut self, i: Word, track: &mut Track<'_>, flags: &mut Flags) -> Option<()> {
        match i.op()? {
            Opcode::Ldi => self.set_reg(i.rd(), i.signed_imm() as u32),
            Opcode::Mov => self.set_reg(i.rd(), self.reg(i.rs1())),
            Opcode::Ldi32 => {
                let literal = track.words.get(track.at as usize + 1)?;
                self.set_reg(i.rd(), u32::from_be_bytes(*literal));
                *track = track.moved(track.at + 2, track.left() - 1);
                return Some(());
            }
            Opcode::Ld => self.load::<4>(i)?,
            Opcode::Ldh => self.load::<2>(i)?,
            Opcode::Ldb => self.load::<1>(i)?,
            Opcode::St => self.store::<4>(i)?,
            Opcode::Sth => self.store::<2>(i)?,
            Opcode::Stb => self.store::<1>(i)?,
            Opcode::Add => *flags = self.sum(i, u32::wrapping_add),
            Opcode::Sub => *flags = self.sum(i, u32::wrapping_sub),
            Opcode::Mul => *flags = self.sum(i, u32::wrapping_mul),
            Opcode::Adc => *flags = self.add_with(i, flags.carry()),
            Opcode::Sbc => *flags = self.sub_with(i, flags.carry()),
            Opcode::Cmp => *flags = self.compare(i),
            Opcode::Div => {
                let quotient = alu::div(self.reg(i.rs1()), self.reg(i.rs2()))?;
                *flags = self.logic(i, *flags, |_, _| quotient);
            }
            Opcode::And => *flags = self.logic(i, *flags, |x, y| x & y),
            Opcode::Or => *flags = self.logic(i, *flags, |x, y| x | y),
            Opcode::Xor => *flags = self.logic(i, *flags, |x, y| x ^ y),
            Opcode::Not => *flags = self.logic(i, *flags, |x, _| !x),
            Opcode::Lsl => *flags = self.shift(i, *flags, Opcode::Lsl),
            Opcode::Lsr => *flags = self.shift(i, *flags, Opcode::Lsr),
            Opcode::Asr => *flags = self.shift(i, *flags, Opcode::Asr),
            Opcode::Jz if !flags.zero() => {}
            Opcode::Jnz if flags.zero() => {}
            Opcode::Jmp | Opcode::Jz | Opcode::Jnz => {
                *track = track.jump(self.profile, i.imm().into());
                return Some(());
            }
            Opcode::Call => {
                let pc = track.pc(self.profile);
                let target = self.target_of_call(i, pc);
                self.push_call(pc + 4)?;
                *track = track.jump(self.profile, target);
                return Some(());
            }
            Opcode::Ret => {
                let target = self.ret()?;
                *track = track.jump(self.profile, target);
                return Some(());
            }
            Opcode::Push => self.push(self.reg(i.rs1()))?,
            Opcode::Pop => {
                let value = self.pop()?;
                self.set_reg(i.rd(), value);
            }
            Opcode::Fadd => self.float_arithmetic(i, Operation::Add),
            Opcode::Fsub => self.float_arithmetic(i, Operation::Sub),
            Opcode::Fmul => self.float_arithmetic(i, Operation::Mul),
            Opcode::Fdiv => self.float_arithmetic(i, Operation::Div),
            Opcode::I2f => self.set_low(i, float::from_int(self.profile, self.reg(i.rs1()))),
            Opcode::F2i => {
                let value = float::to_int(self.profile, self.reg(i.rs1()))?;
                self.set_reg(i.rd(), value);
            }
            Opcode::Svc | Opcode::Brk => return None,
        }
        track.at += 1;
        Some(())
    }

    // Results and flags.

    /// Sets a result, and gives flags of which C and V follow from the operands.
    #[inline(always)]
    fn sum(&mut self, i: Word, compute: impl FnOnce(u32, u32) -> u32) -> Flags {
        let (x, y) = (self.reg(i.rs1()), self.reg(i.rs2()));
        let result = compute(x, y);
        self.set_reg(i.rd(), result);
        Flags::of(i.0, result, x, y)
    }

    /// Sets a result, and gives flags of which C and V are 0.
    #[inline(always)]
    fn logic(&mut self, i: Word, flags: Flags, compute: impl FnOnce(u32, u32) -> u32) -> Flags {
        let result = compute(self.reg(i.rs1()), self.reg(i.rs2()));
        self.set_reg(i.rd(), result);
        flags.of_logic(i.0, result)
    }

    #[inline(always)]
    fn add_with(&mut self, i: Word, carry: bool) -> Flags {
        self.sum(i, |x, y| x.wrapping_add(y).wrapping_add(carry.into()))
    }

    #[inline(always)]
    fn sub_with(&mut self, i: Word, carry: bool) -> Flags {
        self.sum(i, |x, y| x.wrapping_sub(y).wrapping_sub((!carry).into()))
    }

    #[inline(always)]
    fn compare(&self, i: Word) -> Flags {
        let (x, y) = (self.reg(i.rs1()), self.reg(i.rs2()));
        Flags::of(i.0, x.wrapping_sub(y), x, y)
    }

    #[inline(always)]
    fn shift(&mut self, i: Word, before: Flags, op: Opcode) -> Flags {
        let shift = self.sum(i, |x, y| alu::shift(op, x, y));
        if shift.shifts_by_0() { before.of_shift_by_0(shift) } else { shift }
    }

    /// Sets a binary16 result. The upper half is kept, or zero in profile `portable`.
    #[inline(always)]
    fn set_low(&mut self, i: Word, value: u16) {
        let upper =
            if self.profile.strict(Switch::FloatUpperHalf) { 0 } else { self.reg(i.rd()) & 0xFFFF_0000 };
        self.set_reg(i.rd(), upper | u32::from(value));
    }

    #[inline(always)]
    fn float_arithmetic(&mut self, i: Word, operation: Operation) {
        self.set_low(i, float::arithmetic(self.profile, operation, self.reg(i.rs1()), self.reg(i.rs2())));
    }

    // Data.

    #[inline(always)]
    fn address(&self, i: Word) -> u32 {
        self.reg(i.rs1()).wrapping_add_signed(i.signed_imm())
    }

    #[inline(always)]
    fn load<const N: usize>(&mut self, i: Word) -> Option<()> {
        let value = data::load::<N>(self.profile, self.memory, self.address(i))?;
        self.set_reg(i.rd(), value);
        Some(())
    }

    #[inline(always)]
    fn store<const N: usize>(&mut self, i: Word) -> Option<()> {
        data::store::<N>(self.profile, self.memory, self.address(i), self.reg(i.rs2()))
    }

    // The stack grows downwards. R15 mirrors sp after each operation (ledger row D9).

    #[inline(always)]
    fn push(&mut self, value: u32) -> Option<()> {
        let Context { sp, stack_limit, .. } = *self.context;
        let sp = data::push(self.profile, self.memory, sp, stack_limit, value)?;
        self.set_sp(sp);
        Some(())
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<u32> {
        let sp = self.context.sp;
        let value = data::top(self.profile, self.memory, sp)?;
        self.set_sp(sp + 4);
        Some(value)
    }

    #[inline(always)]
    fn set_sp(&mut self, sp: u32) {
        self.context.sp = sp;
        self.set_reg(Reg::R15, sp);
    }

    /// The address of the function that the `CALL` at `pc` calls.
    #[inline(always)]
    fn target_of_call(&self, i: Word, pc: u32) -> u32 {
        // The field 0 means pc, so R0 can be no base.
        let base = if i.rs1() == Reg::R0 { pc } else { self.reg(i.rs1()) };
        base.wrapping_add_signed(i.signed_imm() * 4) & 0xFFFF
    }

    #[inline(always)]
    fn push_call(&mut self, return_address: u32) -> Option<()> {
        if !self.calls.push(return_address) {
            return None;
        }
        let pushed = self.push(return_address);
        if pushed.is_none() {
            self.calls.pop();
        }
        pushed
    }

    /// Gives the return address.
    #[inline(always)]
    fn ret(&mut self) -> Option<u32> {
        if self.calls.depth() == 0 {
            return None;
        }
        let target = self.pop()?;
        self.calls.pop();
        Some(target)
    }

    // Stops.

    /// Why the run does not go on at `pc`; nothing if it is only that words are aligned otherwise there.
    #[cold]
    #[inline(never)]
    fn reason_at(self, pc: u32, origin: u32) -> Option<Stop> {
        match fetch(self.code, pc) {
            None => Some(Stop::Fault(Fault::PcOutOfRange)),
            Some(_) if !pc.is_multiple_of(4) && self.profile.strict(Switch::Alignment) => {
                Some(Stop::Fault(Fault::Misaligned))
            }
            Some(_) if pc % 4 != origin => None,
            Some(word) => Some(self.reason(Word(word))),
        }
    }

    /// Why an instruction cannot be carried out.
    fn reason(self, i: Word) -> Stop {
        let Some(op) = i.op() else { return Stop::Fault(Fault::IllegalOpcode) };
        match op {
            Opcode::Svc => return Stop::Svc { module: i.svc_module(), function: i.low_byte() },
            Opcode::Brk => return Stop::Break { code: i.low_byte() },
            Opcode::Ret if self.calls.depth() == 0 => return Stop::Returned { status: self.reg(Reg::R0) },
            Opcode::Call if !self.calls.push(0) => return Stop::CallDepth,
            Opcode::Call => self.calls.pop(),
            _ => {}
        }
        let Context { sp, stack_limit, .. } = *self.context;
        Stop::Fault(match op.access() {
            Access::Load(4) | Access::Store(4) => data::access_fault::<4>(self.profile, self.address(i)),
            Access::Load(2) | Access::Store(2) => data::access_fault::<2>(self.profile, self.address(i)),
            Access::Load(_) | Access::Store(_) => data::access_fault::<1>(self.profile, self.address(i)),
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
}
