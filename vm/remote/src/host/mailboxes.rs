//! Mailboxes: calls of clients, and what there is.

use data_encoding::HEXLOWER;
use executive::desk::DeskExecutive;
use executive::host::HostMessage;
use executive::mailbox::Mailbox;
use executive::{Config, Error, SwitchSet};
use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::registers::unhex;
use super::reply::{Reply, reply};
use super::rooms::TASKS;
use super::state::Host;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// The standard streams, in the order of their handles.
pub const STREAMS: [&str; 3] = ["in", "out", "err"];
/// The name of the reference's profile with the limits of the default configuration.
const PROFILE: &str = "desktop";
/// The namespace of standard streams.
const SVC: u8 = 1;
/// The longest message that is received, in bytes.
const LONGEST: i64 = 0x1_0000;

/// The limits of mailboxes.
pub(super) fn profile() -> Value {
    let Config { descriptors, handles, capacity, tap_rate, .. } = Config::default();
    json!({"name": PROFILE, "config": {
        "max_descriptors": descriptors, "handle_limit_per_pid": handles, "default_capacity": capacity,
        "tap_rate_limit": tap_rate,
    }})
}

/// A message of a client: text, or bytes in hexadecimal.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Text; `hex` wins.
    pub text: Option<String>,
    /// Bytes.
    pub hex: Option<String>,
    /// Flags.
    pub flags: Int,
    /// Channel.
    pub channel: Int,
}

impl Message {
    fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        match (&self.hex, &self.text) {
            (Some(hex), _) => unhex(hex),
            (None, Some(text)) => Ok(text.clone().into_bytes()),
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// What a client asks of a mailbox that it names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'t> {
    /// The PID in whose name it asks; 0 is the host's.
    pub pid: Int,
    /// The mailbox.
    pub target: &'t str,
}

/// The PID in whose name a client asks: any number, not that of a task only.
fn on_behalf(Int(pid): Int) -> Result<u16, Refusal> {
    u16::try_from(pid).map_err(|_| Refusal::UnknownPid(pid))
}

fn handle(Int(handle): Int) -> u32 {
    // No handle has this number.
    u32::try_from(handle).unwrap_or(u32::MAX)
}

fn refused(why: Error) -> Refusal {
    Refusal::Mailbox(match why {
        Error::BadHandle => "invalid handle",
        Error::TooLarge => "message too large for mailbox capacity",
        Error::NoDescriptor => "mailbox descriptor pool exhausted",
        Error::NoHandle => "mailbox handle limit reached",
        Error::Invalid => "empty or bad mailbox target",
        _ => "mailbox call refused",
    })
}

fn stream(name: &str) -> Result<usize, Refusal> {
    let name = name.strip_prefix("std").unwrap_or(name);
    STREAMS
        .iter()
        .position(|known| *known == name)
        .ok_or_else(|| Refusal::Unknown("stdio stream", name.to_owned()))
}

/// The streams that a client means: one, the two that a task writes, or all. By the names of the reference.
fn streams(name: Option<&str>) -> Result<Vec<usize>, Refusal> {
    match name.map(|name| name.trim().to_lowercase()).as_deref() {
        None | Some("" | "all" | "any" | "*") => Ok((0..STREAMS.len()).collect()),
        Some("both") => Ok(vec![1, 2]),
        Some(name) => Ok(vec![stream(name)?]),
    }
}

/// The names of the streams that a client means, as [`STREAMS`] has them.
pub fn streams_named(name: &str) -> Result<Vec<&'static str>, Refusal> {
    Ok(streams(Some(name))?.into_iter().map(|stream| STREAMS[stream]).collect())
}

/// Whose standard streams are meant: those of one task or of all, or only those of tasks to come.
pub fn whose(pid: Option<&str>) -> Result<(Option<Int>, bool), Refusal> {
    match pid.map(|pid| pid.trim().to_lowercase()).as_deref() {
        None | Some("" | "all" | "*") => Ok((None, false)),
        Some("default" | "global" | "template") => Ok((None, true)),
        Some(pid) => {
            let pid = serde_json::from_value(pid.into()).map_err(|why| Refusal::malformed("pid", why))?;
            Ok((Some(pid), false))
        }
    }
}

