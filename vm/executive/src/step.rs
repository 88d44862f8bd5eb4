//! Having tasks run, one instruction a turn.

use minivm::control::{Reason, RegisterId};
use minivm::instruction::Word;
use minivm::{Fault, Opcode};

use crate::error::Raise;
use crate::event::{Emit, Event};
use crate::executive::{Executive, System};
use crate::profile::Switch;
use crate::scheduler::{Line, Policy};
use crate::services;
use crate::task::{Saved, State};

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepReply {
    /// Turns.
    pub executed: u32,
    /// Whether the task that had the last turn goes on; without a turn, the active one.
    pub running: bool,
    /// Its pc.
    pub pc: Option<u32>,
    /// Its instructions so far.
    pub steps: u64,
    /// Whether the task that is active now sleeps.
    pub sleep_pending: bool,
    /// Whether all tasks are paused.
    pub paused: bool,
    /// The task that had the last turn; without a turn, the active one.
    pub current: Option<u16>,
    /// The task that is active now.
    pub next: Option<u16>,
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// Lets up to `n` turns pass: of all tasks as the policy says, or of one. What is due by the clock happens first.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// let reply = executive.step(10, None);
    /// assert_eq!((reply.executed, reply.running, reply.current), (10, true, Some(pid)));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn step(&mut self, n: u32, pinned: Option<u16>) -> StepReply {
        self.expire();
        let mut executed = 0;
        let mut last = None;
        while executed < n && self.raised.is_none() {
            let Some(target) = self.next_turn(pinned) else { break };
            if self.current != Some(target) {
                self.activate(target);
            }
            if self.paused {
                self.outbox.deliver();
                break;
            }
            executed += 1;
            self.turn(target);
            last = Some((target, self.glance(target)));
            self.outbox.deliver();
            self.store();
            // Nothing more expires: the clock stands still, and a wait or a sleep that began now ends later.
            if core::mem::take(&mut self.halts) {
                self.paused = true;
                break;
            }
            if pinned.is_none() {
                self.rotate();
            }
        }
        let (current, seen) = match last {
            Some((pid, seen)) => (Some(pid), Some(seen)),
            None => (self.current, self.current.map(|pid| self.glance(pid))),
        };
        let (running, pc, steps) = seen.unwrap_or((false, None, 0));
        let sleeps = |pid| self.position(pid).is_some_and(|at| self.tasks[at].sleep.is_some());
        StepReply {
            executed,
            running,
            pc,
            steps,
            sleep_pending: self.current.is_some_and(sleeps),
            paused: self.paused,
            current,
            next: self.current,
        }
    }

    /// Whether a task goes on, its pc and its instructions so far.
    fn glance(&self, pid: u16) -> (bool, Option<u32>, u64) {
        let Some(at) = self.position(pid) else { return (false, None, 0) };
        let task = &self.tasks[at];
        let running = if self.overlays() { task.state() == State::Ready } else { self.active.running };
        (running, Some(self.machine.special(task.vm, RegisterId::Pc)), task.steps)
    }

    /// The task that has the next turn if nothing happens before: of all tasks, or of one.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// assert_eq!(executive.next_turn(None), None);
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// assert_eq!(executive.next_turn(None), Some(pid));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn next_turn(&self, pinned: Option<u16>) -> Option<u16> {
        let runnable = |pid: &u16| self.position(*pid).is_some_and(|at| self.tasks[at].is_runnable());
        match pinned {
            Some(pid) => Some(pid).filter(runnable),
            None => self.current.filter(runnable).or_else(|| self.successor(self.current)),
        }
    }

    /// Makes the task active that the policy chooses.
    fn rotate(&mut self) {
        let current = self.current.and_then(|pid| self.position(pid));
        let from = match current {
            Some(at) if self.strict(Switch::Successor) => at + 1,
            _ => 0,
        };
        let (in_a_row, yielded, turns) = (self.turns_in_a_row, self.yielded, self.turns);
        let line = Line { tasks: &self.tasks, current, from, in_a_row, yielded, turns };
        match self.policy.choose(&line) {
            Some(chosen) if Some(chosen) != current => {
                let pid = self.tasks[chosen].pid;
                self.activate(pid);
            }
            Some(again) if yielded || in_a_row >= self.tasks[again].quantum.into() => self.turns_in_a_row = 0,
            _ => {}
        }
    }

    /// One instruction of the active task, and all that follows from it.
    fn turn(&mut self, pid: u16) {
        let Some(at) = self.position(pid) else { return };
        self.yielded = false;
        self.turns += 1;
        self.turns_in_a_row = self.turns_in_a_row.saturating_add(1);
        self.tasks[at].since = self.turns;
        if !self.overlays() && self.sleeps_on(at) {
            return;
        }
        let vm = self.tasks[at].vm;
        let before = self.machine.special(vm, RegisterId::Pc);
        // The task exists in the VM. If it has stopped there, setting its pc makes it ready again.
        let _exists = self.machine.vm.set_context(vm);
        let result = self.machine.vm.clock(1).or_else(|_| {
            self.machine.set(vm, RegisterId::Pc, before);
            self.machine.vm.clock(1)
        });
        let Ok(result) = result else { return };
        let retired = u64::from(result.retired);
        match result.reason {
            Reason::Ok => {
                self.tasks[at].steps += retired;
                self.completes();
            }
            Reason::Svc { module, function } => {
                services::call(self, at, module, function);
                self.tasks[at].steps += retired;
                if self.tasks[at].exit_status.is_none() {
                    self.completes();
                }
            }
            Reason::Break { code } => {
                self.tasks[at].steps += retired;
                self.completes();
                self.breaks(at, before, code);
            }
            Reason::Returned { .. } => self.returns(at, true),
            Reason::Fault(fault) => {
                self.tasks[at].steps += retired;
                self.faults(at, fault);
            }
        }
        if self.tasks[at].handler.is_some() {
            self.leave_handler(at);
        }
    }

    /// Whether a task that was resumed in its sleep goes on sleeping (reference).
    fn sleeps_on(&mut self, at: usize) -> bool {
        let Some(sleep) = self.tasks[at].sleep else { return false };
        if self.clock < sleep.deadline {
            self.active = Saved { running: false, condition: State::Sleeping };
            return true;
        }
        self.tasks[at].sleep = None;
        self.active = Saved { running: true, condition: State::Ready };
        self.outbox.emit(Event::SleepComplete { pid: self.tasks[at].pid });
        false
    }

    fn breaks(&mut self, at: usize, pc: u32, code: u8) {
        let (pid, steps) = (self.tasks[at].pid, self.tasks[at].steps);
        let opcode = self.machine.vm.last_opcode();
        self.outbox.emit(Event::DebugBreak { pid, pc, opcode, code, steps });
        self.halt(pid, State::Paused);
        self.halts = !self.strict(Switch::Break);
    }

    fn faults(&mut self, at: usize, fault: Fault) {
        if self.strict(Switch::Faulted) {
            return self.park(at, fault);
        }
        let (pid, steps) = (self.tasks[at].pid, self.tasks[at].steps);
        let in_return = Word(self.machine.vm.last_opcode()).op() == Some(Opcode::Ret);
        match fault {
            Fault::InvalidConversion => self.raise(Raise::InvalidConversion),
            Fault::Memory if in_return => self.raise(Raise::RetStraddle),
            Fault::PcOutOfRange => {
                let vm = self.tasks[at].vm;
                let pc = self.machine.special(vm, RegisterId::Pc);
                let code_len = self.machine.vm.image(vm).map_or(0, |image| image.header.code_len);
                self.outbox.emit(Event::VmError { pid, pc, code_len });
                self.outbox.emit(Event::DebugError { pid, pc, steps, code_len });
                self.halt(pid, State::Paused);
                self.halts = true;
            }
            Fault::IllegalOpcode => self.halt(pid, State::Stopped),
            // The state text stays what it was, so the task spins.
            _ => self.active.running = false,
        }
    }
}
