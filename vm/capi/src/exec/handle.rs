//! An executive as it lies in the caller's storage, and how a call gets at it.

use executive::hal::{NoCommands, RamFiles, RamStore};
use executive::scheduler::AnyPolicy;
use executive::{Executive, SwitchSet, System};

use super::devices::Queues;
use super::rooms::Kept;
use crate::arena::VM_MAX_TASKS;
use crate::rc::Rc;
use crate::room::Room;
use crate::storage::{self, ExecStorage, Stored};

/// What an executive for C is made of.
pub(super) struct ForC;

impl System for ForC {
    type Profile = SwitchSet;
    type Memory = Room;
    type Policy = AnyPolicy;
    type Devices = Queues;
    type Files = RamFiles<'static>;
    type Store = RamStore<'static>;
    type Commands = NoCommands;
}

pub(super) type Machine = Executive<'static, ForC, VM_MAX_TASKS>;

/// An executive, in storage of the caller's.
pub struct Exec {
    pub(super) mark: u32,
    pub(super) machine: Machine,
    /// What `machine` refers to, here and below. Nobody else touches it.
    pub(super) memories: [Room; VM_MAX_TASKS],
    pub(super) kept: Kept,
}

impl Stored for Exec {
    type Storage = ExecStorage;
    const MARK: u32 = 0x4D56_4558;

    unsafe fn mark(at: *const Self) -> u32 {
        // SAFETY: it lies within what the caller points to.
        unsafe { (&raw const (*at).mark).read() }
    }
}

/// An executive of the caller's.
pub(super) unsafe fn machine<'a>(exec: *mut Exec) -> Result<&'a mut Machine, Rc> {
    // SAFETY: the pointer is the caller's; one thread uses the executive at a time, so nobody else holds a reference to it.
    unsafe { Ok(&mut (*storage::made(exec)?).machine) }
}

/// The same to look at.
pub(super) unsafe fn shared<'a>(exec: *const Exec) -> Result<&'a Machine, Rc> {
    // SAFETY: as in `machine`.
    unsafe { Ok(&(*storage::made(exec)?).machine) }
}
