//! The numbers of the executive. What they mean is the crate `executive`'s.

use executive::scheduler::AnyPolicy;
use executive::task::State;
use executive::{Raise, Shortage, SwitchSet};

use crate::numbers::ProfileNumber;
use crate::rc::Rc;

/// Who has the next turn.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchedulerNumber {
    /// Each task that can run in its turn, one instruction each.
    Instruction = 0,
    /// A task goes on until it blocks, sleeps, yields, ends, faults or is paused.
    Cooperative = 1,
    /// The most urgent task, for its quantum.
    Preemptive = 2,
}

/// What a task of an executive does.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskStateNumber {
    /// It is the active one (reference).
    Running = 0,
    /// It can run.
    Ready = 1,
    /// It waits for a message.
    Waiting = 2,
    /// It waits for a time.
    Sleeping = 3,
    /// The host, or `BRK`, has stopped it.
    Paused = 4,
    /// It will not run on by itself (reference).
    Stopped = 5,
    /// It has ended.
    Returned = 6,
    /// It cannot run on (strict).
    Faulted = 7,
}

/// What has made the reference throw an exception.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaiseNumber {
    /// Nothing has.
    None = 0,
    /// `F2I` of NaN or infinity.
    InvalidConversion = 1,
    /// `sin` or `cos` of infinity.
    LibmDomain = 2,
    /// `exp` of a number whose result is beyond binary64.
    LibmOverflow = 3,
    /// A mailbox target with a bad PID.
    BadTarget = 4,
    /// Reading or writing an open file that was deleted or renamed.
    StaleFd = 5,
    /// `RET` whose word straddles the end of memory.
    RetStraddle = 6,
    /// A service wrote beyond 64 KiB.
    MemoryGrowth = 7,
}

/// What the executive had no room for.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortageNumber {
    /// There was room for everything.
    None = 0,
    /// Tasks, or code of one.
    Tasks = 1,
    /// Data memory of a task.
    Memory = 2,
    /// Messages, or the bytes that may be queued.
    Messages = 3,
    /// Mailboxes, handles, taps, subscribers or waiters.
    Mailboxes = 4,
    /// Values, commands, their records or texts.
    Registry = 5,
    /// Files, their bytes, names or open files.
    Files = 6,
    /// Events that wait for the next step (reference).
    Events = 7,
    /// The non-volatile store.
    Store = 8,
    /// PIDs: all 65,535 have been used.
    Pids = 9,
    /// A decimal digit outside ASCII in a PID, which the reference reads.
    Digits = 10,
    /// An image that declares mailboxes as JSON, which takes an allocator to read.
    Image = 11,
}

/// What has happened. The fields of an event that are named are those that say something; the others are 0.
#[repr(u32)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventNumber {
    /// A task goes to sleep: pid; amount: for how many ms; time: until when.
    SleepRequest = 0,
    /// A task has slept: pid.
    #[default]
    SleepComplete = 1,
    /// There is no instruction at pc (reference): pid, pc; limit: the bytes of its code.
    VmError = 2,
    /// `BRK`: pid, pc; object: the instruction word; status: its code; steps.
    DebugBreak = 3,
    /// Everything stops because there is no instruction at pc (reference): pid, pc, steps; limit: the bytes of its code.
    DebugError = 4,
    /// A task is parked: pid, pc, fault.
    Faulted = 5,
    /// A task has ended: pid; status: R0.
    Exited = 6,
    /// A task has sent: pid; object: the mailbox; handle, status, amount: bytes; flags, channel, other: the sender.
    MailboxSend = 7,
    /// A task has received at once. As MAILBOX_SEND.
    MailboxRecv = 8,
    /// A task waits for a message: pid; object: the mailbox; handle; amount: for how many ms; time: until when.
    MailboxWait = 9,
    /// A task that waited has its message, or its handle is closed (strict). As MAILBOX_SEND.
    MailboxWake = 10,
    /// A task has waited in vain. As MAILBOX_SEND.
    MailboxTimeout = 11,
    /// A mailbox call of a task failed: pid; object: the function; status: R0.
    MailboxError = 12,
    /// There is no mailbox left: pid: the owner of the one that was to be made; object: its namespace, 0 pid, 1 svc, 2 app,
    /// 3 shared; limit: how many there may be.
    DescriptorsExhausted = 13,
    /// A task has as many handles as it may: pid; amount: how many it has; limit: how many it may have.
    HandlesExhausted = 14,
    /// A mailbox has no room for a message: object: the mailbox; status: 0 its queue is full, 1 its readers have to read
    /// first; amount: bytes in use; limit: its bytes; new_value: the bytes wanted.
    Backpressure = 15,
    /// A tap gets no copy: pid, handle; object: the mailbox; limit: copies in a second.
    TapLimited = 16,
    /// A message is dropped for a newer one: pid: its sender; object: the mailbox; status: its number; amount: bytes; flags,
    /// channel; new_value: how many messages are left.
    Overrun = 17,
    /// A value exists now: pid: its owner; object: its OID; flags, auth.
    ValueRegistered = 18,
    /// A value has changed: pid: its owner; object: its OID; other: who set it; old_value, new_value, flags, auth.
    ValueChanged = 19,
    /// A command exists now. As VALUE_REGISTERED.
    CommandRegistered = 20,
    /// A command begins: pid: who calls; object: its OID; other: its owner; flags, auth.
    CommandInvoked = 21,
    /// A command has ended. As COMMAND_INVOKED; status: 0 well, 7 it failed, 4 it cannot be said; amount: 1 if it has a
    /// result; new_value: that.
    CommandCompleted = 22,
}

