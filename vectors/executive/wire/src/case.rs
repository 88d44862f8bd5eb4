//! The way to the chip: a script and the profile to play it in.

use executive::scheduler::AnyPolicy;
use oracle_sequence::Sequence;
use serde::{Deserialize, Serialize};

/// The most turns that a script may ask for: what the chip does in a fraction of its watchdog's time.
pub const MAX_TURNS: u64 = 100_000;

oracle_sequence::numbered! {
    /// A profile that the firmware runs.
    Profile {
        /// What the reference's controller does.
        Reference,
        /// What the documents say.
        Strict,
    }
}

/// A script: how the executive is set up, and the calls that are made to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case<'a> {
    /// How many mailboxes there may be.
    pub descriptors: u32,
    /// How many open handles a PID may have.
    pub handles: u32,
    /// Bytes that a mailbox holds if nothing else is said.
    pub capacity: u16,
    /// Copies that a tap gets in a second; 0 = any number.
    pub tap_rate: u32,
    /// Whether module 0xE exists.
    pub libm: bool,
    /// What is in the non-volatile store: keys and bits.
    #[serde(borrow)]
    pub persisted: Sequence<'a, (u16, u16)>,
    /// The token that opens commands.
    pub pin: Option<&'a str>,
    /// Handlers of the host: the first is number 1.
    pub handlers: Sequence<'a, Handler>,
    /// How many tasks there may be (strict).
    pub tasks: u32,
    /// Who has the next turn.
    pub policy: Policy,
    /// The calls, in order.
    pub calls: Sequence<'a, Call<'a>>,
}

/// What a handler of the host answers.
pub type Handler = executive::event::CommandResult;

/// Who has the next turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Policy {
    /// One instruction each.
    Instruction,
    /// Until a task gives its turn up.
    Cooperative,
    /// By priority, for a quantum.
    Preemptive,
}

impl From<Policy> for AnyPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Instruction => AnyPolicy::Instruction,
            Policy::Cooperative => AnyPolicy::Cooperative,
            Policy::Preemptive => AnyPolicy::Preemptive,
        }
    }
}

/// A call of the host with its arguments, as `PROTOCOL.md` describes them. PIDs are 1, 2, 3...; 0 is the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the arguments are the protocol's, which describes them")]
pub enum Call<'a> {
    /// Loads an image.
    Load(#[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// Lets turns pass.
    Step { n: u32, pid: Option<u16> },
    /// Moves the clock.
    Advance { ms: u32 },
    /// Pauses a task, or all.
    Pause { pid: Option<u16> },
    /// Resumes a task, or all.
    Resume { pid: Option<u16> },
    /// Takes a task down.
    Kill { pid: u16 },
    /// Sets what the policy looks at.
    Sched { pid: u16, priority: Option<u8>, quantum: Option<u16> },
    /// Reads a register.
    RegGet { pid: u16, reg: u8 },
    /// Sets a register.
    RegSet { pid: u16, reg: u8, value: u32 },
    /// Reads data memory.
    Peek { pid: u16, address: u16, length: u32 },
    /// Writes data memory.
    Poke {
        pid: u16,
        address: u16,
        #[serde(with = "serde_bytes")]
        bytes: &'a [u8],
    },
    /// Opens a mailbox.
    MailboxOpen { pid: u16, target: &'a str },
    /// Closes a handle.
    MailboxClose { pid: u16, handle: u16 },
    /// Makes a mailbox, or changes one.
    MailboxBind { pid: u16, target: &'a str, capacity: u16, mode: u16 },
    /// Sends a message through a handle, or to a target.
    MailboxSend {
        pid: u16,
        handle: Option<u16>,
        target: Option<&'a str>,
        flags: u32,
        channel: u32,
        #[serde(with = "serde_bytes")]
        data: &'a [u8],
    },
    /// Receives a message, if there is one.
    MailboxReceive { pid: u16, handle: u16, max: u16 },
    /// Looks at a mailbox.
    MailboxPeek { pid: u16, handle: u16 },
    /// Makes a handle a tap, or none.
    MailboxTap { pid: u16, handle: u16, enable: bool },
    /// Sets the mode of a standard stream: 0 in, 1 out, 2 err.
    MailboxStdio { stream: u8, mode: u16, update: bool },
    /// Reads a value.
    ValueGet { oid: u16, pid: Option<u16> },
    /// Sets a value.
    ValueSet { oid: u16, f16: u16, pid: Option<u16> },
    /// Lists values.
    ValueList { pid: Option<u16>, group: Option<u8> },
    /// Lists commands.
    CommandList { pid: Option<u16>, group: Option<u8> },
    /// Calls a command.
    CommandCall { oid: u16, pid: Option<u16>, waits: bool },
}
