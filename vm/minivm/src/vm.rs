//! The machine: one task's state, stepped or run.

use crate::alu::Flags;
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::cpu::Cpu;
use crate::execute::end;
use crate::instruction::{Reg, Word};
use crate::isa::Opcode;
use crate::memory::{LoadStore, Memory};
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};
use crate::track::{NOWHERE, Progress, Track, fetch};

/// One task on the machine: its context, its registers, its code and its memory.
///
/// Registers live in the machine, or in data memory at the workspace pointer where that is not 0
/// (design document, section 4.3); [`Vm::reg`] and [`Vm::set_reg`] know which.
pub struct Vm<'a, P, S, M = Memory> {
    /// pc, sp, flags and the rest.
    pub context: Context,
    /// The return addresses of calls in progress.
    pub calls: S,
    /// The instruction executed last, or tried last: one that faults counts, a fetch that faults does not.
    pub last: LastInstruction,
    pub(crate) profile: P,
    pub(crate) code: &'a [u8],
    pub(crate) memory: &'a mut M,
    pub(crate) regs: [u32; 16],
}

/// What the machine remembers of the instruction executed last (design document, section 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastInstruction {
    /// Its address.
    pub pc: u32,
    /// Its first word.
    pub opcode: u32,
    /// The registers before it. Only [`Vm::step`] keeps them.
    pub regs: [u32; 16],
}

/// How a [`Vm::run`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Instructions retired.
    pub steps: u32,
    /// What stopped it; nothing where all instructions asked for have retired.
    pub stop: Option<Stop>,
}

impl<'a, P: Profile, S: CallStack> Vm<'a, P, S> {
    /// A machine about to run at `context.pc`, with all registers 0.
    ///
    /// With a workspace pointer the registers are whatever memory holds there.
    pub fn new(profile: P, code: &'a [u8], memory: &'a mut Memory, calls: S, context: Context) -> Self {
        Vm::with_memory(profile, code, memory, calls, context)
    }
}

impl<'a, P: Profile, S: CallStack, M: LoadStore> Vm<'a, P, S, M> {
    /// The same with memory of any kind.
    ///
    /// ```
    /// use minivm::{Context, Reference, Vm, asm::assemble, memory::SparseMemory};
    ///
    /// let program = assemble("PUSH R15\nRET").unwrap();
    /// let mut memory = SparseMemory::<1>::new();
    /// let mut vm = Vm::with_memory(Reference, &program.code, &mut memory, Vec::new(), Context::default());
    /// assert_eq!((vm.step(), vm.context.sp), (None, 0x7FFC));
    /// ```
    pub fn with_memory(profile: P, code: &'a [u8], memory: &'a mut M, calls: S, context: Context) -> Self {
        Vm { context, calls, last: LastInstruction::default(), profile, code, memory, regs: [0; 16] }
    }

    /// The profile that it follows.
    pub fn profile(&self) -> P {
        self.profile
    }

    /// The value of a register.
    pub fn reg(&self, reg: Reg) -> u32 {
        match self.context.wp {
            0 => self.regs[reg.index()],
            wp => self.memory.register(wp, reg),
        }
    }

    /// Sets a register.
    pub fn set_reg(&mut self, reg: Reg, value: u32) {
        match self.context.wp {
            0 => self.regs[reg.index()] = value,
            wp => self.memory.set_register(wp, reg, value),
        }
    }

    /// All 16 registers.
    pub fn regs(&self) -> [u32; 16] {
        match self.context.wp {
            0 => self.regs,
            wp => core::array::from_fn(|number| self.memory.register(wp, Reg::of_low_bits(number as u32))),
        }
    }

    /// Data memory.
    pub fn memory(&self) -> &M {
        self.memory
    }

    /// Data memory, to be written between steps.
    pub fn memory_mut(&mut self) -> &mut M {
        self.memory
    }

    /// Whether the instruction that stopped so counts as retired. pc is then behind it, otherwise on it.
    pub fn retires(&self, stop: Stop) -> bool {
        match stop {
            Stop::Svc { .. } | Stop::Break { .. } => true,
            Stop::Fault(Fault::IllegalOpcode) => !self.profile.strict(Switch::IllegalOpcode),
            Stop::Fault(_) | Stop::Returned { .. } | Stop::CallDepth | Stop::Paging { .. } => false,
        }
    }

