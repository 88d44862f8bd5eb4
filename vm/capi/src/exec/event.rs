//! An event as C sees it.

use executive::Event;
use executive::event::{CommandResult, Delivery, Invocation, Pressure, Registration};

use super::numbers::EventNumber;
use crate::numbers::FaultNumber;

/// A time that never comes.
pub const EXEC_NEVER: u64 = u64::MAX;

/// Something that happened. exec_event_kind says what the fields mean; those that mean nothing are 0.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecEvent {
    /// A moment of the executive's clock, in ms, or EXEC_NEVER.
    pub time: u64,
    /// Instructions of the task so far.
    pub steps: u64,
    /// What has happened.
    pub kind: EventNumber,
    /// The task.
    pub pid: u32,
    /// What it happened to: a mailbox by its id, a value or a command by its OID.
    pub object: u32,
    /// A handle of the task.
    pub handle: u32,
    /// How it ended.
    pub status: u32,
    /// How many, or how long.
    pub amount: u32,
    /// How many there may be.
    pub limit: u32,
    /// Flags of a message, a value or a command.
    pub flags: u32,
    /// Channel of a message.
    pub channel: u32,
    /// The other task that has to do with it.
    pub other: u32,
    /// Auth level of a value or a command.
    pub auth: u32,
    /// What was before.
    pub old_value: u32,
    /// What is now.
    pub new_value: u32,
    /// The byte address of an instruction.
    pub pc: u32,
    /// Why a task cannot run on.
    pub fault: FaultNumber,
}

impl ExecEvent {
    fn of(kind: EventNumber, pid: u16) -> Self {
        ExecEvent {
            time: 0,
            steps: 0,
            kind,
            pid: pid.into(),
            object: 0,
            handle: 0,
            status: 0,
            amount: 0,
            limit: 0,
            flags: 0,
            channel: 0,
            other: 0,
            auth: 0,
            old_value: 0,
            new_value: 0,
            pc: 0,
            fault: FaultNumber::None,
        }
    }

    fn of_delivery(kind: EventNumber, delivery: Delivery) -> Self {
        let Delivery { pid, descriptor, handle, status, length, flags, channel, src } = delivery;
        let other = src.into();
        ExecEvent {
            object: descriptor,
            handle,
            status,
            amount: length,
            flags,
            channel,
            other,
            ..ExecEvent::of(kind, pid)
        }
    }

    fn of_registration(kind: EventNumber, registration: Registration) -> Self {
        let Registration { pid, oid, flags, auth, desc_head: _ } = registration;
        let [object, flags, auth] = [oid.into(), flags.into(), auth.into()];
        ExecEvent { object, flags, auth, ..ExecEvent::of(kind, pid) }
    }

    fn of_invocation(kind: EventNumber, call: Invocation) -> Self {
        let Invocation { pid, oid, owner, flags, auth } = call;
        let [object, other, flags, auth] = [oid.into(), owner.into(), flags.into(), auth.into()];
        ExecEvent { object, other, flags, auth, ..ExecEvent::of(kind, pid) }
    }
}

impl Default for ExecEvent {
    /// Fills places that are not used.
    fn default() -> Self {
        ExecEvent::of(EventNumber::default(), 0)
    }
}

