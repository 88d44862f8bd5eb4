//! An outcome: what each call gave, and the state that the calls leave.

use std::fmt::{self, Display, Formatter};

use minivm::control::TaskState;
use minivm::hxe::Errno;
use oracle::hex;
use oracle::subject::script::Played;
use serde::{Deserialize, Serialize};
use vectors_minivm::{Block, Stop};

/// What came of a script.
pub type Outcome = Played<CallResult, Final>;

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallResult {
    /// The call was carried out.
    Ok(Value),
    /// The call was refused.
    Error(Refusal),
}

/// Why a call was refused, by the names of the design document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Refusal {
    /// An argument makes no sense.
    EInval,
    /// There is no room.
    ENoSpc,
    /// The image is not a good one.
    EBadMsg,
    /// Nobody is named.
    ESrch,
    /// The task is in the wrong state, or another image loads.
    EBusy,
    /// The range does not end within memory.
    EFault,
    /// The policy, or the VM itself, does not allow it.
    EPerm,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 7] = [
        Refusal::EInval,
        Refusal::ENoSpc,
        Refusal::EBadMsg,
        Refusal::ESrch,
        Refusal::EBusy,
        Refusal::EFault,
        Refusal::EPerm,
    ];

    /// Its name in the design document.
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::EInval => "EINVAL",
            Refusal::ENoSpc => "ENOSPC",
            Refusal::EBadMsg => "EBADMSG",
            Refusal::ESrch => "ESRCH",
            Refusal::EBusy => "EBUSY",
            Refusal::EFault => "EFAULT",
            Refusal::EPerm => "EPERM",
        }
    }
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::Invalid => Refusal::EInval,
            Errno::NoSpace => Refusal::ENoSpc,
            Errno::BadMessage => Refusal::EBadMsg,
            Errno::NoTask => Refusal::ESrch,
            Errno::Busy => Refusal::EBusy,
            Errno::Fault => Refusal::EFault,
            Errno::NotPermitted => Refusal::EPerm,
        }
    }
}

/// What a call gives that is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing but that it was carried out; of `last_regs`, that registers are not kept.
    Nothing,
    /// A register, an address or an instruction word.
    Number(u32),
    /// Bytes of memory.
    Bytes(#[serde(with = "hex")] Vec<u8>),
    /// A new task.
    Task(Created),
    /// How a step ended.
    Step(Step),
    /// R0 to R15.
    Regs([u32; 16]),
    /// The tasks, ascending.
    Tasks(Vec<Row>),
}

/// A new task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// Its number.
    pub task: u32,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The address of the next instruction.
    pub pc: u32,
    /// Why it ended.
    pub reason: Reason,
    /// Instructions retired.
    pub retired: u32,
    /// Their cycles.
    pub cycles: u64,
}

/// Why a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reason {
    /// All instructions that were asked for have retired.
    Done(Done),
    /// What stopped it; never that a budget was used up.
    Stop(Stop),
}

impl Reason {
    /// All instructions that were asked for have retired.
    pub const OK: Reason = Reason::Done(Done::Ok {});
}

/// That all instructions that were asked for have retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Done {
    /// They have.
    Ok {},
}

/// A task as `pids` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its number.
    pub task: u32,
    /// Its state.
    pub state: Lifecycle,
    /// 0, or the latched fault.
    pub fault_code: u16,
    /// The first address of the stack, and the one behind it.
    pub stack: [u32; 2],
    /// The first address of the heap, and the one behind it.
    pub heap: [u32; 2],
}

/// The states of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Its image is arriving.
    Loading,
    /// It may run.
    Ready,
    /// It has faulted or returned.
    Stopped,
}

impl From<TaskState> for Lifecycle {
    fn from(state: TaskState) -> Self {
        match state {
            TaskState::Loading => Lifecycle::Loading,
            TaskState::Ready => Lifecycle::Ready,
            TaskState::Stopped => Lifecycle::Stopped,
        }
    }
}

impl Display for Lifecycle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lifecycle::Loading => "loading",
            Lifecycle::Ready => "ready",
            Lifecycle::Stopped => "stopped",
        })
    }
}

/// The state that the calls leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Final {
    /// The active task; absent if nobody is active.
    pub active: Option<u32>,
    /// The task that loads; absent if none does.
    pub loading: Option<u32>,
    /// The last instruction.
    pub last: Last,
    /// The tasks, ascending.
    pub tasks: Vec<Task>,
}

/// The last instruction that was tried; zeros before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// Its address.
    pub pc: u32,
    /// Its first word.
    pub opcode: u32,
}

/// A task and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase", deny_unknown_fields)]
pub enum Task {
    /// Its image is arriving.
    Loading {
        /// Its number.
        task: u32,
    },
    /// It may run.
    Ready(Loaded),
    /// It has faulted or returned.
    Stopped(Loaded),
}

/// A task whose image is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loaded {
    /// Its number.
    pub task: u32,
    /// 0, or the latched fault: 1 + its position in the protocol's list of faults.
    pub fault_code: u16,
    /// The address of the next instruction.
    pub pc: u32,
    /// The stack pointer.
    pub sp: u32,
    /// The flags: Z=1, C=2, N=4, V=8.
    pub psw: u8,
    /// Where the registers are in data memory.
    pub wp: u32,
    /// R0 to R15.
    pub regs: [u32; 16],
    /// Every maximal run of bytes below the registers that are not 0, by address.
    pub mem: Vec<Block>,
}

impl Task {
    /// Its number.
    pub fn number(&self) -> u32 {
        match self {
            Task::Loading { task } => *task,
            Task::Ready(loaded) | Task::Stopped(loaded) => loaded.task,
        }
    }

    /// Its state.
    pub fn state(&self) -> Lifecycle {
        match self {
            Task::Loading { .. } => Lifecycle::Loading,
            Task::Ready(_) => Lifecycle::Ready,
            Task::Stopped(_) => Lifecycle::Stopped,
        }
    }

    /// What it holds; nothing as long as it loads.
    pub fn loaded(&self) -> Option<&Loaded> {
        match self {
            Task::Loading { .. } => None,
            Task::Ready(loaded) | Task::Stopped(loaded) => Some(loaded),
        }
    }
}

/// The address of the window of registers, above which a task's `mem` says nothing.
pub(crate) const WINDOW: u32 = 0xFFC0;

/// Every maximal run of bytes that are not 0.
pub(crate) fn runs(bytes: &[u8]) -> Vec<Block> {
    /// Most of memory is 0; pieces are looked at much faster than bytes.
    const PIECE: usize = 64;
    let pieces = bytes.chunks(PIECE).enumerate().filter(|(_, piece)| piece.iter().any(|&byte| byte != 0));
    let addresses = pieces.flat_map(|(at, piece)| (at * PIECE..).zip(piece)).filter(|(_, byte)| **byte != 0);
    let addresses: Vec<usize> = addresses.map(|(address, _)| address).collect();
    let run = |run: &[usize]| Block(run[0] as u32, bytes[run[0]..run[0] + run.len()].to_vec());
    addresses.chunk_by(|a, b| a + 1 == *b).map(run).collect()
}
