//! Events of the executive, as both protocols have them.

use executive::Event;
use executive::event::{CommandResult, Delivery, Invocation, Registration};
use half::f16;
use serde_json::{Map, Value, json};

use super::time::seconds;

/// A binary16 number; nothing for what JSON has no number for.
pub fn number(bits: u16) -> Value {
    json!(f16::from_bits(bits).to_f64())
}

/// What a command came to.
pub fn result(result: CommandResult) -> Value {
    match result {
        CommandResult::Nothing | CommandResult::Fail => Value::Null,
        CommandResult::Integer(number) => number.into(),
    }
}

fn delivery(it: &Delivery, with_status: bool) -> Value {
    let Delivery { pid, descriptor, handle, status, length, flags, channel, src } = *it;
    let mut shown = json!({
        "pid": pid, "descriptor": descriptor, "handle": handle, "length": length, "flags": flags,
        "channel": channel, "src_pid": src,
    });
    if with_status {
        shown["status"] = status.into();
    }
    shown
}

fn registration(it: &Registration, id: &str) -> Value {
    let Registration { pid, oid, flags, auth, desc_head } = *it;
    let [group, low] = oid.to_be_bytes();
    json!({
        "pid": pid, "caller_pid": pid, "oid": oid, "group_id": group, id: low, "flags": flags,
        "auth_level": auth, "desc_head": desc_head,
    })
}

fn invocation(it: &Invocation) -> Value {
    let Invocation { pid, oid, owner, flags, auth } = *it;
    let [group, low] = oid.to_be_bytes();
    json!({
        "pid": pid, "caller_pid": pid, "oid": oid, "group_id": group, "cmd_id": low, "owner_pid": owner,
        "flags": flags, "auth_level": auth,
    })
}

/// Why a mailbox call of a task fails, in words.
const fn why(status: u32) -> &'static str {
    match status {
        2 => "invalid handle",
        4 => "message too large for mailbox capacity",
        5 => "no descriptor or handle left",
        _ => "invalid argument",
    }
}

/// An event, with its type.
pub fn event(event: &Event) -> Value {
    let mut shown = keys(event);
    if let Value::Object(keys) = &mut shown {
        let mut whole = Map::from_iter([("type".to_owned(), event.name().into())]);
        whole.append(keys);
        *keys = whole;
    }
    shown
}

fn keys(event: &Event) -> Value {
    match event {
        Event::SleepRequest { pid, ms, deadline } => {
            json!({"pid": pid, "ms": ms, "deadline": seconds(*deadline)})
        }
        Event::SleepComplete { pid } => json!({"pid": pid}),
        Event::VmError { pid, pc, code_len } => {
            json!({"pid": pid, "error": "pc_out_of_range", "pc": pc, "code_len": code_len})
        }
        Event::DebugBreak { pid, pc, opcode, code, steps } => json!({
            "pid": pid, "reason": "brk", "pc": pc, "next_pc": pc + 4, "opcode": opcode, "code": code,
            "steps": steps, "cycles": steps,
        }),
        Event::DebugError { pid, pc, steps, code_len } => json!({
            "pid": pid, "reason": "vm_error", "pc": pc, "next_pc": pc, "steps": steps, "cycles": steps,
            "error": "pc_out_of_range", "code_len": code_len,
        }),
        Event::Faulted { pid, pc, fault } => json!({"pid": pid, "pc": pc, "fault": fault.name()}),
        Event::Exited { pid, status } => json!({"pid": pid, "status": status}),
        Event::MailboxSend(it) | Event::MailboxRecv(it) => delivery(it, false),
        Event::MailboxWake(it) | Event::MailboxTimeout(it) => delivery(it, true),
        Event::MailboxWait { pid, descriptor, handle, timeout, deadline } => json!({
            "pid": pid, "descriptor": descriptor, "handle": handle, "timeout": timeout,
            "deadline": deadline.map(seconds),
        }),
        Event::MailboxError { pid, function, status } => {
            json!({"pid": pid, "fn": function, "error": why(*status), "status": status})
        }
        Event::DescriptorsExhausted { namespace, name, owner, max } => json!({
            "pid": owner.and_then(|owner| u16::try_from(owner).ok()), "reason": "descriptor_pool_full",
            "namespace": namespace, "name": name.as_str(), "owner": owner.map(|owner| owner.to_string()),
            "max_descriptors": max,
        }),
        Event::HandlesExhausted { pid, limit, handles } => {
            json!({"pid": pid, "reason": "handle_limit", "handle_limit": limit, "handles": handles})
        }
        Event::Backpressure { descriptor, policy, capacity, used, requested } => json!({
            "pid": null, "descriptor": descriptor, "policy": policy.name(), "capacity": capacity,
            "bytes_used": used, "requested": requested,
        }),
        Event::TapLimited { descriptor, pid, handle, limit } => json!({
            "pid": pid, "descriptor": descriptor, "policy": "tap_rate_limit", "tap_pid": pid,
            "tap_handle": handle, "limit": limit,
        }),
        Event::Overrun { pid, descriptor, seq, length, flags, channel, depth } => json!({
            "pid": pid, "descriptor": descriptor, "dropped_seq": seq, "dropped_length": length,
            "dropped_flags": flags, "channel": channel, "reason": "fanout_drop", "queue_depth": depth,
        }),
        Event::ValueRegistered(it) => registration(it, "value_id"),
        Event::CommandRegistered(it) => registration(it, "cmd_id"),
        Event::ValueChanged { pid, caller, oid, old, new, flags, auth } => {
            let [group, id] = oid.to_be_bytes();
            json!({
                "pid": pid, "caller_pid": caller, "oid": oid, "group_id": group, "value_id": id,
                "old_f16": old, "new_f16": new, "old_value": number(*old), "new_value": number(*new),
                "flags": flags, "auth_level": auth,
            })
        }
        Event::CommandInvoked(it) => invocation(it),
        Event::CommandCompleted { call, status, result: came_to } => {
            let mut shown = invocation(call);
            shown["status"] = (*status).into();
            shown["result"] = result(*came_to);
            shown
        }
    }
}
