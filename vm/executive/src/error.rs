//! What a call of the executive can be refused for, and what ends an executive.

use core::fmt::{self, Display, Formatter};

/// Why a call of the host was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Error {
    /// `EBADMSG`: the image is invalid.
    BadImage,
    /// `EEXIST`: the name, the value or the command exists.
    Exists,
    /// `ENOSPC`: there is no room for the task, a value or a command.
    NoSpace,
    /// `ENODESC`: there is no descriptor left.
    NoDescriptor,
    /// `ENOHANDLE`: the task has as many handles as it may.
    NoHandle,
    /// `EINVAL`: an argument makes no sense.
    Invalid,
    /// `EBADF`: there is no such handle.
    BadHandle,
    /// `EMSGSIZE`: the message is larger than the mailbox.
    TooLarge,
    /// `ESRCH`: there is no such task.
    NoTask,
}

impl Error {
    /// The name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Error::BadImage => "EBADMSG",
            Error::Exists => "EEXIST",
            Error::NoSpace => "ENOSPC",
            Error::NoDescriptor => "ENODESC",
            Error::NoHandle => "ENOHANDLE",
            Error::Invalid => "EINVAL",
            Error::BadHandle => "EBADF",
            Error::TooLarge => "EMSGSIZE",
            Error::NoTask => "ESRCH",
        }
    }

    /// What it means, in words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Error::BadImage => "the image is invalid",
            Error::Exists => "the name, the value or the command exists",
            Error::NoSpace => "there is no room for the task, a value or a command",
            Error::NoDescriptor => "there is no descriptor left",
            Error::NoHandle => "there are as many handles as there may be",
            Error::Invalid => "an argument makes no sense",
            Error::BadHandle => "there is no such handle",
            Error::TooLarge => "the message is larger than the mailbox",
            Error::NoTask => "there is no such task",
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::error::Error for Error {}

/// What makes the reference throw an exception out of its controller. Nothing that happens after it has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Raise {
    /// `F2I` of NaN or infinity.
    InvalidConversion,
    /// `sin` or `cos` of infinity.
    LibmDomain,
    /// `exp` of a number whose result is beyond binary64.
    LibmOverflow,
    /// A mailbox target with a bad PID.
    BadTarget,
    /// Reading or writing an open file that was deleted or renamed.
    StaleFd,
    /// `RET` whose word straddles the end of memory.
    RetStraddle,
    /// A service wrote beyond 64 KiB, and the memory of the task grew.
    MemoryGrowth,
}

impl Raise {
    /// The name in outcomes.
    pub const fn name(self) -> &'static str {
        match self {
            Raise::InvalidConversion => "invalid_conversion",
            Raise::LibmDomain => "libm_domain",
            Raise::LibmOverflow => "libm_overflow",
            Raise::BadTarget => "bad_target",
            Raise::StaleFd => "stale_fd",
            Raise::RetStraddle => "ret_straddle",
            Raise::MemoryGrowth => "memory_growth",
        }
    }
}

/// What this executive cannot hold or tell, while one with more room could. The call that needed it has been answered
/// as if the thing were full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shortage {
    /// Tasks, or code of one.
    Tasks,
    /// Data memory of a task.
    Memory,
    /// Messages: blocks, their places in queues, or the bytes that may be queued.
    Messages,
    /// Mailboxes, handles, taps, subscribers or waiters.
    Mailboxes,
    /// Values, commands, their records or texts.
    Registry,
    /// Files, their bytes, names or open files.
    Files,
    /// Events that wait for the next step.
    Events,
    /// The non-volatile store.
    Store,
    /// PIDs: all 65,535 have been used.
    Pids,
    /// A decimal digit outside ASCII in a PID, which the reference reads.
    Digits,
    /// An image that the machine of this build cannot look into: mailboxes as JSON without an allocator.
    Image,
}

impl Shortage {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Shortage::Tasks => "tasks",
            Shortage::Memory => "memory",
            Shortage::Messages => "messages",
            Shortage::Mailboxes => "mailboxes",
            Shortage::Registry => "registry",
            Shortage::Files => "files",
            Shortage::Events => "events",
            Shortage::Store => "store",
            Shortage::Pids => "pids",
            Shortage::Digits => "digits",
            Shortage::Image => "image",
        }
    }
}
