//! The way back from the chip: an outcome, in pieces.
//!
//! What is of any length comes in pieces before the item that it belongs to: bytes, texts and numbers are collected until
//! an item takes them.

use executive::host::Bound;
use executive::mailbox::{Counter, Peek};
use executive::task::State;
use executive::wait::Wait;
use executive::{Error, Event, Raise, Shortage, StepReply};
use minivm::Fault;
use serde::{Deserialize, Serialize};

/// Bytes of the longest piece.
pub const PIECE: usize = 192;

/// A part of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the protocol's, which describes them")]
pub enum Item<'a> {
    /// The next bytes of what comes.
    Bytes(#[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// The bytes before it are a text of what comes.
    Text,
    /// The next number of what comes.
    Number(u32),

    /// Something happened.
    Event(Event),
    /// A task has put bytes out.
    Uart(u16),
    /// A task has sent a frame of this identifier with bytes.
    Can(u16, u16),
    /// A task leaves with this code.
    Exit(u16, u32),
    /// A call has given this. With it the call ends, and the next begins.
    Gives(Given<'a>),
    /// A call was refused; as [`Item::Gives`].
    Refused(Error),

    /// Bytes of the data memory of the next task from this address on. All others are zero.
    Memory(u32),
    /// The next task, in the order of loading.
    Task(Task<'a>),
    /// The next wait.
    Wait(Wait),
    /// A message with bytes: of a tap's copies, or of a mailbox's queue.
    Message { flags: u32, channel: u32, src: u16, seq: u32 },
    /// The messages before it are copies of this tap.
    Tap { pid: u16, handle: u32, bytes_used: u64 },
    /// A mailbox with messages, taps, and the PIDs of those that wait as numbers.
    Mailbox {
        id: u32,
        namespace: u8,
        name: &'a str,
        owner: Option<i128>,
        capacity: u64,
        mode: u16,
        bytes_used: u64,
        head_seq: u32,
        next_seq: u32,
    },
    /// The next handle.
    Handle {
        pid: u16,
        handle: u32,
        descriptor: u32,
        last_seq: i64,
        sender: bool,
        overrun: bool,
        tap: bool,
        tap_overrun: bool,
    },
    /// The next handle number of a PID.
    Counter(Counter),
    /// A value with texts (name of its group, name, unit), and its subscribers as numbers: PID, handle.
    Value {
        oid: u16,
        flags: u8,
        auth: u8,
        owner: u16,
        f16: u16,
        desc_head: u32,
        epsilon: u16,
        rate_ms: u16,
        min: u16,
        max: u16,
        key: u16,
        debounce: u16,
        changed: u64,
    },
    /// A command with texts: name of its group, name, help.
    Command { oid: u16, flags: u8, auth: u8, owner: u16, handler: u32, desc_head: u32 },
    /// A key of the non-volatile store and its bits.
    Persisted(u16, u16),
    /// A file with a text, its name, and bytes.
    File,
    /// An open file with a text, its name: task, number, position.
    OpenFile(u16, u32, u32),
    /// The events before it wait: for the next step, or until this task is active.
    Pending(Option<u16>),
}

/// What a call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given<'a> {
    /// Nothing but that it was carried out.
    Nothing,
    /// A register.
    Number(u32),
    /// Bytes of memory, which were sent before.
    Bytes,
    /// OIDs, which were sent before as numbers, in the order of registration.
    Oids,
    /// A new task: PID and name.
    Loaded(u16, &'a str),
    /// What a step came to.
    Step(StepReply),
    /// A handle.
    Opened(u32),
    /// A mailbox that was bound.
    Bound(Bound),
    /// Whether a message was taken, its length, and the mailbox.
    Sent(bool, u32, u32),
    /// A message, whose bytes were sent before: flags, channel, sender.
    Received(u32, u32, u16),
    /// There was no message.
    NoMessage,
    /// What can be seen of a mailbox.
    Peek(Peek),
    /// The mailboxes whose mode has changed, which were sent before as numbers.
    Updated,
    /// The status of a command, and its result.
    Command(u8, executive::event::CommandResult),
    /// A value.
    Value(u16),
    /// The status of a call on a value that was not carried out.
    Status(u8),
}

/// A task and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the protocol's, which describes them")]
pub struct Task<'a> {
    pub pid: u16,
    pub name: &'a str,
    pub base: &'a str,
    pub state: State,
    pub pc: u32,
    pub sp: u32,
    pub psw: u8,
    pub regs: [u32; 16],
    pub depth: u32,
    pub steps: u64,
    pub exit_status: Option<u32>,
    pub priority: u8,
    pub quantum: u16,
    pub reg_base: u16,
    pub stack: (u32, u32),
    pub sleep: Option<(u32, u64)>,
    pub running: bool,
    pub fault: Option<Fault>,
    pub stdio: bool,
    pub handler: Option<u16>,
    pub next_fd: u32,
}

/// The end of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The number of the profile, which says what some of the items mean.
    pub profile: u8,
    /// How the script ended.
    pub ended: Ended,
}

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ended {
    /// A call raised: the one behind those that have given something.
    Raised(Raise),
    /// All calls are made; what is left of the state.
    Done(Head),
}

