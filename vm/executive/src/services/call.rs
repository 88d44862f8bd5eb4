//! A supervisor call, and what serves one.

use minivm::control::Pid;

use crate::executive::{Executive, System};

/// A supervisor call that is being carried out. Arguments are in the registers of its task.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Place of the task in the order of loading.
    pub at: usize,
    /// The task.
    pub pid: u16,
    /// The task in the VM.
    pub vm: Pid,
    /// The function of the module.
    pub function: u8,
}

/// A module of services.
pub(crate) trait Service {
    /// Carries a call out: results are in the registers of the task then.
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call);
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// An argument.
    pub(super) fn word(&self, call: Call, register: u8) -> u32 {
        self.machine.reg(call.vm, register)
    }

    /// An argument of 16 bits.
    pub(super) fn half(&self, call: Call, register: u8) -> u16 {
        self.machine.half(call.vm, register)
    }

    /// The result in R0.
    pub(super) fn answer(&mut self, call: Call, status: u32) {
        self.machine.set_reg(call.vm, 0, status);
    }

    /// The results in R0 and R1.
    pub(super) fn answer_with(&mut self, call: Call, status: u32, result: u32) {
        self.answer(call, status);
        self.machine.set_reg(call.vm, 1, result);
    }
}
