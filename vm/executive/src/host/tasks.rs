//! Calls of the host on tasks.

use minivm::control::RegisterId;

use crate::error::Error;
use crate::executive::{Executive, System};
use crate::profile::Switch;
use crate::task::{Saved, State};

/// The size of the window of registers in bytes.
const WINDOW: u32 = 64;

impl<S: System, const N: usize> Executive<'_, S, N> {
    fn place_of(&self, pid: u16) -> Result<usize, Error> {
        self.position(pid).ok_or(Error::NoTask)
    }

    /// Pauses all tasks, or one.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.pause(Some(pid))?;
    /// assert_eq!(executive.step(10, None).executed, 0);
    /// assert_eq!(executive.pause(Some(9)), Err(Error::NoTask));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn pause(&mut self, pid: Option<u16>) -> Result<(), Error> {
        let Some(pid) = pid else {
            self.paused = true;
            if !self.strict(Switch::GlobalResume) {
                self.store();
            }
            return Ok(());
        };
        let at = self.place_of(pid)?;
        if self.overlays() {
            self.tasks[at].held |= !self.tasks[at].has_ended();
            return Ok(());
        }
        if self.current == Some(pid) {
            self.store();
            self.drop_machine();
        }
        self.tasks[at].state = State::Paused;
        self.tasks[at].saved.condition = State::Paused;
        Ok(())
    }

    /// Has all tasks go on, or one.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.pause(None)?;
    /// assert_eq!(executive.step(10, None).executed, 0);
    /// executive.resume(None)?;
    /// assert_eq!(executive.step(10, None).executed, 10);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn resume(&mut self, pid: Option<u16>) -> Result<(), Error> {
        let overlays = self.overlays();
        if pid.is_none() || !overlays {
            self.paused = false;
        }
        let Some(pid) = pid else { return Ok(()) };
        let at = self.place_of(pid)?;
        let turns = self.turns;
        let task = &mut self.tasks[at];
        if overlays {
            if core::mem::take(&mut task.held) {
                task.since = turns;
            }
            return Ok(());
        }
        (task.state, task.since) = (State::Running, turns);
        task.saved.condition = State::Running;
        self.activate(pid);
        Ok(())
    }

    /// Sets the priority and the quantum of a task; policy `preemptive` alone looks at them.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.schedule(pid, Some(3), None)?;
    /// assert_eq!((executive.tasks()[0].priority, executive.tasks()[0].quantum), (3, 1));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn schedule(&mut self, pid: u16, priority: Option<u8>, quantum: Option<u16>) -> Result<(), Error> {
        let at = self.place_of(pid)?;
        let task = &mut self.tasks[at];
        task.priority = priority.unwrap_or(task.priority);
        task.quantum = quantum.unwrap_or(task.quantum);
        Ok(())
    }

    /// One of R0 to R15 of a task.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// assert_eq!(executive.register(pid, 15), Ok(0));
    /// assert_eq!(executive.register(pid, 16), Err(Error::Invalid));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`]; [`Error::Invalid`] above 15.
    pub fn register(&self, pid: u16, number: u8) -> Result<u32, Error> {
        let at = self.place_of(pid)?;
        if number > 15 { Err(Error::Invalid) } else { Ok(self.machine.reg(self.tasks[at].vm, number)) }
    }

    /// Sets one of R0 to R15 of a task. In the reference that makes it the active one, and un-pauses it.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.set_register(pid, 3, 7)?;
    /// assert_eq!(executive.register(pid, 3), Ok(7));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`]; [`Error::Invalid`] above 15.
    pub fn set_register(&mut self, pid: u16, number: u8, value: u32) -> Result<(), Error> {
        let at = self.place_of(pid)?;
        if number > 15 {
            return Err(Error::Invalid);
        }
        if !self.overlays() && self.current != Some(pid) {
            self.activate(pid);
        }
        self.machine.set_reg(self.tasks[at].vm, number, value);
        self.un_pause();
        Ok(())
    }

    /// Sets pc, sp or psw of a task, for a debugger. In the reference that makes it the active one, and un-pauses it.
    ///
    /// ```
    /// # use executive::{Config, Error, Strict, desk::{DeskRooms, Start}};
    /// # use minivm::control::RegisterId;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("JMP 4\nJMP 0")?.into());
    /// let pid = executive.load(&image)?.pid; // JMP 4, JMP 0
    /// executive.set_special(pid, RegisterId::Pc, 4)?;
    /// assert_eq!(executive.registers(pid).unwrap().pc, 4);
    /// assert_eq!(executive.set_special(pid, RegisterId::Psw, 0x10), Err(Error::Invalid));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`]; [`Error::Invalid`] for a stack pointer outside the task's stack, for flags above 0xF, and for every
    /// other register.
    pub fn set_special(&mut self, pid: u16, id: RegisterId, value: u32) -> Result<(), Error> {
        let at = self.place_of(pid)?;
        if !matches!(id, RegisterId::Pc | RegisterId::Sp | RegisterId::Psw) {
            return Err(Error::Invalid);
        }
        if !self.overlays() && self.current != Some(pid) {
            self.activate(pid);
        }
        self.machine.vm.set_reg_for(self.tasks[at].vm, id, value).map_err(|_| Error::Invalid)?;
        self.un_pause();
        Ok(())
    }

    /// In the reference, registers that are set un-pause the active task, whose they are.
    fn un_pause(&mut self) {
        if !self.overlays() {
            let Saved { running, .. } = self.active;
            self.active.condition = if running { State::Running } else { State::Stopped };
            self.store();
        }
    }

    /// Copies data memory of a task from `address` on into `bytes`, cut at the end of memory; says how many bytes.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// let mut bytes = [1; 8];
    /// assert_eq!(executive.peek(pid, 0x2000, &mut bytes), Ok(8));
    /// assert_eq!(executive.peek(pid, 0xFFFE, &mut bytes), Ok(2));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn peek(&self, pid: u16, address: u16, bytes: &mut [u8]) -> Result<usize, Error> {
        let at = self.place_of(pid)?;
        let count = self.machine.bytes(self.tasks[at].vm).copy(address, bytes);
        // The memory of the active task has its registers.
        let saved = self.tasks[at].window.filter(|_| self.current != Some(pid));
        if let Some(window) = saved {
            let base = self.window_of(at);
            for (byte, at) in bytes[..count].iter_mut().zip(u32::from(address)..) {
                if let Some(poked) = at.checked_sub(base).and_then(|offset| window.get(offset as usize)) {
                    *byte = *poked;
                }
            }
        }
        Ok(count)
    }

    /// Writes to data memory of a task, cut at the end of memory. In the reference what falls on the registers of a task
    /// that is not active is lost.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.poke(pid, 0x2000, b"hello")?;
    /// assert_eq!(&executive.memory(pid).unwrap().bytes()[0x2000..0x2005], b"hello");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn poke(&mut self, pid: u16, address: u16, bytes: &[u8]) -> Result<(), Error> {
        let at = self.place_of(pid)?;
        let active = self.current == Some(pid);
        self.write_memory(at, address, bytes, active);
        if active {
            self.store();
        }
        Ok(())
    }

    fn window_of(&self, at: usize) -> u32 {
        self.machine.special(self.tasks[at].vm, minivm::control::RegisterId::Wp)
    }

    /// Writes to the memory of a task. `live`: what falls on its registers changes them, also in the reference.
    pub(crate) fn write_memory(&mut self, at: usize, address: u16, bytes: &[u8], live: bool) {
        let vm = self.tasks[at].vm;
        if live || self.overlays() {
            self.machine.write(vm, address.into(), bytes);
            return;
        }
        let base = self.window_of(at);
        let start = u32::from(address);
        let end = start + bytes.len() as u32;
        let (low, high) = (base.clamp(start, end), (base + WINDOW).clamp(start, end));
        let [before, within, behind] = [(start, low), (low, high), (high, end)]
            .map(|(from, to)| (from, &bytes[(from - start) as usize..(to - start) as usize]));
        self.machine.write(vm, before.0, before.1);
        self.machine.write(vm, behind.0, behind.1);
        if !within.1.is_empty() {
            let mut now = [0; WINDOW as usize];
            self.machine.bytes(vm).copy(base as u16, &mut now);
            let window = self.tasks[at].window.get_or_insert(now);
            let offset = (within.0 - base) as usize;
            window[offset..offset + within.1.len()].copy_from_slice(within.1);
        }
    }
}
