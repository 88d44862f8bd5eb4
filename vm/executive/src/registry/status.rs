//! How calls end.

use crate::error::Error;

/// How a call on a value or a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0.
    Ok,
    /// 1: there is no such OID.
    NoEntry,
    /// 2: not this caller, or nobody.
    NotPermitted,
    /// 3: a table is full.
    NoSpace,
    /// 4: an argument makes no sense.
    Invalid,
    /// 5: the OID is taken.
    Exists,
    /// 6: the value changed a moment ago.
    Busy,
    /// 6: the command may not be called without waiting.
    NoAsync,
    /// 7: the handler failed.
    Failed,
}

impl Status {
    /// What a task gets in R0.
    pub const fn code(self) -> u8 {
        match self {
            Status::Ok => 0,
            Status::NoEntry => 1,
            Status::NotPermitted => 2,
            Status::NoSpace => 3,
            Status::Invalid => 4,
            Status::Exists => 5,
            Status::Busy | Status::NoAsync => 6,
            Status::Failed => 7,
        }
    }

    /// The name in the headers for guests, without its prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::NoEntry => "ENOENT",
            Status::NotPermitted => "EPERM",
            Status::NoSpace => "ENOSPC",
            Status::Invalid => "EINVAL",
            Status::Exists => "EEXIST",
            Status::Busy => "EBUSY",
            Status::NoAsync => "ENOASYNC",
            Status::Failed => "EFAIL",
        }
    }

    /// What it means, in words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Status::Ok => "it is done",
            Status::NoEntry => "there is no such OID",
            Status::NotPermitted => "not this caller, or nobody",
            Status::NoSpace => "a table is full",
            Status::Invalid => "an argument makes no sense",
            Status::Exists => "the OID is taken",
            Status::Busy => "the value changed a moment ago",
            Status::NoAsync => "the command may not be called without waiting",
            Status::Failed => "the handler failed",
        }
    }
}

impl From<Status> for Error {
    /// What it means for the image that declares the value or command.
    fn from(status: Status) -> Error {
        if status == Status::Exists { Error::Exists } else { Error::NoSpace }
    }
}
