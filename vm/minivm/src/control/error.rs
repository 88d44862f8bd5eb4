//! What can go wrong with a call of the control plane.

use core::fmt::{self, Display, Formatter};

use super::pid::{Pid, TaskState};
use super::policy::Policy;
use crate::hxe::{Errno, LoadError};

/// Why a call of the control plane was refused. A refused call changes nothing, but for the loading of an image, which
/// ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The image is invalid, or does not fit the arena. `EBADMSG`, `ENOSPC`.
    Image(LoadError),
    /// No arena is free. `ENOSPC`.
    NoArena,
    /// A field of the configuration makes no sense. `EINVAL`.
    Config {
        /// The field, as the document names it.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// A field of the configuration asks for more than there is. `ENOSPC`.
    TooLarge {
        /// The field, as the document names it.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// There is no such task. `ESRCH`.
    NoTask(Pid),
    /// No task is active. `ESRCH`.
    NoActiveTask,
    /// The task is in the wrong state. `EBUSY`.
    Busy(Pid, TaskState),
    /// There is no register of this number. `EINVAL`.
    NoRegister(u32),
    /// The register cannot have this value. `EINVAL`.
    RegisterValue(u32),
    /// The policy forbids it; the flag that does, or whose absence does. `EPERM`.
    NotPermitted(Policy),
    /// The workspace pointer is the VM's own and cannot be set (document 4.8). `EPERM`.
    WorkspacePointer,
    /// The block does not lie within the task's memory. `EFAULT`.
    Address {
        /// Its first byte.
        address: u32,
        /// Its length in bytes.
        length: usize,
    },
}

impl Error {
    /// The error of the design document.
    ///
    /// ```
    /// # use minivm::{control::Error, hxe::Errno};
    /// assert_eq!(Error::NoRegister(9).errno(), Errno::Invalid);
    /// assert_eq!(Error::NoRegister(9).to_string(), "EINVAL: there is no register 9");
    /// ```
    pub const fn errno(self) -> Errno {
        match self {
            Error::Image(error) => error.defect.errno(),
            Error::NoArena | Error::TooLarge { .. } => Errno::NoSpace,
            Error::NoTask(_) | Error::NoActiveTask => Errno::NoTask,
            Error::Busy(..) => Errno::Busy,
            Error::Config { .. } | Error::NoRegister(_) | Error::RegisterValue(_) => Errno::Invalid,
            Error::NotPermitted(_) | Error::WorkspacePointer => Errno::NotPermitted,
            Error::Address { .. } => Errno::Fault,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.errno().name())?;
        match self {
            Error::Image(error) => write!(f, "{error}"),
            Error::NoArena => f.write_str("no arena is free"),
            Error::Config { field, value } => write!(f, "{field} cannot be {value}"),
            Error::TooLarge { field, value } => write!(f, "{field} of {value} is more than there is"),
            Error::NoTask(pid) => write!(f, "there is no task {pid}"),
            Error::NoActiveTask => f.write_str("no task is active"),
            Error::Busy(pid, state) => write!(f, "task {pid} is {state}"),
            Error::NoRegister(number) => write!(f, "there is no register {number}"),
            Error::RegisterValue(value) => write!(f, "the register cannot be {value:#x}"),
            Error::NotPermitted(policy) => write!(f, "the policy forbids it ({policy:?})"),
            Error::WorkspacePointer => f.write_str("the workspace pointer cannot be set"),
            Error::Address { address, length } => {
                write!(f, "{length} bytes at {address:#x} are not in the task's memory")
            }
        }
    }
}

impl core::error::Error for Error {}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Error::Image(error)
    }
}
