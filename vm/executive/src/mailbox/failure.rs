//! Why calls on mailboxes fail.

use crate::error::Error;

/// Why a mailbox call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The handle is not open.
    BadHandle,
    /// The message is larger than the mailbox.
    TooLarge,
    /// There is no descriptor left.
    NoDescriptor,
    /// The PID has as many handles as it may.
    NoHandle,
    /// The target is empty or malformed.
    BadTarget,
}

impl Failure {
    /// What a task gets in R0.
    pub const fn status(self) -> u32 {
        match self {
            Failure::BadHandle => 2,
            Failure::TooLarge => 4,
            Failure::NoDescriptor | Failure::NoHandle => 5,
            Failure::BadTarget => 0xFF,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::BadHandle => Error::BadHandle,
            Failure::TooLarge => Error::TooLarge,
            Failure::NoDescriptor => Error::NoDescriptor,
            Failure::NoHandle => Error::NoHandle,
            Failure::BadTarget => Error::Invalid,
        }
    }
}
