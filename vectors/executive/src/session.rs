//! The executive of `vm/executive`, called as scripts call it.

use executive::desk::{DeskExecutive, DeskRooms, Start};
use executive::event::CommandResult;
use executive::hal::record;
use executive::host::{CommandCall, HostMessage};
use executive::scheduler::AnyPolicy;
use executive::{Config as Setup, Error, Profile, Raise, Shortage, Switch};
use oracle::hex;

use crate::case::{Call, Stream};
use crate::config::{Config, Handler, Policy};
use crate::event::{command_value, event};
use crate::outcome::{CallResult, Io, Value};
use crate::snapshot::{self, TASKS};
use crate::state::Final;

/// Room for one executive after the other.
#[derive(Default)]
pub(crate) struct Room {
    rooms: DeskRooms<TASKS>,
}

impl Room {
    /// An executive that is as new.
    pub fn session<'m, P: Profile>(&'m mut self, profile: P, config: &'m Config) -> Session<'m, P> {
        let Config { mailboxes, libm, persisted, pin, handlers, tasks, policy } = config;
        let setup = Setup {
            descriptors: mailboxes.descriptors,
            handles: mailboxes.handles,
            host_handles: mailboxes.handles,
            capacity: mailboxes.capacity,
            tap_rate: mailboxes.tap_rate,
            libm: *libm,
            pin: pin.as_deref(),
            tasks: *tasks as usize,
            ..Setup::default()
        };
        let start = Start {
            policy: match policy {
                Policy::Instruction => AnyPolicy::Instruction,
                Policy::Cooperative => AnyPolicy::Cooperative,
                Policy::Preemptive => AnyPolicy::Preemptive,
            },
            stored: persisted.clone(),
            answers: handlers
                .iter()
                .map(|handler| match handler {
                    Handler::None {} => CommandResult::Nothing,
                    Handler::Int { value } => CommandResult::Integer(*value),
                    Handler::Fail {} => CommandResult::Fail,
                })
                .collect(),
        };
        Session { it: self.rooms.executive(profile, setup, start), profile }
    }
}

/// An executive in the middle of a script.
pub(crate) struct Session<'m, P: Profile> {
    pub it: DeskExecutive<'m, P, TASKS>,
    profile: P,
}

