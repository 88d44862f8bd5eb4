//! The plane as a whole: its tasks, its configuration, and who is active.

use super::config::MemConfig;
use super::error::Error;
use super::pid::{Pid, TaskState};
use super::task::{Arena, Regions, Task, TaskInfo};
use crate::hxe::Loader;
use crate::memory::{DataMemory, Memory};
use crate::profile::Profile;
use crate::vm::LastInstruction;

/// A machine with up to `N` tasks.
pub struct ControlPlane<'m, P, const N: usize, M = Memory> {
    pub(super) profile: P,
    pub(super) config: MemConfig,
    pub(super) arenas: [Arena<'m, M>; N],
    pub(super) active: Option<Pid>,
    pub(super) loading: Option<(Pid, Loader)>,
    pub(super) last: LastInstruction,
}

impl<'m, P: Profile, const N: usize, M: DataMemory> ControlPlane<'m, P, N, M> {
    /// A machine without tasks, in the default configuration (`vm_init` with all options off).
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}};
    /// let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// let vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// assert_eq!(vm.tasks().count(), 0);
    /// ```
    pub fn new(profile: P, arenas: [Arena<'m, M>; N]) -> Self {
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
    pub(super) fn arena_of(&self, pid: Pid) -> Result<usize, Error> {
        let index = pid.arena(N.max(1));
        let tenant = self.arenas.get(index).and_then(|arena| arena.task.as_ref());
        if tenant.is_some_and(|task| task.pid == pid) { Ok(index) } else { Err(Error::NoTask(pid)) }
    }

    /// A task that is not loading, and its arena.
    pub(super) fn loaded(&self, pid: Pid) -> Result<(usize, &Task), Error> {
        let index = self.arena_of(pid)?;
        match &self.arenas[index].task {
            Some(task) if task.state != TaskState::Loading => Ok((index, task)),
            _ => Err(Error::Busy(pid, TaskState::Loading)),
        }
    }

    pub(super) fn active_pid(&self) -> Result<Pid, Error> {
        self.active.ok_or(Error::NoActiveTask)
    }
}
