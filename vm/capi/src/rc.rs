//! What a call returns.

use minivm::control::Error;
use minivm::hxe::Errno;

/// What a call returns: 0, or an error of the design document as the negative number that Linux has for it, on every
/// system.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// cbindgen:rename-all=ScreamingSnakeCase
pub enum Rc {
    /// The call did what it is for.
    VmOk = 0,
    /// EPERM: the policy forbids it, or the VM itself (the workspace pointer cannot be set).
    VmEperm = -1,
    /// ESRCH: there is no such task, or no task is active.
    VmEsrch = -3,
    /// EFAULT: a block that does not lie within the task's data memory.
    VmEfault = -14,
    /// EBUSY: the task is in the wrong state, or another image is being loaded.
    VmEbusy = -16,
    /// EINVAL: an argument that can never be right.
    VmEinval = -22,
    /// ENOSPC: there is no room for it in what was lent.
    VmEnospc = -28,
    /// ENOSYS: the registers before the last instruction are not kept.
    VmEnosys = -38,
    /// EBADMSG: the image is not a good one.
    VmEbadmsg = -74,
}

impl Rc {
    /// What came out of the work of a call.
    pub(crate) fn of(work: impl FnOnce() -> Result<(), Rc>) -> Rc {
        work().err().unwrap_or(Rc::VmOk)
    }
}

impl From<Error> for Rc {
    fn from(error: Error) -> Rc {
        match error.errno() {
            Errno::BadMessage => Rc::VmEbadmsg,
            Errno::NoSpace => Rc::VmEnospc,
            Errno::NoTask => Rc::VmEsrch,
            Errno::Busy => Rc::VmEbusy,
            Errno::Invalid => Rc::VmEinval,
            Errno::NotPermitted => Rc::VmEperm,
            Errno::Fault => Rc::VmEfault,
        }
    }
}
