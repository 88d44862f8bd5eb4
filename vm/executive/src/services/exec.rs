//! Module 3: the executive as tasks see it. It has no functions: there is no call to load or to kill (row E40).

use super::call::{Call, Service};
use crate::executive::{Executive, System};
use minivm::control::ENOSYS;

/// No functions.
pub(super) struct Exec;

impl Service for Exec {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        executive.answer(call, ENOSYS);
    }
}
