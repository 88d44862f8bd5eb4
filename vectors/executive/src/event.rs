//! What the executive tells of what happens, as outcomes have it.

use executive::event::{CommandResult, Delivery, Invocation, Registration};
use oracle::strict::present;
use serde::{Deserialize, Serialize};

/// Declares events with the keys of the protocol.
macro_rules! events {
    ($($event:ident $name:literal { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {
        /// Something that happened. The keys are described in `PROTOCOL.md`.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type", deny_unknown_fields)]
        #[allow(missing_docs, reason = "the keys are the protocol's, which describes them")]
        pub enum Event {
            $(#[serde(rename = $name)] $event { $($(#[$meta])* $field: $type,)* },)*
        }

        impl Event {
            /// Its type in the protocol.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Event::$event { .. } => $name,)*
                }
            }

            /// An event of this type that says nothing.
            pub(crate) fn plain(name: &str) -> Option<Event> {
                match name {
                    $($name => Some(Event::$event { $($field: Default::default(),)* }),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    SleepRequest "sleep_request" {
        ms: u32,
        deadline: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u16>,
    }
    SleepComplete "sleep_complete" {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u16>,
    }
    VmError "vm_error" { pid: u16, error: String, pc: u32, code_len: u32, }
    DebugStop "debug_stop" {
        pid: u16,
        reason: String,
        pc: u32,
        next_pc: u32,
        steps: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opcode: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code_len: Option<u32>,
    }
    Fault "fault" { pid: u16, pc: u32, fault: String, code: u16, }
    Exited "exited" { pid: u16, status: u32, }
    MailboxSend "mailbox_send" {
        pid: u16, descriptor: u32, handle: u32, length: u32, flags: u32, channel: u32, src_pid: u16,
    }
    MailboxRecv "mailbox_recv" {
        pid: u16, descriptor: u32, handle: u32, length: u32, flags: u32, channel: u32, src_pid: u16,
    }
    MailboxWait "mailbox_wait" { pid: u16, descriptor: u32, handle: u32, timeout: u16, deadline: Option<u64>, }
    MailboxWake "mailbox_wake" {
        pid: u16, descriptor: u32, handle: u32, status: u32, length: u32, flags: u32, channel: u32, src_pid: u16,
    }
    MailboxTimeout "mailbox_timeout" {
        pid: u16, descriptor: u32, handle: u32, status: u32, length: u32, flags: u32, channel: u32, src_pid: u16,
    }
    MailboxError "mailbox_error" { pid: u16, r#fn: u8, status: u32, }
    MailboxExhausted "mailbox_exhausted" {
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        namespace: Option<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        owner: Option<Option<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_descriptors: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handle_limit: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handles: Option<u32>,
    }
    MailboxBackpressure "mailbox_backpressure" {
        descriptor: u32,
        policy: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capacity: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes_used: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tap_pid: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tap_handle: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    }
    MailboxOverrun "mailbox_overrun" {
        pid: u16,
        descriptor: u32,
        dropped_seq: u32,
        dropped_length: u32,
        dropped_flags: u32,
        channel: u32,
        reason: String,
        queue_depth: u32,
    }
    ValueRegistered "value_registered" { pid: u16, oid: u16, flags: u8, auth_level: u8, desc_head: u32, }
    ValueChanged "value_changed" {
        pid: u16, caller_pid: u16, oid: u16, old_f16: u16, new_f16: u16, flags: u8, auth_level: u8,
    }
    CmdRegistered "cmd_registered" { pid: u16, oid: u16, flags: u8, auth_level: u8, desc_head: u32, }
    CmdInvoked "cmd_invoked" { pid: u16, oid: u16, owner_pid: u16, flags: u8, auth_level: u8, }
    CmdCompleted "cmd_completed" {
        pid: u16, oid: u16, owner_pid: u16, flags: u8, auth_level: u8, status: u8, result: Option<CommandValue>,
    }
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CommandValue {
    /// A number.
    Integer(i64),
    /// Its handler of the host failed.
    Fail(Failed),
}

/// The word for a handler that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Failed {
    /// It failed.
    Fail,
}

/// What a command came to, as outcomes have it.
pub(crate) fn command_value(result: CommandResult) -> Option<CommandValue> {
    match result {
        CommandResult::Nothing => None,
        CommandResult::Integer(value) => Some(CommandValue::Integer(value)),
        CommandResult::Fail => Some(CommandValue::Fail(Failed::Fail)),
    }
}

/// The event as outcomes have it. `strict` names the task in events of sleep.
pub(crate) fn event(event: &executive::Event, strict: bool) -> Event {
    use executive::Event as Told;
    match *event {
        Told::SleepRequest { pid, ms, deadline } => {
            Event::SleepRequest { ms, deadline, pid: strict.then_some(pid) }
        }
        Told::SleepComplete { pid } => Event::SleepComplete { pid: strict.then_some(pid) },
        Told::VmError { pid, pc, code_len } => Event::VmError { pid, error: PC.into(), pc, code_len },
        Told::DebugBreak { pid, pc, opcode, code, steps } => Event::DebugStop {
            pid,
            reason: "brk".into(),
            pc,
            next_pc: pc.wrapping_add(4),
            steps,
            opcode: Some(opcode),
            code: Some(code),
            error: None,
            code_len: None,
        },
        Told::DebugError { pid, pc, steps, code_len } => Event::DebugStop {
            pid,
            reason: "vm_error".into(),
            pc,
            next_pc: pc,
            steps,
            opcode: None,
            code: None,
            error: Some(PC.into()),
            code_len: Some(code_len),
        },
        Told::Faulted { pid, pc, fault } => {
            Event::Fault { pid, pc, fault: fault.name().into(), code: 1 + fault as u16 }
        }
        Told::Exited { pid, status } => Event::Exited { pid, status },
        Told::MailboxSend(Delivery { pid, descriptor, handle, length, flags, channel, src, .. }) => {
            Event::MailboxSend { pid, descriptor, handle, length, flags, channel, src_pid: src }
        }
        Told::MailboxRecv(Delivery { pid, descriptor, handle, length, flags, channel, src, .. }) => {
            Event::MailboxRecv { pid, descriptor, handle, length, flags, channel, src_pid: src }
        }
        Told::MailboxWait { pid, descriptor, handle, timeout, deadline } => {
            Event::MailboxWait { pid, descriptor, handle, timeout, deadline }
        }
        Told::MailboxWake(Delivery { pid, descriptor, handle, status, length, flags, channel, src }) => {
            Event::MailboxWake { pid, descriptor, handle, status, length, flags, channel, src_pid: src }
        }
        Told::MailboxTimeout(Delivery { pid, descriptor, handle, status, length, flags, channel, src }) => {
            Event::MailboxTimeout { pid, descriptor, handle, status, length, flags, channel, src_pid: src }
        }
        Told::MailboxError { pid, function, status } => Event::MailboxError { pid, r#fn: function, status },
        Told::DescriptorsExhausted { namespace, ref name, owner, max } => Event::MailboxExhausted {
            reason: "descriptor_pool_full".into(),
            namespace: Some(namespace),
            name: Some(name.as_str().into()),
            owner: Some(owner.map(|owner| owner.to_string())),
            max_descriptors: Some(max),
            pid: None,
            handle_limit: None,
            handles: None,
        },
        Told::HandlesExhausted { pid, limit, handles } => Event::MailboxExhausted {
            reason: "handle_limit".into(),
            namespace: None,
            name: None,
            owner: None,
            max_descriptors: None,
            pid: Some(pid),
            handle_limit: Some(limit),
            handles: Some(handles),
        },
        Told::Backpressure { descriptor, policy, capacity, used, requested } => Event::MailboxBackpressure {
            descriptor,
            policy: policy.name().into(),
            capacity: Some(capacity),
            bytes_used: Some(used),
            requested: Some(requested),
            tap_pid: None,
            tap_handle: None,
            limit: None,
        },
        Told::TapLimited { descriptor, pid, handle, limit } => Event::MailboxBackpressure {
            descriptor,
            policy: "tap_rate_limit".into(),
            capacity: None,
            bytes_used: None,
            requested: None,
            tap_pid: Some(pid),
            tap_handle: Some(handle),
            limit: Some(limit),
        },
        Told::Overrun { pid, descriptor, seq, length, flags, channel, depth } => Event::MailboxOverrun {
            pid,
            descriptor,
            dropped_seq: seq,
            dropped_length: length,
            dropped_flags: flags,
            channel,
            reason: "fanout_drop".into(),
            queue_depth: depth,
        },
        Told::ValueRegistered(Registration { pid, oid, flags, auth, desc_head }) => {
            Event::ValueRegistered { pid, oid, flags, auth_level: auth, desc_head }
        }
        Told::ValueChanged { pid, caller, oid, old, new, flags, auth } => Event::ValueChanged {
            pid,
            caller_pid: caller,
            oid,
            old_f16: old,
            new_f16: new,
            flags,
            auth_level: auth,
        },
        Told::CommandRegistered(Registration { pid, oid, flags, auth, desc_head }) => {
            Event::CmdRegistered { pid, oid, flags, auth_level: auth, desc_head }
        }
        Told::CommandInvoked(Invocation { pid, oid, owner, flags, auth }) => {
            Event::CmdInvoked { pid, oid, owner_pid: owner, flags, auth_level: auth }
        }
        Told::CommandCompleted { call, status, result } => Event::CmdCompleted {
            pid: call.pid,
            oid: call.oid,
            owner_pid: call.owner,
            flags: call.flags,
            auth_level: call.auth,
            status,
            result: command_value(result),
        },
    }
}

/// The error of an event about a pc without an instruction.
const PC: &str = "pc_out_of_range";
