//! What `SVC` calls: a module of services each in one file, behind one trait.
//!
//! | module | service |
//! |---|---|
//! | 0 | `core`: steps |
//! | 1 | `task`: exit, UART |
//! | 2 | `can`: frames |
//! | 3 | `exec`: nothing yet |
//! | 4 | `files`: the file system |
//! | 5 | `mailboxes` |
//! | 6 | `sleep`: sleep and yield |
//! | 7 | `values` |
//! | 8 | `commands` |
//! | 14 | `libm`: functions on binary16 |

mod can;
mod commands;
mod core;
mod exec;
mod files;
mod libm;
mod mailboxes;
mod sleep;
mod task;
mod values;

pub use minivm::control::ENOSYS;
use minivm::control::Pid;

use crate::executive::{Executive, System};

/// A supervisor call that is being carried out. Arguments are in the registers of its task.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Place of the task in the order of loading.
    pub at: usize,
    /// The task.
    pub pid: u16,
    /// The task in the VM.
    pub vm: Pid,
    /// The function of the module.
    pub function: u8,
}

/// A module of services.
pub(crate) trait Service {
    /// Carries a call out: results are in the registers of the task then.
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call);
}

/// Carries a supervisor call of a task out.
pub(crate) fn call<S: System, const N: usize>(
    executive: &mut Executive<'_, S, N>,
    at: usize,
    module: u8,
    function: u8,
) {
    let task = &executive.tasks[at];
    let call = Call { at, pid: task.pid, vm: task.vm, function };
    match module {
        0x0 => core::Core::call(executive, call),
        0x1 => task::Task::call(executive, call),
        0x2 => can::Can::call(executive, call),
        0x3 => exec::Exec::call(executive, call),
        0x4 => files::Files::call(executive, call),
        0x5 => mailboxes::Mailboxes::call(executive, call),
        0x6 => sleep::Sleep::call(executive, call),
        0x7 => values::Values::call(executive, call),
        0x8 => commands::Commands::call(executive, call),
        0xE => libm::Libm::call(executive, call),
        _ => executive.answer(call, ENOSYS),
    }
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// An argument.
    fn word(&self, call: Call, register: u8) -> u32 {
        self.machine.reg(call.vm, register)
    }

    /// An argument of 16 bits.
    fn half(&self, call: Call, register: u8) -> u16 {
        self.machine.half(call.vm, register)
    }

    /// The result in R0.
    fn answer(&mut self, call: Call, status: u32) {
        self.machine.set_reg(call.vm, 0, status);
    }

    /// The results in R0 and R1.
    fn answer_with(&mut self, call: Call, status: u32, result: u32) {
        self.answer(call, status);
        self.machine.set_reg(call.vm, 1, result);
    }
}
