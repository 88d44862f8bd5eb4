//! The control plane, as the executive uses it.

use minivm::control::{Arena, ControlPlane, MemConfig, Pid, Policy, RegisterId};
use minivm::memory::{Bytes, DataMemory, SIZE};
use minivm::{Profile, Reg};

/// The memory of a task that does not exist.
const NOTHING: [u8; 0] = [];

/// Tasks of the VM, by its own PIDs.
pub(crate) struct Machine<'m, P, const N: usize, M> {
    pub vm: ControlPlane<'m, P, N, M>,
}

impl<'m, P: Profile, const N: usize, M: DataMemory> Machine<'m, P, N, M> {
    /// A control plane in which a task that has stopped can go on: the reference's tasks do.
    pub fn new(profile: P, arenas: [Arena<'m, M>; N]) -> Self {
        let mut vm = ControlPlane::new(profile, arenas);
        // It is the default but for the policy, and the default makes sense.
        let _sensible = vm.init(&MemConfig { policy: Policy::ALLOW_PC_SET_STOPPED, ..MemConfig::default() });
        Machine { vm }
    }

    /// A register by its number; 0 above 15.
    pub fn reg(&self, task: Pid, number: u8) -> u32 {
        let reg = Reg::new(number).map(RegisterId::General);
        reg.and_then(|reg| self.vm.reg_for(task, reg).ok()).unwrap_or(0)
    }

    /// The low half of a register.
    pub fn half(&self, task: Pid, number: u8) -> u16 {
        self.reg(task, number) as u16
    }

    /// Sets a register by its number; nothing above 15.
    pub fn set_reg(&mut self, task: Pid, number: u8, value: u32) {
        if let Some(reg) = Reg::new(number) {
            self.set(task, RegisterId::General(reg), value);
        }
    }

    /// R0 to R15.
    pub fn regs(&self, task: Pid) -> [u32; 16] {
        core::array::from_fn(|number| self.reg(task, number as u8))
    }

    /// Sets R0 to R15.
    pub fn set_regs(&mut self, task: Pid, regs: [u32; 16]) {
        for (number, value) in (0..).zip(regs) {
            self.set_reg(task, number, value);
        }
    }

    /// pc, sp, psw or wp.
    pub fn special(&self, task: Pid, id: RegisterId) -> u32 {
        self.vm.reg_for(task, id).unwrap_or(0)
    }

    /// Sets a register that may be set.
    pub fn set(&mut self, task: Pid, id: RegisterId, value: u32) {
        // A task of the executive exists in the VM, and pc, psw and R0 to R15 can be set.
        let _set = self.vm.set_reg_for(task, id, value);
    }

    /// Data memory.
    pub fn bytes(&self, task: Pid) -> &dyn Bytes {
        self.vm.memory(task).map_or(&NOTHING, |memory| memory)
    }

    /// Data memory from `address` on, cut at its end.
    pub fn slice(&mut self, task: Pid, address: u16, length: u16) -> &[u8] {
        self.vm.gather(task, address, length).unwrap_or_default()
    }

    /// Writes to data memory, cut at its end; whether all of it lay within.
    pub fn write(&mut self, task: Pid, address: u32, bytes: &[u8]) -> bool {
        let room = SIZE.saturating_sub(address as usize);
        let within = &bytes[..bytes.len().min(room)];
        if !within.is_empty() && self.vm.set_context(task).is_ok() {
            let _within = self.vm.write(address, within);
        }
        within.len() == bytes.len()
    }
}