    /// Executes one instruction and remembers it in [`Vm::last`], with the registers before it. Nothing is returned where
    /// it just retired.
    ///
    /// A stop is no obstacle to the next step: whoever drives the machine decides whether it goes on.
    pub fn step(&mut self) -> Option<Stop> {
        if self.word_at(self.context.pc).is_some() {
            self.last.regs = self.regs();
        }
        self.run(1).stop
    }

    /// Executes instructions until one stops the machine or `max_steps` have retired. [`Vm::last`] is then the one that
    /// stopped it, or retired last; the registers before it are not kept.
    pub fn run(&mut self, max_steps: u32) -> Run {
        self.run_by(max_steps, &mut |vm, way| vm.run_plainly(way, way.left.min(Track::MOST)))
    }

    /// Runs in pieces: `advance` executes at least one instruction, unless one stops or pc is aligned otherwise than before.
    #[inline(never)]
    pub(crate) fn run_by(
        &mut self,
        max_steps: u32,
        advance: &mut dyn FnMut(&mut Self, &mut Progress) -> Option<Stop>,
    ) -> Run {
        let Context { pc, psw, .. } = self.context;
        let mut way = Progress { pc, left: max_steps, flags: Flags::of_psw(psw), before: NOWHERE };
        let mut stop = self.memory.failure().map(Stop::from);
        while way.left > 0 && stop.is_none() {
            stop = advance(self, &mut way);
            // An access that failed looks like one that is not let through.
            if let Some(failure) = self.memory.failure() {
                stop = Some(failure.into());
            }
        }
        self.arrive(&way);
        let retired_by_stop = stop.map_or(0, |stop| self.stopped(stop));
        Run { steps: max_steps - way.left + retired_by_stop, stop }
    }

    /// Executes up to `budget` instructions until one stops, or pc is aligned otherwise than before.
    pub(crate) fn run_plainly(&mut self, way: &mut Progress, budget: u32) -> Option<Stop> {
        // The end of a run is known without the interpreter, which is dear to enter.
        if let Some(end) = self.word_at(way.pc).and_then(|i| end(i, &self.calls, || self.reg(Reg::R0))) {
            way.before = way.pc;
            return Some(end);
        }
        // Copies of the interpreter: registers in memory cost only those who have them there.
        match self.context.wp {
            0 => self.enter::<false, false>().run(way, budget),
            _ => self.enter::<true, false>().run(way, budget),
        }
    }

    /// What instructions read and change.
    pub(crate) fn enter<const WINDOWED: bool, const ALIGNED: bool>(
        &mut self,
    ) -> Cpu<'_, P, S, M, WINDOWED, ALIGNED> {
        Cpu {
            profile: self.profile,
            code: self.code,
            memory: self.memory,
            calls: &mut self.calls,
            regs: &mut self.regs,
            context: &mut self.context,
        }
    }

    /// The instruction at an address, if there is one.
    fn word_at(&self, pc: u32) -> Option<Word> {
        let is_aligned = pc.is_multiple_of(4) || !self.profile.strict(Switch::Alignment);
        fetch(self.code, pc).filter(|_| is_aligned).map(Word)
    }

    /// Takes over how far a run has come.
    fn arrive(&mut self, way: &Progress) {
        (self.context.pc, self.context.psw) = (way.pc, way.flags.psw(self.profile));
        if let Some(opcode) = fetch(self.code, way.before) {
            (self.last.pc, self.last.opcode) = (way.before, opcode);
        }
    }

    /// What a stop does to the state. Returns how many instructions it retires.
    fn stopped(&mut self, stop: Stop) -> u32 {
        if let Stop::Fault(fault) = stop {
            self.context.fault_code = 1 + fault as u16;
            if let Some(code) = self.r0_after(fault) {
                self.set_reg(Reg::R0, code);
            }
        }
        if !self.retires(stop) {
            return 0;
        }
        self.context.pc = self.context.pc.wrapping_add(4);
        1
    }

    fn r0_after(&self, fault: Fault) -> Option<u32> {
        let in_return = fault == Fault::Memory && Word(self.last.opcode).op() == Some(Opcode::Ret);
        let kept = self.profile.strict(Switch::FaultCodeInR0)
            || in_return && !self.profile.strict(Switch::ReturnAcrossEnd);
        if kept { None } else { fault.r0_code() }
    }
}
