//! The way back from the chip: an outcome, in pieces.

use minivm::call_stack::CallStack;
use minivm::memory::LoadStore;
use minivm::{Fault, Vm};
use serde::{Deserialize, Serialize};

use crate::case::Block;

/// A part of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item<'a> {
    /// An instruction that retired: its address, its first word, then psw, sp and registers after it.
    Row([u32; 20]),
    /// A return address, oldest first.
    Call(u32),
    /// Bytes of data memory. What no block names is zero.
    Memory(#[serde(borrow)] Block<'a>),
}

/// How a case ended, beside the number of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What stopped it; absent if all steps retired.
    pub stop: Option<Stop>,
    /// The state after it.
    pub state: State,
}

/// The state of a machine outside its memory and its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Address of the next instruction.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// Flags.
    pub psw: u8,
    /// R0 to R15.
    pub regs: [u32; 16],
}

impl State {
    /// The state of a VM.
    pub fn of<P: minivm::Profile, S: CallStack, M: LoadStore>(vm: &Vm<'_, P, S, M>) -> Self {
        State { pc: vm.context.pc, sp: vm.context.sp, psw: vm.context.psw, regs: vm.regs() }
    }
}

/// What stopped a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// A supervisor call: module, function.
    Svc(u8, u8),
    /// A breakpoint with its code.
    Break(u8),
    /// The program returned with this status.
    Returned(u32),
    /// The fault at this position of [`Fault::ALL`].
    Fault(u8),
}

impl Stop {
    /// What stopped the VM; `None` if it had no room for return addresses or could not move a page, which is no stop of the
    /// machine.
    pub fn of(stop: minivm::Stop) -> Option<Self> {
        Some(match stop {
            minivm::Stop::Svc { module, function } => Stop::Svc(module, function),
            minivm::Stop::Break { code } => Stop::Break(code),
            minivm::Stop::Returned { status } => Stop::Returned(status),
            minivm::Stop::Fault(fault) => Stop::Fault(fault as u8),
            minivm::Stop::CallDepth | minivm::Stop::Paging { .. } => return None,
        })
    }

    /// The stop of the VM that it stands for; `None` if there is no fault of this number.
    pub fn of_vm(self) -> Option<minivm::Stop> {
        Some(match self {
            Stop::Svc(module, function) => minivm::Stop::Svc { module, function },
            Stop::Break(code) => minivm::Stop::Break { code },
            Stop::Returned(status) => minivm::Stop::Returned { status },
            Stop::Fault(number) => minivm::Stop::Fault(*Fault::ALL.get(usize::from(number))?),
        })
    }
}

oracle_sequence::numbered! {
    /// What a case needs more of than the chip has.
    Limit {
        /// Return addresses.
        Calls,
        /// Steps: it asks for more than [`MAX_STEPS`](crate::MAX_STEPS).
        Steps,
        /// Data memory: a block does not lie within it.
        Memory,
    }
}

impl Limit {
    /// What there is too little of, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Limit::Calls => "the chip has no room for so many return addresses",
            Limit::Steps => "the chip does not run so many steps",
            Limit::Memory => "the chip has no memory there",
        }
    }
}

oracle_sequence::numbered! {
    /// The place in which a canary is wrong.
    Canary {
        /// One bit of a register.
        Register,
        /// One flag.
        Flag,
        /// The program counter.
        Pc,
        /// The stack pointer.
        Sp,
        /// One byte of data memory.
        Memory,
        /// One return address more than there are, or one less if there is no room.
        Calls,
    }
}

impl Canary {
    /// The name of the place, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Canary::Register => "register",
            Canary::Flag => "flag",
            Canary::Pc => "pc",
            Canary::Sp => "sp",
            Canary::Memory => "memory",
            Canary::Calls => "call stack",
        }
    }
}
