//! Module 1: leaving, and text.

use super::call::{Call, Service};
use crate::executive::{Executive, System};
use crate::hal::Devices;
use minivm::control::ENOSYS;

/// Function 0: the task leaves. Function 1: text at R1, R2 bytes, goes to the UART.
pub(super) struct Task;

impl Service for Task {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        match call.function {
            0 => {
                let code = executive.word(call, 0);
                executive.outbox.devices.exit(call.pid, code);
                executive.returns(call.at, false);
            }
            1 => {
                let (ptr, length) = (executive.half(call, 1), executive.half(call, 2));
                let text = executive.machine.slice(call.vm, ptr, length);
                executive.outbox.devices.uart(call.pid, text);
                executive.answer(call, length.into());
            }
            _ => executive.answer(call, ENOSYS),
        }
    }
}
