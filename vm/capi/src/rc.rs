//! What a call returns.

use executive::registry::Status;
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
    /// ENOENT: there is no such value or command.
    VmEnoent = -2,
    /// ESRCH: there is no such task, or no task is active.
    VmEsrch = -3,
    /// EIO: the handler of a command failed.
    VmEio = -5,
    /// EBADF: there is no such handle.
    VmEbadf = -9,
    /// EAGAIN: there is nothing now, or no room now; later there may be.
    VmEagain = -11,
    /// EFAULT: a block that does not lie within the task's data memory.
    VmEfault = -14,
    /// EBUSY: the task is in the wrong state, another image is being loaded, or the value changed a moment ago.
    VmEbusy = -16,
    /// EEXIST: the name, the value or the command exists.
    VmEexist = -17,
    /// EINVAL: an argument that can never be right.
    VmEinval = -22,
    /// ENFILE: there are as many mailboxes as there may be.
    VmEnfile = -23,
    /// EMFILE: there are as many handles as there may be.
    VmEmfile = -24,
    /// ENOSPC: there is no room for it in what was lent.
    VmEnospc = -28,
    /// ENOSYS: the registers before the last instruction are not kept.
    VmEnosys = -38,
    /// EBADMSG: the image is not a good one.
    VmEbadmsg = -74,
    /// EMSGSIZE: the message is larger than the mailbox.
    VmEmsgsize = -90,
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

impl From<executive::Error> for Rc {
    fn from(error: executive::Error) -> Rc {
        match error {
            executive::Error::BadImage => Rc::VmEbadmsg,
            executive::Error::Exists => Rc::VmEexist,
            executive::Error::NoSpace => Rc::VmEnospc,
            executive::Error::NoDescriptor => Rc::VmEnfile,
            executive::Error::NoHandle => Rc::VmEmfile,
            executive::Error::Invalid => Rc::VmEinval,
            executive::Error::BadHandle => Rc::VmEbadf,
            executive::Error::TooLarge => Rc::VmEmsgsize,
            executive::Error::NoTask => Rc::VmEsrch,
        }
    }
}

impl From<Status> for Rc {
    fn from(status: Status) -> Rc {
        match status {
            Status::Ok => Rc::VmOk,
            Status::NoEntry => Rc::VmEnoent,
            Status::NotPermitted => Rc::VmEperm,
            Status::NoSpace => Rc::VmEnospc,
            Status::Invalid => Rc::VmEinval,
            Status::Exists => Rc::VmEexist,
            Status::Busy => Rc::VmEbusy,
            Status::NoAsync => Rc::VmEnosys,
            Status::Failed => Rc::VmEio,
        }
    }
}
