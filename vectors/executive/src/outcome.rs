//! An outcome: what each call gave and told, and the state that the calls leave.

use executive::{Error, Raise};
use oracle::hex;
use oracle::strict::present;
use serde::{Deserialize, Deserializer, Serialize};

use crate::case::{Call, Case};
use crate::event::{CommandValue, Event};
use crate::state::Final;

/// What came of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// A result for each call; of a script that raised, for each call before the one that did.
    pub results: Vec<CallResult>,
    /// What ended the script (`reference`).
    pub raised: Option<Raised>,
    /// The state after the last call; absent if the script raised.
    pub state: Option<Box<Final>>,
}

/// What ends a script: the reference throws an exception out of its controller, and nothing after it has a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    /// The call, from 0.
    pub call: usize,
    /// What raises.
    pub kind: String,
}

/// What a call gave, and what was told during it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallResult {
    /// What it gave, if it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub ok: Option<Value>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the devices were told, in order.
    pub io: Vec<Io>,
}

/// What may be `null`, but must be there.
fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CommandValue>, D::Error> {
    Option::deserialize(deserializer)
}

/// What a call gives that is carried out. The forms are told apart by their keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[allow(missing_docs, reason = "the keys are the protocol's, which describes them")]
pub enum Value {
    /// Nothing but that it was carried out.
    Nothing,
    /// A register.
    Number(u32),
    /// Bytes of memory as hex.
    Bytes(String),
    /// OIDs, ascending.
    Oids(Vec<u16>),
    /// A new task.
    Loaded { pid: u16, name: String },
    /// What a step came to.
    Step(Step),
    /// A handle.
    Opened { handle: u32 },
    /// A mailbox that was bound.
    Bound { descriptor: u32, capacity: u64, mode: u16 },
    /// What became of a message.
    Sent { status: u32, length: u32, descriptor: u32 },
    /// A message.
    Received { status: u32, flags: u32, channel: u32, src: u16, data: String },
    /// What can be seen of a mailbox.
    Peek(Peek),
    /// The mailboxes whose mode has changed.
    Updated { updated: Vec<u32> },
    /// What became of a command.
    Command {
        status: u8,
        // Without this, the key could be left out.
        #[serde(deserialize_with = "nullable")]
        result: Option<CommandValue>,
    },
    /// A value.
    Value { status: u8, f16: u16 },
    /// Only a status.
    Status { status: u32 },
}

/// What a step came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Turns.
    pub executed: u32,
    /// Whether the task that had the last turn goes on.
    pub running: bool,
    /// Its pc.
    pub pc: Option<u32>,
    /// Its instructions so far.
    pub steps: u64,
    /// Whether the task that is active now sleeps.
    pub sleep_pending: bool,
    /// Whether all tasks are paused.
    pub paused: bool,
    /// The task that had the last turn.
    pub current: Option<u16>,
    /// The task that is active now.
    pub next: Option<u16>,
}

impl From<executive::StepReply> for Step {
    fn from(reply: executive::StepReply) -> Self {
        let executive::StepReply { executed, running, pc, steps, sleep_pending, paused, current, next } =
            reply;
        Step { executed, running, pc, steps, sleep_pending, paused, current, next }
    }
}

/// What can be seen of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peek {
    /// Messages.
    pub depth: u32,
    /// Bytes, 8 for each message included.
    pub bytes_used: u64,
    /// In bytes.
    pub capacity: u64,
    /// Length of the next message; 0 if there is none.
    pub next_len: u32,
    /// Number of the first message, or of the one to come.
    pub head_seq: u32,
    /// Number of the next message of this handle, or of the one to come.
    pub next_seq: u32,
    /// Mode bits.
    pub mode: u16,
}

impl From<executive::mailbox::Peek> for Peek {
    fn from(peek: executive::mailbox::Peek) -> Self {
        let executive::mailbox::Peek { depth, used, capacity, next_length, head_seq, next_seq, mode } = peek;
        Peek { depth, bytes_used: used, capacity, next_len: next_length, head_seq, next_seq, mode }
    }
}

/// Something that a device was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "io", rename_all = "lowercase", deny_unknown_fields)]
pub enum Io {
    /// Text.
    Uart {
        /// Of this task.
        pid: u16,
        /// The bytes.
        #[serde(with = "hex")]
        data: Vec<u8>,
    },
    /// A frame.
    Can {
        /// Of this task.
        pid: u16,
        /// 11 bits.
        id: u16,
        /// The bytes.
        #[serde(with = "hex")]
        data: Vec<u8>,
    },
    /// A task leaves.
    Exit {
        /// The task.
        pid: u16,
        /// Its R0.
        code: u32,
    },
}

