//! Why a machine has stopped, as the package is told.

use minivm::control::Reason;

/// How many instructions are run before signals are looked for.
pub const SLICE: u32 = 10_000_000;

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
