//! The control plane: images in, tasks made, stepped, inspected, switched and taken down (design document, section 6).
//!
//! The VM owns the tasks' contexts, and schedules nothing: whoever drives it says which task is active and for how many
//! instructions. Traps come out as the reason of a [`StepResult`].
//!
//! | document, 6.1.1 | here |
//! |---|---|
//! | `vm_init(mem_cfg)` | [`ControlPlane::new`], [`ControlPlane::init`] with a [`MemConfig`] |
//! | `vm_load_hxe` | [`ControlPlane::load`] |
//! | `vm_load_begin`, `_write`, `_end`, `_abort` | [`ControlPlane::load_begin`], [`load_write`](ControlPlane::load_write), [`load_end`](ControlPlane::load_end), [`load_abort`](ControlPlane::load_abort) |
//! | `vm_unload` | [`ControlPlane::unload`] |
//! | `vm_pids` | [`ControlPlane::tasks`] |
//! | `vm_set_context` | [`ControlPlane::set_context`] |
//! | `vm_step`, `vm_clock` | [`ControlPlane::step`], [`ControlPlane::clock`] |
//! | `vm_reg_get`, `vm_reg_set` | [`ControlPlane::reg`], [`ControlPlane::set_reg`] |
//! | `vm_reg_get_for`, `vm_reg_set_for` | [`ControlPlane::reg_for`], [`ControlPlane::set_reg_for`] |
//! | `vm_mem_read`, `vm_mem_write` | [`ControlPlane::read`], [`ControlPlane::write`] |
//! | `vm_get_last_pc`, `_opcode`, `_regs` | [`ControlPlane::last_pc`], [`last_opcode`](ControlPlane::last_opcode), [`last_regs`](ControlPlane::last_regs) |
//! | (what an executive needs beside) | [`ControlPlane::load_at`], [`memory`](ControlPlane::memory), [`depth`](ControlPlane::depth), [`call_for`](ControlPlane::call_for) |
//! | `run_until`, stdio and exit shims (4.5, 5) | [`ControlPlane::run_until`] |
//!
//! Where the document is silent: a task that returns or faults is *stopped*, and only a debugger that sets its pc makes
//! it ready again; one image is loaded at a time; PIDs are not used again soon. `EIO` and `ETIMEDOUT` do not occur:
//! there is no transport and no clock here. Names that may exist once (bit 1 of the header flags) are the executive's
//! business.
//!
//! Tasks share nothing: each has an [`Arena`] with code and 64 KiB of data memory of its own, and its registers are in
//! that memory at its workspace pointer. So switching tasks moves no register, and costs the same with any number of
//! them.
//!
//! ```
//! use minivm::control::{Arena, ControlPlane, MemConfig, Reason};
//! use minivm::{Memory, Reference, asm, hxe};
//!
//! let program = asm::assemble("LDI R1, 40\nLDI R2, 2\nADD R0, R1, R2\nRET")?;
//! let image = hxe::write(&program.into());
//!
//! let (mut code, mut memory) = ([0; 64], Memory::new());
//! let mut vm = ControlPlane::new(Reference, [Arena::new(&mut code, &mut memory, &mut [])]);
//! let pid = vm.load(&image)?;
//! vm.set_context(pid)?;
//! let result = vm.clock(100)?;
//! assert_eq!((result.retired, result.reason), (3, Reason::Returned { status: 42 }));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod access;
mod config;
mod error;
mod load;
mod place;
mod register;
mod run;
mod standalone;
mod task;

pub use config::{MemConfig, Policy};
pub use error::Error;
pub use place::Layout;
pub use register::RegisterId;
pub use run::{Reason, StepResult};
pub use standalone::{ENOSYS, Ending, Shim};
pub use task::{Arena, Pid, TaskInfo, TaskState};

use crate::hxe::Loader;
use crate::profile::Profile;
use crate::vm::LastInstruction;
use task::{Regions, Task};

/// A machine with up to `N` tasks.
pub struct ControlPlane<'m, P, const N: usize> {
    profile: P,
    config: MemConfig,
    arenas: [Arena<'m>; N],
    active: Option<Pid>,
    loading: Option<(Pid, Loader)>,
    last: LastInstruction,
}

