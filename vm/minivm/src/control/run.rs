//! Running the active task, and what is remembered of its last instruction.

use super::error::Error;
use super::pid::TaskState;
use super::plane::ControlPlane;
use crate::memory::DataMemory;
use crate::profile::Profile;
use crate::stop::{Fault, Stop};
use crate::vm::{Run, Vm};

/// How a step ended (`StepResult` of the document; `events_emitted` is the executive's).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepResult {
    /// The byte address of the next instruction.
    pub pc: u32,
    /// Why it ended.
    pub reason: Reason,
    /// Instructions retired.
    pub retired: u32,
    /// An estimate of the cycles it took (`cycles_est`): one for each instruction retired, as the document names no costs.
    pub cycles: u64,
}

/// Why a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// All instructions asked for have retired.
    Ok,
    /// `BRK`. The task stays ready, behind it.
    Break {
        /// The low 8 bits of its immediate.
        code: u8,
    },
    /// The instruction at pc cannot be carried out. The task is stopped.
    Fault(Fault),
    /// `SVC`. The task stays ready, behind it.
    Svc {
        /// 0 to 15.
        module: u8,
        /// The function in the module.
        function: u8,
    },
    /// `RET` out of the outermost function. The task is stopped. (The document has no reason for it.)
    Returned {
        /// R0.
        status: u32,
    },
}

impl StepResult {
    /// `svc_id`: the 12-bit immediate of the `SVC` that ended the step, module above function.
    ///
    /// ```
    /// # use minivm::control::{Reason, StepResult};
    /// let trap = StepResult { pc: 4, reason: Reason::Svc { module: 1, function: 2 }, retired: 1, cycles: 1 };
    /// assert_eq!(trap.svc_id(), Some(0x102));
    /// ```
    pub fn svc_id(&self) -> Option<u16> {
        match self.reason {
            Reason::Svc { module, function } => Some(u16::from(module) << 8 | u16::from(function)),
            _ => None,
        }
    }
}

impl From<Option<Stop>> for Reason {
    fn from(stop: Option<Stop>) -> Self {
        match stop {
            None => Reason::Ok,
            Some(Stop::Svc { module, function }) => Reason::Svc { module, function },
            Some(Stop::Break { code }) => Reason::Break { code },
            Some(Stop::Returned { status }) => Reason::Returned { status },
            Some(Stop::Fault(fault)) => Reason::Fault(fault),
            // A task counts its depth only, so there is no storage that could be full.
            Some(Stop::CallDepth) => Reason::Fault(Fault::StackOverflow),
            // The memory of a task is not paged.
            Some(Stop::Paging { .. }) => Reason::Fault(Fault::Memory),
        }
    }
}

impl<P: Profile, const N: usize, M: DataMemory> ControlPlane<'_, P, N, M> {
    /// Retires one instruction of the active task, or up to `autorun_quanta` (`vm_step`). The task has to be `Ready`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane, Reason}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("LDI R1, 7\nSVC MOD=2 FN=3\nRET")?.into());
    /// let pid = vm.load(&image)?; // LDI R1, 7; SVC MOD=2 FN=3; RET
    /// vm.set_context(pid)?;
    /// assert_eq!(vm.step()?.reason, Reason::Ok);
    /// let trap = vm.step()?;
    /// assert_eq!((trap.pc, trap.svc_id()), (8, Some(0x203)));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where it is stopped.
    pub fn step(&mut self) -> Result<StepResult, Error> {
        self.clock(self.config.autorun_quanta)
    }

    /// Retires up to `n` instructions of the active task; ends early at an SVC, a BRK, a fault and at its last RET
    /// (`vm_clock`). The task has to be `Ready`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane, Reason}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("again: JMP again")?.into());
    /// let pid = vm.load(&image)?; // again: JMP again
    /// vm.set_context(pid)?;
    /// let result = vm.clock(1000)?;
    /// assert_eq!((result.reason, result.retired, result.cycles), (Reason::Ok, 1000, 1000));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where it is stopped.
    pub fn clock(&mut self, n: u32) -> Result<StepResult, Error> {
        let pid = self.active_pid()?;
        let (index, task) = self.loaded(pid)?;
        let code_len = task.image.map_or(0, |(header, _)| header.code_len as usize);
        let arena = &mut self.arenas[index];
        let task = match &mut arena.task {
            Some(task) if task.state == TaskState::Ready => task,
            _ => return Err(Error::Busy(pid, TaskState::Stopped)),
        };
        let code = &arena.code[..code_len];
        let mut vm = Vm::with_memory(self.profile, code, arena.memory, &mut task.depth, task.context);
        vm.last = self.last;
        let run = if self.config.keep_last_regs { step_by_step(&mut vm, n) } else { vm.run(n) };
        (task.context, self.last) = (vm.context, vm.last);
        if let Some(Stop::Returned { .. } | Stop::Fault(_) | Stop::CallDepth | Stop::Paging { .. }) = run.stop
        {
            task.state = TaskState::Stopped;
        }
        Ok(StepResult {
            pc: task.context.pc,
            reason: run.stop.into(),
            retired: run.steps,
            cycles: run.steps.into(),
        })
    }

    /// The byte address of the instruction executed last, whichever task it was of (`vm_get_last_pc`); 0 before the
    /// first. In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("LDI R1, 7\nLDI R2, 8\nRET")?.into());
    /// let pid = vm.load(&image)?; // LDI R1, 7; LDI R2, 8; RET
    /// vm.set_context(pid)?;
    /// vm.clock(2)?;
    /// assert_eq!(vm.last_pc(), 4);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn last_pc(&self) -> u32 {
        self.last.pc
    }

    /// The first word of the instruction executed last (`vm_get_last_opcode`); 0 before the first. In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("LDI R1, 7\nRET")?.into());
    /// let pid = vm.load(&image)?; // LDI R1, 7; RET
    /// vm.set_context(pid)?;
    /// vm.step()?;
    /// assert_eq!(vm.last_opcode(), 0x0110_0007);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn last_opcode(&self) -> u32 {
        self.last.opcode
    }

    /// R0 to R15 before the instruction executed last (`vm_get_last_regs`), if the configuration keeps them
    /// ([`MemConfig::keep_last_regs`](super::MemConfig)). In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane, MemConfig}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("LDI R1, 7\nLDI R1, 8\nRET")?.into());
    /// vm.init(&MemConfig { keep_last_regs: true, ..MemConfig::default() })?;
    /// let pid = vm.load(&image)?; // LDI R1, 7; LDI R1, 8; RET
    /// vm.set_context(pid)?;
    /// vm.clock(2)?;
    /// assert_eq!(vm.last_regs().unwrap()[1], 7);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn last_regs(&self) -> Option<[u32; 16]> {
        self.config.keep_last_regs.then_some(self.last.regs)
    }
}

/// Like [`Vm::run`], but keeps the registers before each instruction.
fn step_by_step<P: Profile, S: crate::CallStack, M: DataMemory>(vm: &mut Vm<'_, P, S, M>, n: u32) -> Run {
    let mut steps = 0;
    while steps < n {
        let Some(stop) = vm.step() else {
            steps += 1;
            continue;
        };
        return Run { steps: steps + u32::from(vm.retires(stop)), stop: Some(stop) };
    }
    Run { steps, stop: None }
}
