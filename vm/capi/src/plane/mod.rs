//! The control plane: section 6.1.1 of the design document.

mod access;
mod config;
mod create;
mod load;
mod run;
mod tasks;

use minivm::SwitchSet;
use minivm::control::{ControlPlane, Pid};

use crate::rc::Rc;
use crate::room::Room;
use crate::storage::{self, PlaneStorage, Stored};

pub use access::*;
pub use config::*;
pub use create::*;
pub use load::*;
pub use run::*;
pub use tasks::*;

/// The most tasks that a control plane can have.
pub const VM_MAX_TASKS: usize = 8;

type Machine = ControlPlane<'static, SwitchSet, VM_MAX_TASKS, Room>;

/// A control plane, in storage of the caller's.
pub struct Plane {
    mark: u32,
    /// How many arenas were lent. The others have no memory, and no task is ever in one: arenas are taken from the first
    /// on, and there are never more tasks than arenas were lent.
    arenas: u32,
    machine: Machine,
    /// What `machine` refers to. Nobody else touches it.
    rooms: [Room; VM_MAX_TASKS],
}

impl Stored for Plane {
    type Storage = PlaneStorage;
    const MARK: u32 = 0x4D56_4350;

    unsafe fn mark(at: *const Self) -> u32 {
        // SAFETY: it lies within what the caller points to.
        unsafe { (&raw const (*at).mark).read() }
    }
}

/// A control plane of the caller's.
unsafe fn machine<'a>(vm: *mut Plane) -> Result<&'a mut Machine, Rc> {
    // SAFETY: the pointer is the caller's; one thread uses the plane at a time, so nobody else holds a reference to it.
    unsafe { Ok(&mut (*storage::made(vm)?).machine) }
}

/// The same to look at.
unsafe fn shared<'a>(vm: *const Plane) -> Result<&'a Machine, Rc> {
    // SAFETY: as in `machine`.
    unsafe { Ok(&(*storage::made(vm)?).machine) }
}

/// The PID of this number. No task has any other.
fn pid(number: u32) -> Result<Pid, Rc> {
    u16::try_from(number).ok().and_then(Pid::new).ok_or(Rc::VmEsrch)
}