impl Host<'_> {
    /// Opens a handle, which `by` holds, and gives its number.
    pub fn open(&mut self, Named { pid, target }: Named<'_>, by: Connection) -> Result<u32, Refusal> {
        if self.handles.iter().filter(|(owner, ..)| *owner == by).count() >= self.limits.held {
            return Err(Refusal::TooMany("open handles", self.limits.held));
        }
        let known = on_behalf(pid)?;
        let handle = self.making(by, |it| it.mailbox_open(known, target))?;
        self.handles.push((by, known, handle));
        Ok(handle)
    }

    /// Closes a handle.
    pub fn close(&mut self, pid: Int, number: Int) -> Reply {
        let (pid, number) = (on_behalf(pid)?, handle(number));
        self.it.mailbox_close(pid, number).map_err(refused)?;
        self.handles.retain(|&(_, owner, open)| (owner, open) != (pid, number));
        reply!("mbx_status": 0)
    }

    /// Makes a call that may make mailboxes: they are `by`'s, which may make so many.
    fn making<T>(
        &mut self,
        by: Connection,
        call: impl FnOnce(&mut DeskExecutive<'_, SwitchSet, TASKS>) -> Result<T, Error>,
    ) -> Result<T, Refusal> {
        let boxes = |it: &DeskExecutive<'_, SwitchSet, TASKS>| -> Vec<u32> {
            it.mail().boxes().iter().map(|mailbox| mailbox.id).collect()
        };
        let before = boxes(&self.it);
        self.made.retain(|(_, id)| before.contains(id));
        if self.made.iter().filter(|(owner, _)| *owner == by).count() >= self.limits.mailboxes {
            return Err(Refusal::TooMany("mailboxes of one connection", self.limits.mailboxes));
        }
        let called = call(&mut self.it);
        // Ids ascend.
        let last = before.last().copied().unwrap_or(0);
        self.made.extend(boxes(&self.it).into_iter().filter(|&id| id > last).map(|id| (by, id)));
        called.map_err(refused)
    }

    /// Makes a mailbox or finds it, and sets its capacity and mode.
    pub fn bind(
        &mut self,
        Named { pid, target }: Named<'_>,
        (capacity, Int(mode)): (Option<Int>, Int),
        by: Connection,
    ) -> Reply {
        let capacity = capacity.map_or(0, |Int(capacity)| capacity);
        let capacity = u16::try_from(capacity).map_err(|_| Refusal::OutOfRange("capacity", 0, 0xFFFF))?;
        let mode = u16::try_from(mode).map_err(|_| Refusal::OutOfRange("mode", 0, 0xFFFF))?;
        let known = on_behalf(pid)?;
        let bound = self.making(by, |it| it.mailbox_bind(known, target, capacity, mode))?;
        reply!(
            "mbx_status": 0, "descriptor": bound.descriptor, "capacity": bound.capacity, "mode": bound.mode
        )
    }

    /// Sends through a handle, or to a target.
    pub fn send(
        &mut self,
        pid: Int,
        (number, target): (Option<Int>, Option<&str>),
        message: &Message,
        by: Connection,
    ) -> Reply {
        if number.is_none() && target.is_none() {
            return Err(Refusal::malformed("mailbox_send", "it needs `handle` or `target`"));
        }
        let data = message.bytes()?;
        let (Int(flags), Int(channel)) = (message.flags, message.channel);
        let sent = HostMessage { data: &data, flags: flags as u32, channel: channel as u32 };
        let known = on_behalf(pid)?;
        let sent = self.making(by, |it| it.mailbox_send(known, number.map(handle), target, sent))?;
        let status = u8::from(!sent.taken);
        let mut reply = json!({"mbx_status": status, "length": sent.length, "descriptor": sent.descriptor});
        if let Some(target) = target {
            reply["target"] = target.into();
        }
        let Value::Object(reply) = reply else { return Ok(Map::new()) };
        Ok(reply)
    }

    /// Receives, if there is a message.
    pub fn receive(&mut self, pid: Int, number: Int, Int(max): Int) -> Reply {
        let mut buffer = vec![0; max.clamp(0, LONGEST) as usize];
        let received =
            self.it.mailbox_receive(on_behalf(pid)?, handle(number), &mut buffer).map_err(refused)?;
        let Some(message) = received else { return reply!("mbx_status": 3, "length": 0) };
        let data = &buffer[..message.length];
        reply!(
            "mbx_status": 0, "length": message.length, "flags": message.flags, "channel": message.channel,
            "src_pid": message.src, "data_hex": HEXLOWER.encode(data),
            "text": std::str::from_utf8(data).unwrap_or_default()
        )
    }

    /// What can be seen of a mailbox through a handle.
    pub fn look(&self, pid: Int, number: Int) -> Reply {
        let peek = self.it.mailbox_peek(on_behalf(pid)?, handle(number)).map_err(refused)?;
        reply!("info": {
            "depth": peek.depth, "bytes_used": peek.used, "capacity": peek.capacity,
            "next_len": peek.next_length, "head_seq": peek.head_seq, "next_seq": peek.next_seq,
            "mode_mask": peek.mode,
        })
    }

    /// Makes a handle a tap, or none.
    pub fn tap(&mut self, pid: Int, number: Int, enable: bool) -> Reply {
        self.it.mailbox_tap(on_behalf(pid)?, handle(number), enable).map_err(refused)?;
        reply!("mbx_status": 0)
    }

    /// Sets the mode of a standard stream, or of all.
    pub fn configure_stdio(&mut self, name: &str, Int(mode): Int, update: bool) -> Reply {
        let mode = u16::try_from(mode).map_err(|_| Refusal::OutOfRange("mode", 0, 0xFFFF))?;
        let mut updated = Vec::new();
        for stream in streams(Some(name))? {
            self.it.mailbox_stdio(stream, mode, update, |id| updated.push(id)).map_err(refused)?;
        }
        reply!("mbx_status": 0, "mode": mode, "stream": name, "updated_descriptors": updated)
    }

    /// The modes of standard streams: of tasks to come, and of one task or all.
    pub fn stdio_summary(&self, pid: Option<Int>, name: Option<&str>, default_only: bool) -> Reply {
        let streams = streams(name)?;
        let modes = |mode: &dyn Fn(usize) -> Value| -> Map<String, Value> {
            streams.iter().map(|&stream| (STREAMS[stream].to_owned(), mode(stream))).collect()
        };
        let default = modes(&|stream| self.it.stdio_modes()[stream].into());
        let of_task =
            |pid: u16| json!({"pid": pid, "streams": modes(&|stream| self.stdio_mode(pid, stream))});
        let names: Vec<&str> = streams.iter().map(|&stream| STREAMS[stream]).collect();
        let mut summary = json!({"streams": names, "default": default});
        match pid {
            _ if default_only => {}
            Some(pid) => summary["task"] = of_task(self.pid(pid)?),
            None => summary["tasks"] = self.it.tasks().iter().map(|task| of_task(task.pid)).collect(),
        }
        reply!("summary": summary)
    }

    fn stdio_mode(&self, pid: u16, stream: usize) -> Value {
        json!(self.stream(pid, STREAMS[stream]).map(|mailbox| mailbox.mode))
    }

    /// The mailbox of a standard stream of a task.
    pub fn stream(&self, pid: u16, stream: &str) -> Option<&Mailbox> {
        let name = format!("stdio.{stream}");
        let is_it = |mailbox: &&Mailbox| {
            mailbox.namespace == SVC && mailbox.name.as_str() == name && mailbox.owner == Some(pid.into())
        };
        self.it.mail().boxes().iter().find(is_it)
    }

    /// All mailboxes, and what they take.
    pub fn mailboxes(&self) -> Reply {
        let mail = self.it.mail();
        let shown = |mailbox: &Mailbox| {
            let taps = mail
                .taps(mailbox)
                .map(|tap| json!({"pid": tap.pid, "handle": tap.number, "depth": mail.copies(tap).count()}));
            json!({
                "descriptor_id": mailbox.id, "namespace": mailbox.namespace, "name": mailbox.name.as_str(),
                "owner_pid": mailbox.owner.and_then(|owner| i64::try_from(owner).ok()),
                "capacity": mailbox.capacity, "bytes_used": mailbox.used,
                "queue_depth": mail.queued(mailbox).count(), "head_seq": mail.head_seq(mailbox),
                "next_seq": mailbox.next_seq, "mode_mask": mailbox.mode,
                "waiters": mail.waiters(mailbox).collect::<Vec<_>>(), "taps": taps.collect::<Vec<_>>(),
            })
        };
        let descriptors: Vec<Value> = mail.boxes().iter().map(shown).collect();
        reply!("descriptors": descriptors, "stats": self.mailbox_stats())
    }

    fn mailbox_stats(&self) -> Value {
        let mail = self.it.mail();
        let boxes = mail.boxes();
        let Config { descriptors, handles: handle_limit, tap_rate, .. } = Config::default();
        let (active, max) = (boxes.len(), descriptors as usize);
        let capacity: u64 = boxes.iter().map(|mailbox| mailbox.capacity).sum();
        let used: u64 = boxes.iter().map(|mailbox| mailbox.used).sum();
        let mut of_pids = Map::new();
        for handle in mail.handles() {
            let count = of_pids.entry(handle.pid.to_string()).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap_or(0) + 1);
        }
        let taps = || mail.handles().iter().filter(|handle| handle.tap);
        json!({
            "max_descriptors": max, "active_descriptors": active, "free_descriptors": max - active.min(max),
            "total_capacity": capacity, "bytes_used": used, "bytes_available": capacity.saturating_sub(used),
            "queue_depth": boxes.iter().map(|mailbox| mail.queued(mailbox).count()).sum::<usize>(),
            "handles_total": mail.handles().len(), "handles_per_pid": of_pids,
            "handle_limit_per_pid": handle_limit, "tap_rate_limit": tap_rate,
            "descriptor_pool_exhausted": active >= max, "tap_count": taps().count(),
            "tap_queue_depth": taps().map(|tap| mail.copies(tap).count()).sum::<usize>(),
            "waiter_count": boxes.iter().map(|mailbox| mail.waiters(mailbox).count()).sum::<usize>(),
            "fanout_descriptors": boxes.iter().filter(|mailbox| mailbox.fans_out()).count(),
        })
    }
}
