//! What instructions do to registers, flags, memory and stack, whichever interpreter executes them.
//!
//! What cannot be carried out gives nothing and has changed nothing.

use crate::alu::Flags;
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::data;
use crate::float::{self, Operation};
use crate::instruction::{Fields, Reg};
use crate::memory::LoadStore;
use crate::profile::{Profile, Switch};

/// What instructions read and change, taken out of the [`Vm`](crate::Vm) while it runs.
///
/// `WINDOWED`: the registers live in data memory. Only those who have them there pay for it. `ALIGNED`: a misaligned access
/// to data is one that cannot be carried out, whatever the profile says.
pub(crate) struct Cpu<'v, P, S, M, const WINDOWED: bool, const ALIGNED: bool> {
    pub profile: P,
    pub code: &'v [u8],
    pub memory: &'v mut M,
    pub calls: &'v mut S,
    pub regs: &'v mut [u32; 16],
    pub context: &'v mut Context,
}

impl<P: Profile, S: CallStack, M: LoadStore, const WINDOWED: bool, const ALIGNED: bool>
    Cpu<'_, P, S, M, WINDOWED, ALIGNED>
{
    #[inline(always)]
    pub fn reg(&self, reg: Reg) -> u32 {
        if WINDOWED { self.memory.register(self.context.wp, reg) } else { self.regs[reg.index()] }
    }

    #[inline(always)]
    pub fn set_reg(&mut self, reg: Reg, value: u32) {
        if WINDOWED {
            self.memory.set_register(self.context.wp, reg, value);
        } else {
            self.regs[reg.index()] = value;
        }
    }

    /// The values of rs1 and rs2.
    #[inline(always)]
    pub fn operands(&self, i: impl Fields) -> (u32, u32) {
        if WINDOWED {
            return self.memory.registers(self.context.wp, i.rs1(), i.rs2());
        }
        (self.reg(i.rs1()), self.reg(i.rs2()))
    }

    // Results and flags.

    /// Sets a result, and gives flags of which C and V follow from the operands.
    #[inline(always)]
    pub fn sum(&mut self, i: impl Fields, compute: impl FnOnce(u32, u32) -> u32) -> Flags {
        let (x, y) = self.operands(i);
        let result = compute(x, y);
        self.set_reg(i.rd(), result);
        Flags::of(i.source(), result, x, y)
    }

    #[inline(always)]
    pub fn add_with(&mut self, i: impl Fields, carry: bool) -> Flags {
        self.sum(i, |x, y| x.wrapping_add(y).wrapping_add(carry.into()))
    }

    #[inline(always)]
    pub fn sub_with(&mut self, i: impl Fields, carry: bool) -> Flags {
        self.sum(i, |x, y| x.wrapping_sub(y).wrapping_sub((!carry).into()))
    }

    #[inline(always)]
    pub fn compare(&self, i: impl Fields) -> Flags {
        let (x, y) = self.operands(i);
        Flags::of(i.source(), x.wrapping_sub(y), x, y)
    }

    /// Sets a binary16 result. The upper half is kept, or zero in profile `portable`.
    #[inline(always)]
    pub fn set_low(&mut self, i: impl Fields, value: u16) {
        let upper =
            if self.profile.strict(Switch::FloatUpperHalf) { 0 } else { self.reg(i.rd()) & 0xFFFF_0000 };
        self.set_reg(i.rd(), upper | u32::from(value));
    }

    #[inline(always)]
    pub fn float_arithmetic(&mut self, i: impl Fields, operation: Operation) {
        let (a, b) = self.operands(i);
        self.set_low(i, float::arithmetic(self.profile, operation, a, b));
    }

    // Data.

    #[inline(always)]
    fn reach(&self) -> Reach<P, ALIGNED> {
        Reach(self.profile)
    }

    #[inline(always)]
    pub fn address(&self, i: impl Fields) -> u32 {
        self.reg(i.rs1()).wrapping_add_signed(i.signed_imm())
    }

    #[inline(always)]
    pub fn load<const N: usize>(&mut self, i: impl Fields) -> Option<()> {
        let value = data::load::<N>(self.reach(), self.memory, self.address(i))?;
        self.set_reg(i.rd(), value);
        Some(())
    }

    #[inline(always)]
    pub fn store<const N: usize>(&mut self, i: impl Fields) -> Option<()> {
        data::store::<N>(self.reach(), self.memory, self.address(i), self.reg(i.rs2()))
    }

    // The stack grows downwards. R15 mirrors sp after each operation (ledger row D9).

    #[inline(always)]
    pub fn push(&mut self, value: u32) -> Option<()> {
        let Context { sp, stack_limit, .. } = *self.context;
        let sp = data::push(self.reach(), self.memory, sp, stack_limit, value)?;
        self.set_sp(sp);
        Some(())
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<u32> {
        let sp = self.context.sp;
        let value = data::top(self.reach(), self.memory, sp)?;
        self.set_sp(sp + 4);
        Some(value)
    }

    #[inline(always)]
    pub fn set_sp(&mut self, sp: u32) {
        self.context.sp = sp;
        self.set_reg(Reg::R15, sp);
    }

    /// The address of the function that a `CALL` calls, from its base.
    #[inline(always)]
    pub fn target_of_call(&self, i: impl Fields, base: u32) -> u32 {
        base.wrapping_add_signed(i.signed_imm() * 4) & 0xFFFF
    }

    #[inline(always)]
    pub fn push_call(&mut self, return_address: u32) -> Option<()> {
        if !self.calls.push(return_address) {
            return None;
        }
        let pushed = self.push(return_address);
        if pushed.is_none() {
            self.calls.pop();
        }
        pushed
    }

    /// Where the innermost call returns to, if that is not the end of the task.
    #[inline(always)]
    pub fn innermost(&self) -> Option<Frame> {
        if self.calls.depth() == 0 {
            return None;
        }
        let sp = self.context.sp;
        Some(Frame { return_address: data::top(self.reach(), self.memory, sp)?, sp })
    }

    /// Returns from it.
    #[inline(always)]
    pub fn pop_call(&mut self, frame: Frame) {
        self.calls.pop();
        self.set_sp(frame.sp + 4);
    }
}

/// What `RET` finds on the stack.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// The address that it returns to.
    pub return_address: u32,
    /// The stack pointer.
    sp: u32,
}

/// The profile of accesses to data.
#[derive(Clone, Copy)]
struct Reach<P, const ALIGNED: bool>(P);

impl<P: Profile, const ALIGNED: bool> Profile for Reach<P, ALIGNED> {
    #[inline(always)]
    fn strict(self, switch: Switch) -> bool {
        ALIGNED && matches!(switch, Switch::Alignment) || self.0.strict(switch)
    }
}