impl<'m, P: Profile, const N: usize> ControlPlane<'m, P, N> {
    /// A machine without tasks, in the default configuration (`vm_init` with all options off).
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}};
    /// let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// let vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// assert_eq!(vm.tasks().count(), 0);
    /// ```
    pub fn new(profile: P, arenas: [Arena<'m>; N]) -> Self {
        let (config, last) = (MemConfig::default(), LastInstruction::default());
        ControlPlane { profile, config, arenas, active: None, loading: None, last }
    }

    /// Takes down all tasks and applies a configuration (`vm_init`). In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, MemConfig}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// vm.init(&MemConfig { autorun_quanta: 10, ..MemConfig::default() })?;
    /// let nothing = MemConfig { autorun_quanta: 0, ..MemConfig::default() };
    /// assert_eq!(vm.init(&nothing).unwrap_err().errno(), Errno::Invalid);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] (`EINVAL`), [`Error::TooLarge`] (`ENOSPC`); then everything is as it was.
    pub fn init(&mut self, config: &MemConfig) -> Result<(), Error> {
        config.check(N)?;
        for arena in &mut self.arenas {
            arena.clear();
        }
        (self.active, self.loading, self.last) = (None, None, LastInstruction::default());
        self.config = *config;
        Ok(())
    }

    /// The tasks, in the order of their arenas (`vm_pids`). In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, TaskState}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let pid = vm.load_begin()?;
    /// let task = vm.tasks().next().unwrap();
    /// assert_eq!((task.pid, task.state), (pid, TaskState::Loading));
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    pub fn tasks(&self) -> impl Iterator<Item = TaskInfo> + '_ {
        let Regions { stack, .. } = Regions::new(&self.config);
        let heap = stack - self.config.heap_size_bytes..stack;
        self.arenas.iter().filter_map(|arena| arena.task.as_ref()).map(move |task| TaskInfo {
            pid: task.pid,
            state: task.state,
            fault_code: task.context.fault_code,
            stack: task.context.stack_limit..task.stack_end,
            heap: heap.clone(),
        })
    }

    /// The active task, if there is one. In any state.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// assert_eq!(vm.active(), None);
    /// ```
    pub fn active(&self) -> Option<Pid> {
        self.active
    }

    /// Makes a task the active one (`vm_set_context`), if it is ready or stopped. Nothing else ever changes which task
    /// is active, but for taking that task down.
    ///
    /// pc, sp, psw and wp of each task stay in its context, which is used in place: the cost is that of a lookup by PID,
    /// whatever the number of tasks.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, Pid}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// assert_eq!(vm.set_context(Pid::new(1).unwrap()).unwrap_err().errno(), Errno::NoTask);
    /// let loading = vm.load_begin()?;
    /// assert_eq!(vm.set_context(loading).unwrap_err().errno(), Errno::Busy);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn set_context(&mut self, pid: Pid) -> Result<(), Error> {
        self.loaded(pid)?;
        self.active = Some(pid);
        Ok(())
    }

    /// Takes a task down (`vm_unload`), in any state: its arena is free and zeroed, its PID names nobody.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, Pid}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let pid = vm.load_begin()?;
    /// vm.unload(pid)?;
    /// assert_eq!(vm.unload(pid).unwrap_err().errno(), Errno::NoTask);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`).
    pub fn unload(&mut self, pid: Pid) -> Result<(), Error> {
        let arena = self.arena_of(pid)?;
        self.arenas[arena].clear();
        if self.active == Some(pid) {
            self.active = None;
        }
        if self.loading.as_ref().is_some_and(|(loading, _)| *loading == pid) {
            self.loading = None;
        }
        Ok(())
    }

    /// The arena where the task is.
    fn arena_of(&self, pid: Pid) -> Result<usize, Error> {
        let index = pid.arena(N.max(1));
        let tenant = self.arenas.get(index).and_then(|arena| arena.task.as_ref());
        if tenant.is_some_and(|task| task.pid == pid) { Ok(index) } else { Err(Error::NoTask(pid)) }
    }

    /// A task that is not loading, and its arena.
    fn loaded(&self, pid: Pid) -> Result<(usize, &Task), Error> {
        let index = self.arena_of(pid)?;
        match &self.arenas[index].task {
            Some(task) if task.state != TaskState::Loading => Ok((index, task)),
            _ => Err(Error::Busy(pid, TaskState::Loading)),
        }
    }

    fn active_pid(&self) -> Result<Pid, Error> {
        self.active.ok_or(Error::NoActiveTask)
    }
}
