//! What is wrong with a text, and where.

use alloc::string::String;
use core::fmt::{self, Display, Formatter};

/// Why a text does not assemble, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsmError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in a few words.
    pub message: String,
}

impl Display for AsmError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl core::error::Error for AsmError {}

/// A complaint about a piece of a line; becomes an [`AsmError`] where the line is known.
pub(super) struct Complaint<'s> {
    pub at: &'s str,
    pub message: String,
}

pub(super) type Parsed<'s, T> = Result<T, Complaint<'s>>;

pub(super) fn complain<'s, T>(at: &'s str, message: impl Into<String>) -> Parsed<'s, T> {
    Err(Complaint { at, message: message.into() })
}

/// The complaint with its place: in this line, counted from 0.
pub(super) fn locate(complaint: Complaint<'_>, index: usize, line: &str) -> AsmError {
    let offset = complaint.at.as_ptr() as usize - line.as_ptr() as usize;
    let column = line.get(..offset).map_or(0, |before| before.chars().count());
    AsmError { line: index + 1, column: column + 1, message: complaint.message }
}
