//! Module 2: the CAN bus.

use super::call::{Call, Service};
use crate::executive::{Executive, System};
use crate::hal::Devices;
use minivm::control::ENOSYS;

/// The bits of a standard identifier.
const ID: u16 = 0x7FF;

/// Function 0: a frame with identifier R1 and the R3 bytes at R2.
pub(super) struct Can;

impl Service for Can {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        if call.function != 0 {
            return executive.answer(call, ENOSYS);
        }
        let (id, ptr, length) = (executive.half(call, 1), executive.half(call, 2), executive.half(call, 3));
        let data = executive.machine.slice(call.vm, ptr, length & 0xFF);
        executive.outbox.devices.can(call.pid, id & ID, data);
        executive.answer(call, 0);
    }
}
