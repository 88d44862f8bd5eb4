//! Vectors of the control plane as they are written in YAML: the keys, and what stands behind them.
//!
//! `images` names images: MVASM source, or a mapping of what an image is made of, as vectors of `hxe` have it. `calls`
//! are the calls in order, each a line of its name and arguments. A call alone must be carried out, whatever it gives.
//! Behind a colon stands what it gives, or the error with which it is refused:
//!
//! ```yaml
//! images: {seven: "LDI R0, 7\nRET"}
//! calls:
//!   - load seven
//!   - set_context 0
//!   - clock 5: returned 7
//!   - reg_get r0: 7
//!   - step: EBUSY
//! expect: {active: 0, tasks: {0: {state: stopped, pc: 4}}}
//! ```
//!
//! `expect` is the state at the end, as far as it counts; what it does not name is open.

use oracle::keys;
use oracle::suite::text::{HexBytes, Pairs};
use serde::Deserialize;
use serde_json::Value as Json;
use vectors_hxe::scripts::{Images, Lines};

use crate::outcome::Lifecycle;

keys! {
    /// The keys of a case.
    pub struct Given {
        /// The images that calls name.
        images: Images,
        /// What the VM was built with, as far as it is not the default.
        config: ConfigText,
        /// The calls, in order.
        calls: Lines,
    }
}

keys! {
    /// What the VM was built with.
    pub struct ConfigText {
        /// How many tasks there is room for, 1 to 4.
        arenas: u32,
        /// Bytes of code for each task.
        code: u32,
        /// Bytes of metadata for each task.
        metadata: u32,
    }
}

keys! {
    /// What is expected.
    pub struct Expect {
        /// What calls give by their position from 1, instead of what stands behind them.
        results: Pairs<usize, Json>,
        /// The active task, or `nobody`.
        active: Who,
        /// The task that loads, or `nobody`.
        loading: Who,
        /// The last instruction.
        last: LastText,
        /// The tasks by their numbers; there are no others.
        tasks: Pairs<u32, TaskText>,
        /// Everything, as the machine protocol has it.
        outcome: Json,
    }
}

/// A task or nobody.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Who {
    /// The task of this number.
    Task(u32),
    /// None.
    Nobody(Nobody),
}

/// The word for no task.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nobody {
    /// No task.
    Nobody,
}

impl Who {
    /// The task, if there is one.
    pub fn task(self) -> Option<u32> {
        match self {
            Who::Task(task) => Some(task),
            Who::Nobody(_) => None,
        }
    }
}

keys! {
    /// The last instruction.
    pub struct LastText {
        /// Its address.
        pc: u32,
        /// Its first word.
        opcode: u32,
    }
}

/// A task at the end.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum TaskText {
    /// Only its state counts.
    State(Lifecycle),
    /// What counts of it.
    Fields(Box<TaskFields>),
}

impl TaskText {
    /// The state that is stated.
    pub fn state(&self) -> Option<Lifecycle> {
        match self {
            TaskText::State(state) => Some(*state),
            TaskText::Fields(fields) => fields.state,
        }
    }
}

/// Declares the keys of a task: fields of its own, and R0 to R15.
macro_rules! task {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)* => $($reg:ident)*) => {
        keys! {
            /// What counts of a task.
            pub struct TaskFields {
                $($(#[$doc])* $field: $type,)*
                $(#[doc = "A register."] $reg: u32,)*
            }
        }

        impl TaskFields {
            /// R0 to R15, as far as they are stated.
            pub fn regs(&self) -> [Option<u32>; 16] {
                [$(self.$reg,)*]
            }
        }
    };
}

task! {
    /// Its state.
    state: Lifecycle,
    /// The latched fault; 0 for none.
    fault_code: u16,
    /// The address of the next instruction.
    pc: u32,
    /// The stack pointer.
    sp: u32,
    /// The flags: Z=1, C=2, N=4, V=8.
    psw: u8,
    /// Where the registers are in data memory.
    wp: u32,
    /// Bytes of data memory by their address.
    mem: Pairs<u32, HexBytes>,
    => r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

keys! {
    /// What counts of how a step ended.
    pub struct StepText {
        /// Why it ended: `ok`, `svc MODULE FUNCTION`, `break CODE`, `returned STATUS` or `fault NAME`.
        reason: String,
        /// The address of the next instruction.
        pc: u32,
        /// Instructions retired.
        retired: u32,
        /// Their cycles.
        cycles: u64,
    }
}

keys! {
    /// What counts of a task that is listed.
    pub struct RowText {
        /// Its number.
        task: u32,
        /// Its state.
        state: Lifecycle,
        /// The latched fault; 0 for none.
        fault_code: u16,
        /// The first address of the stack, and the one behind it.
        stack: [u32; 2],
        /// The first address of the heap, and the one behind it.
        heap: [u32; 2],
    }
}