/// The executive's profile of a vm_profile: `portable` is none of its.
pub(super) fn profile(number: u32) -> Result<SwitchSet, Rc> {
    const REFERENCE: u32 = ProfileNumber::Reference as u32;
    const STRICT: u32 = ProfileNumber::Strict as u32;
    match number {
        REFERENCE => Ok(SwitchSet::REFERENCE),
        STRICT => Ok(SwitchSet::STRICT),
        _ => Err(Rc::VmEinval),
    }
}

/// The policy of an exec_scheduler.
pub(super) fn scheduler(number: u32) -> Result<AnyPolicy, Rc> {
    const INSTRUCTION: u32 = SchedulerNumber::Instruction as u32;
    const COOPERATIVE: u32 = SchedulerNumber::Cooperative as u32;
    const PREEMPTIVE: u32 = SchedulerNumber::Preemptive as u32;
    match number {
        INSTRUCTION => Ok(AnyPolicy::Instruction),
        COOPERATIVE => Ok(AnyPolicy::Cooperative),
        PREEMPTIVE => Ok(AnyPolicy::Preemptive),
        _ => Err(Rc::VmEinval),
    }
}

/// A PID, or 0 for what 0 stands for. No task has any other.
pub(super) fn pid(number: u32) -> Result<u16, Rc> {
    u16::try_from(number).map_err(|_| Rc::VmEsrch)
}

/// A number of 16 bits.
pub(super) fn half(number: u32) -> Result<u16, Rc> {
    u16::try_from(number).map_err(|_| Rc::VmEinval)
}

impl From<State> for TaskStateNumber {
    fn from(state: State) -> Self {
        match state {
            State::Running => TaskStateNumber::Running,
            State::Ready => TaskStateNumber::Ready,
            State::Waiting => TaskStateNumber::Waiting,
            State::Sleeping => TaskStateNumber::Sleeping,
            State::Paused => TaskStateNumber::Paused,
            State::Stopped => TaskStateNumber::Stopped,
            State::Returned => TaskStateNumber::Returned,
            State::Faulted => TaskStateNumber::Faulted,
        }
    }
}

impl From<Option<Raise>> for RaiseNumber {
    fn from(raise: Option<Raise>) -> Self {
        match raise {
            None => RaiseNumber::None,
            Some(Raise::InvalidConversion) => RaiseNumber::InvalidConversion,
            Some(Raise::LibmDomain) => RaiseNumber::LibmDomain,
            Some(Raise::LibmOverflow) => RaiseNumber::LibmOverflow,
            Some(Raise::BadTarget) => RaiseNumber::BadTarget,
            Some(Raise::StaleFd) => RaiseNumber::StaleFd,
            Some(Raise::RetStraddle) => RaiseNumber::RetStraddle,
            Some(Raise::MemoryGrowth) => RaiseNumber::MemoryGrowth,
        }
    }
}

impl From<Option<Shortage>> for ShortageNumber {
    fn from(shortage: Option<Shortage>) -> Self {
        match shortage {
            None => ShortageNumber::None,
            Some(Shortage::Tasks) => ShortageNumber::Tasks,
            Some(Shortage::Memory) => ShortageNumber::Memory,
            Some(Shortage::Messages) => ShortageNumber::Messages,
            Some(Shortage::Mailboxes) => ShortageNumber::Mailboxes,
            Some(Shortage::Registry) => ShortageNumber::Registry,
            Some(Shortage::Files) => ShortageNumber::Files,
            Some(Shortage::Events) => ShortageNumber::Events,
            Some(Shortage::Store) => ShortageNumber::Store,
            Some(Shortage::Pids) => ShortageNumber::Pids,
            Some(Shortage::Digits) => ShortageNumber::Digits,
            Some(Shortage::Image) => ShortageNumber::Image,
        }
    }
}
