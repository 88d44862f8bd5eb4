//! Scripts as they cross the link.

use executive::event::CommandResult;
use oracle_sequence::Sequence;
use serde::Serialize;
use vectors_executive_wire as wire;

use crate::case::{Call, Case, Stream};
use crate::config::{Config, Handler, Policy};

/// The case as it crosses the link.
pub fn case(case: &Case) -> Vec<u8> {
    let Config { mailboxes, libm, persisted, pin, handlers, tasks, policy } = &case.config;
    let (persisted, handlers) = (pack(persisted), pack(handlers.iter().map(handler)));
    let calls = pack(case.calls.iter().map(call));
    pack([wire::Case {
        descriptors: mailboxes.descriptors,
        handles: mailboxes.handles,
        capacity: mailboxes.capacity,
        tap_rate: mailboxes.tap_rate,
        libm: *libm,
        persisted: Sequence::of_bytes(&persisted),
        pin: pin.as_deref(),
        handlers: Sequence::of_bytes(&handlers),
        tasks: *tasks,
        policy: match policy {
            Policy::Instruction => wire::Policy::Instruction,
            Policy::Cooperative => wire::Policy::Cooperative,
            Policy::Preemptive => wire::Policy::Preemptive,
        },
        calls: Sequence::of_bytes(&calls),
    }])
}

fn pack<T: Serialize>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
    items.into_iter().fold(Vec::new(), |bytes, item| {
        // Cases are plain data: writing them to memory does not fail.
        postcard::to_extend(&item, bytes).expect("memory takes everything")
    })
}

fn handler(handler: &Handler) -> wire::Handler {
    match *handler {
        Handler::None {} => CommandResult::Nothing,
        Handler::Int { value } => CommandResult::Integer(value),
        Handler::Fail {} => CommandResult::Fail,
    }
}

fn call(call: &Call) -> wire::Call<'_> {
    match *call {
        Call::Load { ref image } => wire::Call::Load(image),
        Call::Step { n, pid } => wire::Call::Step { n, pid },
        Call::Advance { ms } => wire::Call::Advance { ms },
        Call::Pause { pid } => wire::Call::Pause { pid },
        Call::Resume { pid } => wire::Call::Resume { pid },
        Call::Kill { pid } => wire::Call::Kill { pid },
        Call::Sched { pid, priority, quantum } => wire::Call::Sched { pid, priority, quantum },
        Call::RegGet { pid, reg } => wire::Call::RegGet { pid, reg },
        Call::RegSet { pid, reg, value } => wire::Call::RegSet { pid, reg, value },
        Call::Peek { pid, address, length } => wire::Call::Peek { pid, address, length },
        Call::Poke { pid, address, ref bytes } => wire::Call::Poke { pid, address, bytes },
        Call::MailboxOpen { ref target, pid } => wire::Call::MailboxOpen { pid, target },
        Call::MailboxClose { handle, pid } => wire::Call::MailboxClose { pid, handle },
        Call::MailboxBind { ref target, capacity, mode, pid } => {
            wire::Call::MailboxBind { pid, target, capacity, mode }
        }
        Call::MailboxSend { ref data, handle, ref target, flags, channel, pid } => {
            wire::Call::MailboxSend { pid, handle, target: target.as_deref(), flags, channel, data }
        }
        Call::MailboxRecv { handle, max, pid } => wire::Call::MailboxReceive { pid, handle, max },
        Call::MailboxPeek { handle, pid } => wire::Call::MailboxPeek { pid, handle },
        Call::MailboxTap { handle, enable, pid } => wire::Call::MailboxTap { pid, handle, enable },
        Call::MailboxStdio { stream, mode, update } => {
            let stream = match stream {
                Stream::In => 0,
                Stream::Out => 1,
                Stream::Err => 2,
            };
            wire::Call::MailboxStdio { stream, mode, update }
        }
        Call::ValGet { oid, pid } => wire::Call::ValueGet { oid, pid },
        Call::ValSet { oid, f16, pid } => wire::Call::ValueSet { oid, f16, pid },
        Call::ValList { pid, group } => wire::Call::ValueList { pid, group },
        Call::CmdList { pid, group } => wire::Call::CommandList { pid, group },
        Call::CmdCall { oid, pid, r#async } => wire::Call::CommandCall { oid, pid, waits: !r#async },
    }
}
