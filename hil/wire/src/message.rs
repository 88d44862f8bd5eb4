//! Messages: what the host asks for and what the chip answers.

use serde::{Deserialize, Serialize};

use crate::frame::Damage;
use crate::sequence::Sequence;

/// The most steps that a case may ask for.
pub const MAX_STEPS: u32 = 1_000_000;

/// What the host asks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request<'a> {
    /// Who are you? Answered by [`Reply::Hello`].
    Hello,
    /// Run these cases in this order. Answered by [`Reply::Items`], case by case, then [`Reply::Done`].
    Run {
        /// The profile.
        profile: Profile,
        /// The cases.
        #[serde(borrow)]
        cases: Sequence<'a, Case<'a>>,
    },
    /// Never answer again: the watchdog must end this. For tests of it.
    Hang,
}

/// Which of its two readings of the specification the machine follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// Bit for bit what the reference does.
    Reference,
    /// What the document says.
    Strict,
}

/// A complete starting state, a program, and what is wanted of it. All memory that `mem` does not name is zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case<'a> {
    /// What is wanted.
    pub task: Task,
    /// Instructions to retire at most, up to [`MAX_STEPS`].
    pub max_steps: u32,
    /// Address of the first instruction.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// The lowest address that a push may write.
    pub stack_limit: u32,
    /// Flags.
    pub psw: u8,
    /// Where the registers live in data memory; 0 = outside it.
    pub reg_base: u16,
    /// R0 to R15; written after `mem`.
    pub regs: [u32; 16],
    /// Return addresses, oldest first.
    #[serde(borrow)]
    pub calls: Sequence<'a, u32>,
    /// What data memory holds, applied in order.
    pub mem: Sequence<'a, Block<'a>>,
    /// Code.
    #[serde(with = "serde_bytes")]
    pub code: &'a [u8],
}

/// Bytes at an address of data memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block<'a>(pub u32, #[serde(borrow, with = "serde_bytes")] pub &'a [u8]);

/// What is wanted of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// The outcome: calls, memory, end.
    Outcome,
    /// A row for every instruction that retires, then the outcome.
    Trace,
    /// The outcome, made wrong in one place. Whoever compares it must notice.
    Canary(Wrong),
    /// A digest of the state after every so many steps and at the end, each with the one before it in it; no outcome
    /// but the end.
    Digests {
        /// Steps from one to the next; at least 1.
        every: u32,
    },
    /// What some runs in a row take together, each with the same starting registers; then the end.
    Measure {
        /// How often.
        rounds: u16,
    },
}

/// Which part of an outcome a canary has wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrong {
    /// One bit of a register.
    Register,
    /// One flag.
    Flag,
    /// pc.
    Pc,
    /// The stack pointer.
    Sp,
    /// One byte of data memory.
    Memory,
    /// One more return address.
    Calls,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Wrong; 6] =
        [Wrong::Register, Wrong::Flag, Wrong::Pc, Wrong::Sp, Wrong::Memory, Wrong::Calls];
}

/// What the chip answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply<'a> {
    /// Who it is. Sent unasked, under sequence number 0, after a start.
    Hello(#[serde(borrow)] Hello<'a>),
    /// A part of the answer to a case.
    Items {
        /// Which case of the request, from 0.
        case: u16,
        /// Which part of its answer, from 0. Where one is missing, the answer is worth nothing.
        part: u16,
        /// What the part says; the last item of the last part is [`Item::End`] or [`Item::Unsupported`].
        items: Sequence<'a, Item<'a>>,
    },
    /// The request is done with.
    Done,
    /// The request was not understood, and nothing of it was done.
    Error(Refusal),
}

/// Who the chip is and what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello<'a> {
    /// The chip's name.
    pub chip: &'a str,
    /// The build id that the linker gave the firmware, a hash of its contents.
    #[serde(with = "serde_bytes")]
    pub build: &'a [u8],
    /// The longest request frame it takes, in bytes between the delimiters.
    pub max_frame: u32,
    /// How many return addresses it has room for.
    pub max_calls: u32,
    /// What [`Cost::ticks`] counts.
    pub counter: Counter,
}

/// What a measurement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counter {
    /// Nothing: there is no counter.
    Nothing,
    /// SysTick, at the clock of the core; under QEMU's `-icount` that is time by instructions.
    SysTick,
    /// Cycles of the core.
    Cycles,
}

/// A piece of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Item<'a> {
    /// An instruction that retired: its address, its first word, then psw, sp and registers after it.
    Row([u32; 20]),
    /// A return address, oldest first.
    Call(u32),
    /// Bytes of data memory. What no block names is zero.
    Memory(#[serde(borrow)] Block<'a>),
    /// A digest.
    Digest(u64),
    /// What a measurement has come to.
    Cost(Cost),
    /// How it ended. The last item.
    End(End),
    /// The chip has no room for this case. The last item.
    Unsupported(Limit),
}

/// What runs have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// What the counter counted.
    pub ticks: u32,
    /// Bytes of stack that were used at most.
    pub stack: u32,
    /// Bytes of the VM's state, without data memory and return addresses.
    pub state: u32,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What stopped it; nothing where all steps retired.
    pub stop: Option<Stop>,
    /// Instructions retired.
    pub steps: u32,
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

/// What stopped a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// A supervisor call: module, function.
    Svc(u8, u8),
    /// A breakpoint with its code.
    Break(u8),
    /// The program returned with this status.
    Returned(u32),
    /// The fault at this place of the VM's list of faults.
    Fault(u8),
}

/// What a case needs more of than the chip has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Return addresses.
    Calls,
    /// Steps: more than [`MAX_STEPS`].
    Steps,
    /// Data memory: a block does not lie within it.
    Memory,
}

/// Why a request was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// What arrived was no frame.
    Damaged(Damage),
    /// The frame was longer than this.
    TooLong(u32),
    /// The frame was whole, but its message is none. At this case of a run, if it is one.
    Malformed(Option<u16>),
    /// The frame was a reply.
    NoRequest,
}
