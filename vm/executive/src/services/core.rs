//! Module 0: the core.

use super::call::{Call, Service};
use crate::executive::{Executive, System};
use minivm::control::ENOSYS;

/// Function 0: how many instructions the task has carried out before this one.
pub(super) struct Core;

impl Service for Core {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        let answer = if call.function == 0 { executive.tasks[call.at].steps as u32 } else { ENOSYS };
        executive.answer(call, answer);
    }
}
