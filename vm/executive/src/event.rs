//! What the executive tells of what happens.

use minivm::Fault;

use crate::text::Name;

/// The message of a mailbox event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Delivery {
    /// The task that sends or receives.
    pub pid: u16,
    /// The mailbox.
    pub descriptor: u32,
    /// The handle of the task.
    pub handle: u32,
    /// 0, or 7 after a timeout.
    pub status: u32,
    /// In bytes, as far as it was received.
    pub length: u32,
    /// Flags of the message; 8 is added after a loss.
    pub flags: u32,
    /// Channel of the message.
    pub channel: u32,
    /// The task whose handle sent it.
    pub src: u16,
}

/// Which rule keeps a message out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Pressure {
    /// A queue without fan-out is full.
    Single,
    /// A queue that lets fan-out readers finish is full.
    FanoutBlock,
}

impl Pressure {
    /// The name in outcomes.
    pub const fn name(self) -> &'static str {
        match self {
            Pressure::Single => "single",
            Pressure::FanoutBlock => "fanout_block",
        }
    }
}

/// What a command came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CommandResult {
    /// It has no result.
    #[default]
    Nothing,
    /// A number.
    Integer(i64),
    /// Its handler of the host failed.
    Fail,
}

/// A value or a command that is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Registration {
    /// Its owner.
    pub pid: u16,
    /// Group above id.
    pub oid: u16,
    /// Flags.
    pub flags: u8,
    /// 0: open to all.
    pub auth: u8,
    /// Where its first record is in the descriptor pool; 0xFFFF: it has none.
    pub desc_head: u32,
}

/// A command that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Invocation {
    /// Who calls.
    pub pid: u16,
    /// Group above id.
    pub oid: u16,
    /// The owner.
    pub owner: u16,
    /// Flags of the command.
    pub flags: u8,
    /// Auth level of the command.
    pub auth: u8,
}

