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

mod call;
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

pub(crate) use call::{Call, Service};

use crate::executive::{Executive, System};

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
        0x2 if cfg!(feature = "can") => can::Can::call(executive, call),
        0x3 => exec::Exec::call(executive, call),
        0x4 if cfg!(feature = "files") => files::Files::call(executive, call),
        0x5 => mailboxes::Mailboxes::call(executive, call),
        0x6 => sleep::Sleep::call(executive, call),
        0x7 => values::Values::call(executive, call),
        0x8 => commands::Commands::call(executive, call),
        0xE if cfg!(feature = "libm") => libm::Libm::call(executive, call),
        _ => executive.answer(call, ENOSYS),
    }
}
