//! A control plane as it lies in the caller's storage, and how a call gets at it.

use minivm::SwitchSet;
use minivm::control::{ControlPlane, Pid};

use crate::arena::VM_MAX_TASKS;
use crate::rc::Rc;
use crate::room::Room;
use crate::storage::{self, PlaneStorage, Stored};

pub(super) type Machine = ControlPlane<'static, SwitchSet, VM_MAX_TASKS, Room>;

/// A control plane, in storage of the caller's.
pub struct Plane {
    pub(super) mark: u32,
    /// How many arenas were lent. The others have no memory, and no task is ever in one: arenas are taken from the first
    /// on, and there are never more tasks than arenas were lent.
    pub(super) arenas: u32,
    pub(super) machine: Machine,
    /// What `machine` refers to. Nobody else touches it.
    pub(super) rooms: [Room; VM_MAX_TASKS],
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
pub(super) unsafe fn machine<'a>(vm: *mut Plane) -> Result<&'a mut Machine, Rc> {
    // SAFETY: the pointer is the caller's; one thread uses the plane at a time, so nobody else holds a reference to it.
    unsafe { Ok(&mut (*storage::made(vm)?).machine) }
}

/// The same to look at.
pub(super) unsafe fn shared<'a>(vm: *const Plane) -> Result<&'a Machine, Rc> {
    // SAFETY: as in `machine`.
    unsafe { Ok(&(*storage::made(vm)?).machine) }
}

/// The PID of this number. No task has any other.
pub(super) fn pid(number: u32) -> Result<Pid, Rc> {
    u16::try_from(number).ok().and_then(Pid::new).ok_or(Rc::VmEsrch)
}