impl Io {
    /// Something of this kind that says nothing.
    pub(crate) fn plain(name: &str) -> Option<Io> {
        match name {
            "uart" => Some(Io::Uart { pid: 0, data: Vec::new() }),
            "can" => Some(Io::Can { pid: 0, id: 0, data: Vec::new() }),
            "exit" => Some(Io::Exit { pid: 0, code: 0 }),
            _ => None,
        }
    }
}

/// Every error that a call can be refused with.
pub(crate) const ERRORS: [Error; 9] = [
    Error::BadImage,
    Error::Exists,
    Error::NoSpace,
    Error::NoDescriptor,
    Error::NoHandle,
    Error::Invalid,
    Error::BadHandle,
    Error::TooLarge,
    Error::NoTask,
];

/// Everything that raises.
pub(crate) const RAISES: [Raise; 7] = [
    Raise::InvalidConversion,
    Raise::LibmDomain,
    Raise::LibmOverflow,
    Raise::BadTarget,
    Raise::StaleFd,
    Raise::RetStraddle,
    Raise::MemoryGrowth,
];

/// Rules of the form that hold for every implementation.
pub(crate) fn check(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let (results, calls) = (outcome.results.len(), case.calls.len());
    let wanted = outcome.raised.as_ref().map_or(calls, |raised| raised.call);
    if results != wanted || wanted > calls {
        return Err(format!("results: {results} for {calls} calls"));
    }
    if outcome.state.is_some() == outcome.raised.is_some() {
        return Err("state: it is there exactly if nothing raised".into());
    }
    if let Some(Raised { call, kind }) = &outcome.raised {
        if *call >= calls {
            return Err(format!("raised.call: {call} of {calls}"));
        }
        if !RAISES.iter().any(|raise| raise.name() == kind) {
            return Err(format!("raised.kind: {kind:?}"));
        }
    }
    for (at, (call, result)) in case.calls.iter().zip(&outcome.results).enumerate() {
        check_result(call, result).map_err(|why| format!("results[{at}]: {why}"))?;
    }
    outcome.state.as_ref().map_or(Ok(()), |state| state.check())
}

fn check_result(call: &Call, result: &CallResult) -> Result<(), String> {
    match (&result.ok, &result.error) {
        (Some(value), None) if gives(call, value) => Ok(()),
        (Some(_), None) => Err(format!("{} cannot give that", call.name())),
        (None, Some(error)) if ERRORS.iter().any(|known| known.name() == error) => Ok(()),
        (None, Some(error)) => Err(format!("there is no error {error:?}")),
        _ => Err("ok or error, one of them".into()),
    }
}

/// Whether a call can give a value of this form.
fn gives(call: &Call, value: &Value) -> bool {
    match call {
        Call::Load { .. } => matches!(value, Value::Loaded { .. }),
        Call::Step { n, .. } => matches!(value, Value::Step(step) if step.executed <= *n),
        Call::RegGet { .. } => matches!(value, Value::Number(_)),
        Call::Peek { length, .. } => {
            matches!(value, Value::Bytes(hex) if hex::decode(hex).is_ok_and(|it| it.len() <= *length as usize))
        }
        Call::MailboxOpen { .. } => matches!(value, Value::Opened { .. }),
        Call::MailboxBind { .. } => matches!(value, Value::Bound { .. }),
        Call::MailboxSend { .. } => matches!(value, Value::Sent { .. }),
        Call::MailboxRecv { .. } => {
            matches!(value, Value::Received { status: 0, .. } | Value::Status { status: 3 })
        }
        Call::MailboxPeek { .. } => matches!(value, Value::Peek(_)),
        Call::MailboxStdio { .. } => matches!(value, Value::Updated { .. }),
        Call::ValGet { .. } | Call::ValSet { .. } => match value {
            Value::Value { status, .. } => *status == 0,
            Value::Status { status } => *status != 0,
            _ => false,
        },
        Call::ValList { .. } | Call::CmdList { .. } => {
            matches!(value, Value::Oids(oids) if oids.is_sorted())
        }
        Call::CmdCall { .. } => matches!(value, Value::Command { .. }),
        Call::Advance { .. }
        | Call::Pause { .. }
        | Call::Resume { .. }
        | Call::Kill { .. }
        | Call::Sched { .. }
        | Call::RegSet { .. }
        | Call::Poke { .. }
        | Call::MailboxClose { .. }
        | Call::MailboxTap { .. } => *value == Value::Nothing,
    }
}
