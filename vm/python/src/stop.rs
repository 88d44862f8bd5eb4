//! Why a machine has stopped, as the package is told.

use minivm::control::Reason;
use pyo3::prelude::*;

/// How many instructions are run before others have a chance: a few milliseconds, which is what the interpreter gives a
/// thread.
pub const SLICE: u32 = 1_000_000;

/// Between two slices of a long run, with nothing borrowed: lets other threads of Python run, then sees whether a signal
/// has come.
pub fn breathe(py: Python<'_>) -> PyResult<()> {
    py.detach(|| ());
    py.check_signals()
}

/// A stop: what kind it is, and the number that belongs to it.
pub type StopParts = (&'static str, u32);

/// A reason as the package is told; nothing if all instructions asked for have retired.
pub fn parts(reason: Reason) -> Option<StopParts> {
    match reason {
        Reason::Ok => None,
        Reason::Svc { module, function } => Some(("svc", u32::from(module) << 8 | u32::from(function))),
        Reason::Break { code } => Some(("break", code.into())),
        Reason::Returned { status } => Some(("returned", status)),
        Reason::Fault(fault) => Some(("fault", fault as u32)),
    }
}
