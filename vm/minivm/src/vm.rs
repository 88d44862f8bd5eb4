//! The machine: one task's state, stepped or run.

use crate::alu::Flags;
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::execute::Cpu;
use crate::instruction::{Reg, Word};
use crate::isa::Opcode;
use crate::memory::Memory;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};
use crate::track::{Progress, fetch};

/// One task on the machine: its context, its registers, its code and its memory.
///
/// Registers live in the machine, or in data memory at the workspace pointer where that is not 0
/// (design document, section 4.3); [`Vm::reg`] and [`Vm::set_reg`] know which.
pub struct Vm<'a, P, S> {
    /// pc, sp, flags and the rest.
    pub context: Context,
    /// The return addresses of calls in progress.
    pub calls: S,
    /// The instruction executed last, or tried last: one that faults counts, a fetch that faults does not.
    pub last: LastInstruction,
    pub(crate) profile: P,
    pub(crate) code: &'a [u8],
    pub(crate) memory: &'a mut Memory,
    pub(crate) regs: [u32; 16],
}

/// What the machine remembers of the instruction executed last (design document, section 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastInstruction {
    /// Its address.
    pub pc: u32,
    /// Its first word.
    pub opcode: u32,
    /// The registers before it. Only [`Vm::step`] keeps them; [`Vm::run`] does not.
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
        Vm { context, calls, last: LastInstruction::default(), profile, code, memory, regs: [0; 16] }
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
        let mut regs = [0; 16];
        for reg in Reg::all() {
            regs[reg.index()] = self.reg(reg);
        }
        regs
    }

    /// Data memory.
    pub fn memory(&self) -> &Memory {
        self.memory
    }

    /// Whether the instruction that stopped so counts as retired. pc is then behind it, otherwise on it.
    pub fn retires(&self, stop: Stop) -> bool {
        match stop {
            Stop::Svc { .. } | Stop::Break { .. } => true,
            Stop::Fault(Fault::IllegalOpcode) => !self.profile.strict(Switch::IllegalOpcode),
            Stop::Fault(_) | Stop::Returned { .. } | Stop::CallDepth => false,
        }
    }

    /// Executes one instruction and remembers it in [`Vm::last`]. Nothing is returned where it just retired.
    ///
    /// A stop is no obstacle to the next step: whoever drives the machine decides whether it goes on.
    pub fn step(&mut self) -> Option<Stop> {
        let (before, regs) = (self.last, self.regs());
        let stop = self.run(1).stop;
        self.last = match stop {
            Some(stop) if self.is_of_fetch(stop) => before,
            _ => LastInstruction { regs, ..self.last },
        };
        stop
    }

    /// Executes instructions until one stops the machine or `max_steps` have retired. If a fetch faults, [`Vm::last`] is
    /// of no meaning: [`Vm::run_remembering`] knows it, and is slower.
    pub fn run(&mut self, max_steps: u32) -> Run {
        self.run_with::<false>(max_steps)
    }

    /// As [`Vm::run`], and if a fetch faults, [`Vm::last`] is the instruction before it.
    pub fn run_remembering(&mut self, max_steps: u32) -> Run {
        self.run_with::<true>(max_steps)
    }

    fn run_with<const REMEMBERS: bool>(&mut self, max_steps: u32) -> Run {
        let Context { pc, psw, .. } = self.context;
        let mut way = Progress { pc, left: max_steps, flags: Flags::of_psw(psw), before: None };
        let (mut stop, mut last) = (None, None);
        // The last instruction runs by itself, so that the others need not leave a note of where they were.
        while way.left > 0 && stop.is_none() {
            last = Some(way.pc);
            let budget = (way.left - 1).clamp(1, Progress::MOST);
            let kept = way.left - budget;
            way.left = budget;
            stop = self.run_some::<REMEMBERS>(&mut way);
            way.left += kept;
        }
        (self.context.pc, self.context.psw) = (way.pc, way.flags.psw(self.profile));
        let tried = match stop {
            None => last,
            Some(stop) if REMEMBERS && self.is_of_fetch(stop) => way.before,
            Some(_) => Some(way.pc),
        };
        if let Some(pc) = tried
            && let Some(opcode) = fetch(self.code, pc)
        {
            (self.last.pc, self.last.opcode) = (pc, opcode);
        }
        let retired_by_stop = stop.map_or(0, |stop| self.stopped(stop));
        Run { steps: max_steps - way.left + retired_by_stop, stop }
    }

    /// Executes instructions until one stops, the budget is used up, or pc is aligned otherwise than before.
    fn run_some<const REMEMBERS: bool>(&mut self, way: &mut Progress) -> Option<Stop> {
        // Copies of the interpreter: registers in memory and a longer memory cost only those who have them.
        match self.context.wp {
            0 => self.enter::<false>().run::<REMEMBERS>(way),
            _ => self.enter::<true>().run::<REMEMBERS>(way),
        }
    }

    /// What instructions read and change.
    fn enter<const WINDOWED: bool>(&mut self) -> Cpu<'_, P, S, WINDOWED> {
        Cpu {
            profile: self.profile,
            code: self.code,
            memory: self.memory,
            calls: &mut self.calls,
            regs: &mut self.regs,
            context: &mut self.context,
        }
    }

    /// Whether the stop that has just come is that of a fetch, so that no instruction was tried.
    fn is_of_fetch(&self, stop: Stop) -> bool {
        match stop {
            Stop::Fault(Fault::PcOutOfRange) => true,
            Stop::Fault(Fault::Misaligned) => !self.context.pc.is_multiple_of(4),
            _ => false,
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
