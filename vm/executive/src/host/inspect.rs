//! Looking at everything that an executive keeps.

use core::ops::Range;

use minivm::control::RegisterId;

use crate::event::Event;
use crate::executive::{Executive, System};
use crate::files::OpenFile;
use crate::mailbox::Mail;
use crate::registry::Registry;
use crate::task::{State, Task};
use crate::wait::Wait;

/// The registers of a task, and where they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Byte address of the next instruction.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// Flags.
    pub psw: u8,
    /// R0 to R15.
    pub regs: [u32; 16],
    /// How many calls it is in.
    pub depth: u32,
    /// Where R0 to R15 lie in its data memory.
    pub reg_base: u16,
    /// Its stack in its data memory.
    pub stack: Range<u32>,
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// The tasks, in the order of loading.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The tasks that wait for messages, in the order in which they blocked. Some may be gone (reference).
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// The mailboxes.
    pub fn mail(&self) -> &Mail<'_> {
        &self.mail
    }

    /// The values and commands.
    pub fn registry(&self) -> &Registry<'_> {
        &self.registry
    }

    /// The open files, ascending by PID and number, with their names in pieces.
    pub fn open_files(&self) -> impl Iterator<Item = (&OpenFile, impl Iterator<Item = &[u8]>)> {
        self.files.iter()
    }

    /// The number of the next open file, if all tasks share one table (reference).
    pub fn next_fd(&self) -> u32 {
        self.files.next_fd
    }

    /// The modes of the standard streams of tasks to come: in, out, err.
    pub fn stdio_modes(&self) -> [u16; 3] {
        self.stdio_modes
    }

    /// Whether all tasks are paused.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// The active task.
    pub fn current(&self) -> Option<u16> {
        self.current
    }

    /// The PID of the next load.
    pub fn next_pid(&self) -> u32 {
        self.next_pid
    }

    /// The registers of a task.
    pub fn registers(&self, pid: u16) -> Option<Registers> {
        let vm = self.tasks[self.position(pid)?].vm;
        let special = |id| self.machine.special(vm, id);
        let stack = self.machine.vm.tasks().find(|task| task.pid == vm)?.stack;
        Some(Registers {
            pc: special(RegisterId::Pc),
            sp: special(RegisterId::Sp),
            psw: special(RegisterId::Psw) as u8,
            regs: self.machine.regs(vm),
            depth: self.machine.vm.depth(vm).unwrap_or(0),
            reg_base: special(RegisterId::Wp) as u16,
            stack,
        })
    }

    /// The data memory of a task, its registers included.
    pub fn memory(&self, pid: u16) -> Option<&S::Memory> {
        self.machine.vm.memory(self.tasks[self.position(pid)?].vm).ok()
    }

    /// Whether the machine of a task runs (reference); whether it is ready (strict).
    pub fn is_running(&self, pid: u16) -> bool {
        let Some(task) = self.position(pid).map(|at| &self.tasks[at]) else { return false };
        if self.overlays() {
            task.state() == State::Ready
        } else if self.current == Some(pid) {
            self.active.running
        } else {
            task.saved.running
        }
    }

    /// The events that wait for the next step (reference).
    pub fn pending(&self) -> impl Iterator<Item = &Event> {
        self.outbox.events(&self.outbox.pending)
    }

    /// The events that wait until a task is active (reference).
    pub fn pending_of<'a>(&'a self, task: &Task) -> impl Iterator<Item = &'a Event> {
        self.outbox.events(&task.events)
    }

    /// How many places of pools are in use: those of mailboxes, of the registry, and events.
    pub fn used(&self) -> [usize; 8] {
        let ([a, b, c, d, e], [f, g]) = (self.mail.used(), self.registry.used());
        [a, b, c, d, e, f, g, self.outbox.used()]
    }
}