impl<P: Profile> Session<'_, P> {
    /// Makes a call.
    pub fn call(&mut self, call: &Call) -> CallResult {
        let given = self.carry_out(call);
        let (io, events) = self.it.devices_mut().take();
        let strict = self.profile.strict(Switch::DirectEvents);
        let (ok, error) = match given {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error.name().to_owned())),
        };
        CallResult {
            ok,
            error,
            events: events.iter().map(|told| event(told, strict)).collect(),
            io: io.into_iter().map(told).collect(),
        }
    }

    /// What has ended the script.
    pub fn raised(&self) -> Option<Raise> {
        self.it.raised()
    }

    /// What there was no room for.
    pub fn shortage(&self) -> Option<Shortage> {
        self.it.shortage()
    }

    /// The state that the calls have left.
    pub fn end(&self) -> Final {
        snapshot::take(&self.it, self.profile)
    }

    fn carry_out(&mut self, call: &Call) -> Result<Value, Error> {
        let it = &mut self.it;
        let done = |()| Value::Nothing;
        match *call {
            Call::Load { ref image } => it
                .load(image)
                .map(|loaded| Value::Loaded { pid: loaded.pid, name: loaded.name.as_str().into() }),
            Call::Step { n, pid } => Ok(Value::Step(it.step(n, pid).into())),
            Call::Advance { ms } => {
                it.set_time(it.now() + u64::from(ms));
                Ok(Value::Nothing)
            }
            Call::Pause { pid } => it.pause(pid).map(done),
            Call::Resume { pid } => it.resume(pid).map(done),
            Call::Kill { pid } => it.kill(pid).map(done),
            Call::Sched { pid, priority, quantum } => it.schedule(pid, priority, quantum).map(done),
            Call::RegGet { pid, reg } => it.register(pid, reg).map(Value::Number),
            Call::RegSet { pid, reg, value } => it.set_register(pid, reg, value).map(done),
            Call::Peek { pid, address, length } => {
                let mut bytes = vec![0; length as usize];
                it.peek(pid, address, &mut bytes).map(|count| Value::Bytes(hex::encode(&bytes[..count])))
            }
            Call::Poke { pid, address, ref bytes } => {
                let room = 0x1_0000 - usize::from(address);
                it.poke(pid, address, &bytes[..bytes.len().min(room)]).map(done)
            }
            Call::ValGet { oid, pid } => Ok(read(it.value(oid, pid))),
            Call::ValSet { oid, f16, pid } => Ok(read(it.set_value_as(oid, f16, pid))),
            Call::ValList { pid, group } => Ok(ascending(it.value_oids(pid, group))),
            Call::CmdList { pid, group } => Ok(ascending(it.command_oids(pid, group))),
            Call::CmdCall { oid, pid, r#async } => {
                let call = CommandCall { oid, pid, token: None, waits: !r#async };
                let (status, result) = it.call_command_as(call);
                Ok(Value::Command { status: status.code(), result: command_value(result) })
            }
            _ => self.mailbox(call),
        }
    }

    fn mailbox(&mut self, call: &Call) -> Result<Value, Error> {
        let it = &mut self.it;
        let done = |()| Value::Nothing;
        match *call {
            Call::MailboxOpen { pid, ref target } => {
                it.mailbox_open(pid, target).map(|handle| Value::Opened { handle })
            }
            Call::MailboxClose { pid, handle } => it.mailbox_close(pid, handle.into()).map(done),
            Call::MailboxBind { pid, ref target, capacity, mode } => {
                let bound = it.mailbox_bind(pid, target, capacity, mode)?;
                Ok(Value::Bound { descriptor: bound.descriptor, capacity: bound.capacity, mode: bound.mode })
            }
            Call::MailboxSend { pid, handle, ref target, ref data, flags, channel } => {
                let message = HostMessage { data, flags, channel };
                let sent = it.mailbox_send(pid, handle.map(u32::from), target.as_deref(), message)?;
                let status = u32::from(!sent.taken);
                Ok(Value::Sent { status, length: sent.length, descriptor: sent.descriptor })
            }
            Call::MailboxRecv { pid, handle, max } => {
                let mut bytes = vec![0; max.into()];
                let received = it.mailbox_receive(pid, handle.into(), &mut bytes)?;
                Ok(received.map_or(Value::Status { status: 3 }, |message| Value::Received {
                    status: 0,
                    flags: message.flags,
                    channel: message.channel,
                    src: message.src,
                    data: hex::encode(&bytes[..message.length]),
                }))
            }
            Call::MailboxPeek { pid, handle } => {
                it.mailbox_peek(pid, handle.into()).map(|peek| Value::Peek(peek.into()))
            }
            Call::MailboxTap { pid, handle, enable } => it.mailbox_tap(pid, handle.into(), enable).map(done),
            Call::MailboxStdio { stream, mode, update } => {
                let stream = match stream {
                    Stream::In => 0,
                    Stream::Out => 1,
                    Stream::Err => 2,
                };
                let mut updated = Vec::new();
                it.mailbox_stdio(stream, mode, update, |id| updated.push(id))?;
                Ok(Value::Updated { updated })
            }
            _ => Err(Error::Invalid),
        }
    }
}

fn read(value: Result<u16, executive::registry::Status>) -> Value {
    match value {
        Ok(f16) => Value::Value { status: 0, f16 },
        Err(status) => Value::Status { status: status.code().into() },
    }
}

fn ascending(oids: impl Iterator<Item = u16>) -> Value {
    let mut oids: Vec<u16> = oids.collect();
    oids.sort_unstable();
    Value::Oids(oids)
}

fn told(io: record::Io) -> Io {
    match io {
        record::Io::Uart { pid, data } => Io::Uart { pid, data },
        record::Io::Can { pid, id, data } => Io::Can { pid, id, data },
        record::Io::Exit { pid, code } => Io::Exit { pid, code },
    }
}