/// Something that happened. Times are in ms of the executive's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Event {
    /// A task goes to sleep.
    SleepRequest {
        /// The task.
        pid: u16,
        /// For how long.
        ms: u32,
        /// Until when.
        deadline: u64,
    },
    /// A task has slept.
    SleepComplete {
        /// The task.
        pid: u16,
    },
    /// There is no instruction at pc (reference).
    VmError {
        /// The task.
        pid: u16,
        /// Where.
        pc: u32,
        /// How much code it has, in bytes.
        code_len: u32,
    },
    /// `BRK`.
    DebugBreak {
        /// The task.
        pid: u16,
        /// Where.
        pc: u32,
        /// The instruction word.
        opcode: u32,
        /// The low 8 bits of its immediate.
        code: u8,
        /// Instructions of the task so far, this one included.
        steps: u64,
    },
    /// Everything stops because there is no instruction at pc (reference).
    DebugError {
        /// The task.
        pid: u16,
        /// Where.
        pc: u32,
        /// Instructions of the task so far.
        steps: u64,
        /// How much code it has, in bytes.
        code_len: u32,
    },
    /// A task is parked.
    Faulted {
        /// The task.
        pid: u16,
        /// Where.
        pc: u32,
        /// Why.
        fault: Fault,
    },
    /// A task has ended.
    Exited {
        /// The task.
        pid: u16,
        /// R0.
        status: u32,
    },
    /// A task has sent.
    MailboxSend(Delivery),
    /// A task has received at once.
    MailboxRecv(Delivery),
    /// A task waits for a message.
    MailboxWait {
        /// The task.
        pid: u16,
        /// The mailbox.
        descriptor: u32,
        /// Its handle.
        handle: u32,
        /// In ms, as asked for.
        timeout: u16,
        /// Nothing: for ever.
        deadline: Option<u64>,
    },
    /// A task that waited has its message, or its handle is closed (strict).
    MailboxWake(Delivery),
    /// A task has waited in vain.
    MailboxTimeout(Delivery),
    /// A mailbox call of a task failed.
    MailboxError {
        /// The task.
        pid: u16,
        /// The function.
        function: u8,
        /// R0.
        status: u32,
    },
    /// There is no descriptor left.
    DescriptorsExhausted {
        /// 0 pid, 1 svc, 2 app, 3 shared.
        namespace: u8,
        /// Name of the mailbox that was to be made.
        name: Name,
        /// Its owner.
        owner: Option<i128>,
        /// How many there may be.
        max: u32,
    },
    /// A task has as many handles as it may.
    HandlesExhausted {
        /// The task.
        pid: u16,
        /// How many it may have.
        limit: u32,
        /// How many it has.
        handles: u32,
    },
    /// A mailbox has no room for a message.
    Backpressure {
        /// The mailbox.
        descriptor: u32,
        /// Why.
        policy: Pressure,
        /// In bytes.
        capacity: u64,
        /// In bytes.
        used: u64,
        /// In bytes, with 8 for the message itself.
        requested: u64,
    },
    /// A tap gets no copy because it has had too many in this second.
    TapLimited {
        /// The mailbox.
        descriptor: u32,
        /// Owner of the tap.
        pid: u16,
        /// Handle of the tap.
        handle: u32,
        /// Copies in a second.
        limit: u32,
    },
    /// A message is dropped for a newer one.
    Overrun {
        /// Who had sent it.
        pid: u16,
        /// The mailbox.
        descriptor: u32,
        /// Its number.
        seq: u32,
        /// In bytes.
        length: u32,
        /// Its flags.
        flags: u32,
        /// Its channel.
        channel: u32,
        /// How many messages are left.
        depth: u32,
    },
    /// A value exists now.
    ValueRegistered(Registration),
    /// A value has changed.
    ValueChanged {
        /// The owner.
        pid: u16,
        /// Who set it.
        caller: u16,
        /// Group above id.
        oid: u16,
        /// Bits before.
        old: u16,
        /// Bits after.
        new: u16,
        /// Flags of the value.
        flags: u8,
        /// Auth level of the value.
        auth: u8,
    },
    /// A command exists now.
    CommandRegistered(Registration),
    /// A command begins.
    CommandInvoked(Invocation),
    /// A command has ended.
    CommandCompleted {
        /// As it began.
        call: Invocation,
        /// 0 or 7; 4 if it cannot be said.
        status: u8,
        /// What it came to.
        result: CommandResult,
    },
}

impl Default for Event {
    /// Fills places that are not used.
    fn default() -> Self {
        Event::SleepComplete { pid: 0 }
    }
}

impl Event {
    /// Its type in outcomes.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::SleepRequest { .. } => "sleep_request",
            Event::SleepComplete { .. } => "sleep_complete",
            Event::VmError { .. } => "vm_error",
            Event::DebugBreak { .. } | Event::DebugError { .. } => "debug_stop",
            Event::Faulted { .. } => "fault",
            Event::Exited { .. } => "exited",
            Event::MailboxSend(_) => "mailbox_send",
            Event::MailboxRecv(_) => "mailbox_recv",
            Event::MailboxWait { .. } => "mailbox_wait",
            Event::MailboxWake(_) => "mailbox_wake",
            Event::MailboxTimeout(_) => "mailbox_timeout",
            Event::MailboxError { .. } => "mailbox_error",
            Event::DescriptorsExhausted { .. } | Event::HandlesExhausted { .. } => "mailbox_exhausted",
            Event::Backpressure { .. } | Event::TapLimited { .. } => "mailbox_backpressure",
            Event::Overrun { .. } => "mailbox_overrun",
            Event::ValueRegistered(_) => "value_registered",
            Event::ValueChanged { .. } => "value_changed",
            Event::CommandRegistered(_) => "cmd_registered",
            Event::CommandInvoked(_) => "cmd_invoked",
            Event::CommandCompleted { .. } => "cmd_completed",
        }
    }
}

/// Takes events, and what there is no room for.
pub trait Emit {
    /// Something happened.
    fn emit(&mut self, event: Event);
    /// Something found no room.
    fn lacks(&mut self, shortage: crate::error::Shortage);
}
