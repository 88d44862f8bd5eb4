//! The end of a task: leaving, faulting, being killed.

use minivm::Fault;
use minivm::control::RegisterId;

use super::State;
use crate::error::Error;
use crate::event::{Emit, Event};
use crate::executive::{Executive, System};
use crate::mailbox::HandleRef;
use crate::profile::Switch;

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// A task leaves, with R0 as its status. `of_itself`: by the last `RET`, which the reference takes for an end, too.
    pub(crate) fn returns(&mut self, at: usize, of_itself: bool) {
        let (pid, vm) = (self.tasks[at].pid, self.tasks[at].vm);
        let ends = self.strict(Switch::Exit);
        if !ends && !of_itself {
            self.halt(pid, State::Stopped);
            return;
        }
        let status = self.machine.reg(vm, 0);
        self.tasks[at].exit_status = Some(status);
        self.abandon_handler(at);
        if ends {
            self.outbox.emit(Event::Exited { pid, status });
        }
        self.halt(pid, State::Returned);
        if self.strict(Switch::Cleanup) {
            self.free_holdings(pid);
        }
    }

    /// Parks a task for good (strict).
    pub(crate) fn park(&mut self, at: usize, fault: Fault) {
        let (pid, vm) = (self.tasks[at].pid, self.tasks[at].vm);
        self.tasks[at].fault = Some(fault);
        self.abandon_handler(at);
        let pc = self.machine.special(vm, RegisterId::Pc);
        self.outbox.emit(Event::Faulted { pid, pc, fault });
        self.halt(pid, State::Faulted);
    }

    /// Takes a task down.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// executive.kill(pid)?;
    /// assert_eq!(executive.kill(pid), Err(Error::NoTask));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`].
    pub fn kill(&mut self, pid: u16) -> Result<(), Error> {
        let at = self.position(pid).ok_or(Error::NoTask)?;
        if self.overlays() {
            self.abandon_handler(at);
        } else if self.current == Some(pid) {
            self.store();
            self.drop_machine();
        }
        let next = (1..self.tasks.len()).map(|ahead| (at + ahead) % self.tasks.len()).next();
        let next = next.map(|at| self.tasks[at].pid);
        if self.strict(Switch::Cleanup) {
            self.free_holdings(pid);
        }
        self.remove_task(at);
        if self.strict(Switch::Cleanup) {
            self.sweep_mailboxes();
        }
        if !self.overlays() {
            if let Some(lowest) = self.tasks.iter().map(|task| task.pid).min() {
                self.activate(lowest);
            }
        } else if self.current == Some(pid) {
            (self.current, self.turns_in_a_row) = (next, 0);
            self.outbox.active = next.is_some();
        }
        Ok(())
    }

    /// Frees the place of a task, in the VM too.
    pub(crate) fn remove_task(&mut self, at: usize) {
        let mut task = self.tasks.remove(at);
        self.outbox.forget(&mut task.events);
        // The task exists in the VM as long as it exists here.
        let _existed = self.machine.vm.unload(task.vm);
        if !self.strict(Switch::Layout) {
            self.banks.give((task.bank, task.stack));
        }
    }

    /// Frees what a PID holds: its wait, handles, subscriptions, values, commands and open files.
    pub(crate) fn free_holdings(&mut self, pid: u16) {
        if let Some(at) = self.waits.iter().position(|wait| wait.pid == pid) {
            self.waits.remove(at);
        }
        self.mail.leave_all(pid);
        while let Some(handle) = self.mail.handles().iter().find(|handle| handle.pid == pid) {
            let number = handle.number;
            self.registry.unsubscribe(None, HandleRef { pid, number });
            // The handle was found just now.
            let _open = self.close_handle(pid, number);
        }
        self.registry.remove_owned(pid);
        self.files.close_all(pid);
    }

    /// Takes away mailboxes that nobody holds.
    pub(crate) fn sweep_mailboxes(&mut self) {
        let tasks = &self.tasks;
        let lives = |pid: i128| pid == 0 || tasks.iter().any(|task| i128::from(task.pid) == pid);
        self.mail.sweep(lives);
    }
}
