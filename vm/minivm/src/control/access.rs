//! Looking into tasks, and changing them: registers and memory.

use super::error::Error;
use super::pid::{Pid, TaskState};
use super::plane::ControlPlane;
use super::policy::Policy;
use super::register::RegisterId;
use crate::memory::{DataMemory, SIZE};
use crate::profile::Profile;

impl<P: Profile, const N: usize, M: DataMemory> ControlPlane<'_, P, N, M> {
    /// A register of the active task (`vm_reg_get`), which is `Ready` or `Stopped`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, RegisterId}, hxe::{self, Errno, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&ImageParts { version: 1, code: vec![0; 8], entry: 4, ..ImageParts::default() });
    /// let pid = vm.load(&image)?; // entry point 4
    /// vm.set_context(pid)?;
    /// assert_eq!(vm.reg(RegisterId::Pc)?, 4);
    /// assert_eq!(RegisterId::try_from(4).unwrap_err().errno(), Errno::Invalid);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`). A number that names no register is no [`RegisterId`] (`EINVAL`).
    pub fn reg(&self, id: RegisterId) -> Result<u32, Error> {
        self.reg_for(self.active_pid()?, id)
    }

    /// Sets a register of the active task (`vm_reg_set`), which is `Ready` or `Stopped`. Setting pc of a stopped task
    /// makes it ready again, where the policy allows it.
    ///
    /// ```
    /// # use minivm::{Memory, Reg, Strict, control::{Arena, ControlPlane, RegisterId}, hxe::{self, Errno, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&ImageParts { version: 1, code: vec![0; 8], ..ImageParts::default() });
    /// let pid = vm.load(&image)?;
    /// vm.set_context(pid)?;
    /// vm.set_reg(RegisterId::General(Reg::R0), 7)?;
    /// assert_eq!(vm.reg(RegisterId::General(Reg::R0))?, 7);
    /// assert_eq!(vm.set_reg(RegisterId::Wp, 0).unwrap_err().errno(), Errno::NotPermitted);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::RegisterValue`] (`EINVAL`) for psw above 15 and for sp outside the
    /// stack, [`Error::NotPermitted`] and [`Error::WorkspacePointer`] (`EPERM`).
    pub fn set_reg(&mut self, id: RegisterId, value: u32) -> Result<(), Error> {
        self.set_reg_for(self.active_pid()?, id, value)
    }

    /// A register of any task that is `Ready` or `Stopped` (`vm_reg_get_for`). The active task stays active.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, RegisterId}, hxe::{self, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&ImageParts { version: 1, code: vec![0; 8], ..ImageParts::default() });
    /// let pid = vm.load(&image)?;
    /// let stack = vm.tasks().next().unwrap().stack;
    /// assert_eq!(vm.reg_for(pid, RegisterId::Sp)?, stack.end);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn reg_for(&self, pid: Pid, id: RegisterId) -> Result<u32, Error> {
        let (arena, task) = self.loaded(pid)?;
        let context = &task.context;
        Ok(match id {
            RegisterId::Pc => context.pc,
            RegisterId::Sp => context.sp,
            RegisterId::Psw => context.psw.into(),
            RegisterId::Wp => context.wp.into(),
            RegisterId::General(reg) => self.arenas[arena].memory.register(context.wp, reg),
        })
    }

    /// Sets a register of any task that is `Ready` or `Stopped` (`vm_reg_set_for`). The active task stays active.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, Pid, RegisterId}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let nobody = Pid::new(9).unwrap();
    /// assert_eq!(vm.set_reg_for(nobody, RegisterId::Pc, 0).unwrap_err().errno(), Errno::NoTask);
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading, and those of
    /// [`ControlPlane::set_reg`].
    pub fn set_reg_for(&mut self, pid: Pid, id: RegisterId, value: u32) -> Result<(), Error> {
        let (arena, task) = self.loaded(pid)?;
        let policy = self.config.policy;
        if policy.contains(Policy::DENY_REG_SET) {
            return Err(Error::NotPermitted(Policy::DENY_REG_SET));
        }
        let stopped = task.state == TaskState::Stopped;
        let stack = task.context.stack_limit..=task.stack_end;
        let arena = &mut self.arenas[arena];
        let Some(task) = &mut arena.task else { return Err(Error::NoTask(pid)) };
        match id {
            RegisterId::Pc if stopped && !policy.contains(Policy::ALLOW_PC_SET_STOPPED) => {
                return Err(Error::NotPermitted(Policy::ALLOW_PC_SET_STOPPED));
            }
            RegisterId::Pc => {
                (task.context.pc, task.context.fault_code) = (value, 0);
                task.state = TaskState::Ready;
            }
            RegisterId::Sp if !stack.contains(&value) => return Err(Error::RegisterValue(value)),
            RegisterId::Sp => task.context.sp = value,
            RegisterId::Psw if value > 0x0F => return Err(Error::RegisterValue(value)),
            RegisterId::Psw => task.context.psw = value as u8,
            RegisterId::Wp => return Err(Error::WorkspacePointer),
            RegisterId::General(reg) => arena.memory.set_register(task.context.wp, reg, value),
        }
        Ok(())
    }

    /// Copies data memory of the active task from `address` on into `bytes` (`vm_mem_read`). `Ready` or `Stopped`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::{self, Errno, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let parts = ImageParts { version: 1, code: vec![0; 8], rodata: b"hello...".into(), ..ImageParts::default() };
    /// let pid = vm.load(&hxe::write(&parts))?; // rodata: hello...
    /// vm.set_context(pid)?;
    /// let mut bytes = [0; 5];
    /// vm.read(0x4000, &mut bytes)?;
    /// assert_eq!(&bytes, b"hello");
    /// assert_eq!(vm.read(0xFFFC, &mut bytes).unwrap_err().errno(), Errno::Fault);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::Address`] (`EFAULT`); then nothing is copied.
    pub fn read(&self, address: u32, bytes: &mut [u8]) -> Result<(), Error> {
        let (arena, _) = self.loaded(self.active_pid()?)?;
        let end = (address as usize).checked_add(bytes.len());
        if end.is_none_or(|end| end > SIZE) {
            return Err(Error::Address { address, length: bytes.len() });
        }
        self.arenas[arena].memory.copy(address as u16, bytes);
        Ok(())
    }

    /// Writes to data memory of the active task from `address` on (`vm_mem_write`). `Ready`, unless the policy denies
    /// that, or `Stopped`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, MemConfig, Policy}, hxe::{self, Errno, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&ImageParts { version: 1, code: vec![0; 8], ..ImageParts::default() });
    /// vm.init(&MemConfig { policy: Policy::DENY_MEM_WRITE_READY, ..MemConfig::default() })?;
    /// let pid = vm.load(&image)?;
    /// vm.set_context(pid)?;
    /// assert_eq!(vm.write(0x100, b"hello").unwrap_err().errno(), Errno::NotPermitted);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::NotPermitted`] (`EPERM`), [`Error::Address`] (`EFAULT`); then nothing
    /// is written.
    pub fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), Error> {
        let (arena, task) = self.loaded(self.active_pid()?)?;
        let denied = self.config.policy.contains(Policy::DENY_MEM_WRITE_READY);
        if denied && task.state == TaskState::Ready {
            return Err(Error::NotPermitted(Policy::DENY_MEM_WRITE_READY));
        }
        self.arenas[arena]
            .memory
            .write_block(address, bytes)
            .ok_or(Error::Address { address, length: bytes.len() })
    }
}