/// What an executive keeps once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the protocol's, which describes them")]
pub struct Head {
    pub now: u64,
    pub paused: bool,
    pub current: Option<u16>,
    pub next_pid: u32,
    pub stdio_modes: [u16; 3],
    pub strings: u32,
    pub descriptor_bytes: u32,
    pub next_fd: u32,
}

oracle_sequence::numbered! {
    /// What a case needs more of than the chip has.
    Limit {
        /// Turns: it asks for more than [`MAX_TURNS`](crate::MAX_TURNS).
        Turns,
        /// [`Shortage::Tasks`].
        Tasks,
        /// [`Shortage::Memory`].
        Memory,
        /// [`Shortage::Messages`].
        Messages,
        /// [`Shortage::Mailboxes`].
        Mailboxes,
        /// [`Shortage::Registry`].
        Registry,
        /// [`Shortage::Files`].
        Files,
        /// [`Shortage::Events`].
        Events,
        /// [`Shortage::Store`].
        Store,
        /// [`Shortage::Pids`].
        Pids,
        /// [`Shortage::Digits`].
        Digits,
        /// [`Shortage::Image`].
        Image,
    }
}

impl From<Shortage> for Limit {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::Tasks => Limit::Tasks,
            Shortage::Memory => Limit::Memory,
            Shortage::Messages => Limit::Messages,
            Shortage::Mailboxes => Limit::Mailboxes,
            Shortage::Registry => Limit::Registry,
            Shortage::Files => Limit::Files,
            Shortage::Events => Limit::Events,
            Shortage::Store => Limit::Store,
            Shortage::Pids => Limit::Pids,
            Shortage::Digits => Limit::Digits,
            Shortage::Image => Limit::Image,
        }
    }
}

impl Limit {
    /// What there is too little of, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Limit::Turns => "the chip does not run so many turns",
            Limit::Tasks => "the chip has no room for so many tasks, or for so much code",
            Limit::Memory => "the chip has no room for so much data memory that is not zero",
            Limit::Messages => "the chip has no room for so many messages",
            Limit::Mailboxes => "the chip has no room for so many mailboxes, handles or subscribers",
            Limit::Registry => "the chip has no room for so many values, commands or texts of them",
            Limit::Files => "the chip has no room for so many files, or so much in them",
            Limit::Events => "the chip has no room for so many events that wait",
            Limit::Store => "the chip has no room for so many values that are stored",
            Limit::Pids => "there are no more PIDs",
            Limit::Digits => "it does not know decimal digits outside ASCII",
            Limit::Image => "the chip does not read mailboxes that are declared as JSON",
        }
    }
}

oracle_sequence::numbered! {
    /// The place in which a canary is wrong. What has no such place, because a call raised or nothing was loaded, is wrong in
    /// how it ends.
    Canary {
        /// The clock.
        Clock,
        /// The PID of the next load.
        NextPid,
        /// A register of the first task.
        Register,
        /// Something that the first call never put out.
        Output,
        /// One byte of the data memory of the first task.
        Memory,
    }
}

impl Canary {
    /// The name of the place, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Canary::Clock => "clock",
            Canary::NextPid => "next PID",
            Canary::Register => "register",
            Canary::Output => "output",
            Canary::Memory => "memory",
        }
    }
}
