//! A command that cannot be carried out as it was given.

use std::fmt::Display;
use std::path::Path;

use oracle::report::Exit;

/// Why a command was not carried out, and the exit status that it ends with.
#[derive(Debug)]
pub struct Failure {
    /// The status.
    pub exit: Exit,
    /// For people.
    pub message: String,
}

impl Failure {
    /// Wrong usage, or a file that is not as it should be.
    pub fn usage(message: impl ToString) -> Self {
        Failure { exit: Exit::Usage, message: message.to_string() }
    }

    /// A file or a folder that cannot be read or written, or in which something is wrong.
    pub fn file(file: &Path, error: impl Display) -> Self {
        Failure::usage(format!("{}: {error}", file.display()))
    }

    /// Something that is needed is not there.
    pub fn undetermined(message: impl ToString) -> Self {
        Failure { exit: Exit::Undetermined, message: message.to_string() }
    }

    /// Nothing is left to do.
    pub fn nothing(message: impl ToString) -> Self {
        Failure { exit: Exit::NothingSelected, message: message.to_string() }
    }

    /// Our own fault.
    pub fn internal(message: impl ToString) -> Self {
        Failure { exit: Exit::Internal, message: message.to_string() }
    }
}