/// A number of bytes; none of an executive's is larger.
fn word(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl From<&Event> for ExecEvent {
    fn from(event: &Event) -> Self {
        use EventNumber as Kind;
        let of = ExecEvent::of;
        match *event {
            Event::SleepRequest { pid, ms, deadline } => {
                ExecEvent { amount: ms, time: deadline, ..of(Kind::SleepRequest, pid) }
            }
            Event::SleepComplete { pid } => of(Kind::SleepComplete, pid),
            Event::VmError { pid, pc, code_len } => {
                ExecEvent { pc, limit: code_len, ..of(Kind::VmError, pid) }
            }
            Event::DebugBreak { pid, pc, opcode, code, steps } => {
                let status = code.into();
                ExecEvent { pc, object: opcode, status, steps, ..of(Kind::DebugBreak, pid) }
            }
            Event::DebugError { pid, pc, steps, code_len } => {
                ExecEvent { pc, steps, limit: code_len, ..of(Kind::DebugError, pid) }
            }
            Event::Faulted { pid, pc, fault } => {
                ExecEvent { pc, fault: fault.into(), ..of(Kind::Faulted, pid) }
            }
            Event::Exited { pid, status } => ExecEvent { status, ..of(Kind::Exited, pid) },
            Event::MailboxSend(delivery) => ExecEvent::of_delivery(Kind::MailboxSend, delivery),
            Event::MailboxRecv(delivery) => ExecEvent::of_delivery(Kind::MailboxRecv, delivery),
            Event::MailboxWake(delivery) => ExecEvent::of_delivery(Kind::MailboxWake, delivery),
            Event::MailboxTimeout(delivery) => ExecEvent::of_delivery(Kind::MailboxTimeout, delivery),
            Event::MailboxWait { pid, descriptor, handle, timeout, deadline } => {
                let (amount, time) = (timeout.into(), deadline.unwrap_or(EXEC_NEVER));
                ExecEvent { object: descriptor, handle, amount, time, ..of(Kind::MailboxWait, pid) }
            }
            Event::MailboxError { pid, function, status } => {
                ExecEvent { object: function.into(), status, ..of(Kind::MailboxError, pid) }
            }
            Event::DescriptorsExhausted { namespace, name: _, owner, max } => {
                let pid = owner.and_then(|owner| u16::try_from(owner).ok()).unwrap_or(0);
                ExecEvent { object: namespace.into(), limit: max, ..of(Kind::DescriptorsExhausted, pid) }
            }
            Event::HandlesExhausted { pid, limit, handles } => {
                ExecEvent { amount: handles, limit, ..of(Kind::HandlesExhausted, pid) }
            }
            Event::Backpressure { descriptor, policy, capacity, used, requested } => {
                let status = u32::from(policy == Pressure::FanoutBlock);
                let [amount, limit, new_value] = [used, capacity, requested].map(word);
                ExecEvent {
                    object: descriptor,
                    status,
                    amount,
                    limit,
                    new_value,
                    ..of(Kind::Backpressure, 0)
                }
            }
            Event::TapLimited { descriptor, pid, handle, limit } => {
                ExecEvent { object: descriptor, handle, limit, ..of(Kind::TapLimited, pid) }
            }
            Event::Overrun { pid, descriptor, seq, length, flags, channel, depth } => ExecEvent {
                object: descriptor,
                status: seq,
                amount: length,
                flags,
                channel,
                new_value: depth,
                ..of(Kind::Overrun, pid)
            },
            Event::ValueRegistered(value) => ExecEvent::of_registration(Kind::ValueRegistered, value),
            Event::ValueChanged { pid, caller, oid, old, new, flags, auth } => {
                let [object, other, old_value, new_value] = [oid, caller, old, new].map(u32::from);
                let [flags, auth] = [flags, auth].map(u32::from);
                let of = of(Kind::ValueChanged, pid);
                ExecEvent { object, other, old_value, new_value, flags, auth, ..of }
            }
            Event::CommandRegistered(command) => ExecEvent::of_registration(Kind::CommandRegistered, command),
            Event::CommandInvoked(call) => ExecEvent::of_invocation(Kind::CommandInvoked, call),
            Event::CommandCompleted { call, status, result } => {
                let (amount, new_value) = match result {
                    // R0 of its handler.
                    CommandResult::Integer(number) => (1, number as u32),
                    CommandResult::Nothing | CommandResult::Fail => (0, 0),
                };
                let of = ExecEvent::of_invocation(Kind::CommandCompleted, call);
                ExecEvent { status: status.into(), amount, new_value, ..of }
            }
        }
    }
}
