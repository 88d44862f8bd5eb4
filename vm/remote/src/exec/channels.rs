//! The standard streams of tasks, as a shell uses them.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use executive::mailbox::FANOUT;
use serde_json::{Value, json};

use crate::host::{Connection, Host, Message, Named, Reply, STREAMS, reply, streams_named, whose};
use crate::lenient::Int;
use crate::refusal::Refusal;

/// The namespaces of mailboxes, by number.
const NAMESPACES: [&str; 4] = ["pid", "svc", "app", "shared"];
/// Streams that are listened to.
const LISTENED: [&str; 2] = ["out", "err"];
/// Messages of a task at once: most, and if nothing is said.
const MESSAGES: (i64, i64) = (256, 5);
/// Bytes of a message, if nothing is said.
const LENGTH: i64 = 512;
/// Modes of streams by the names that the reference knows them by, its own first: one reader; all readers, and the oldest
/// message goes, or the newest does not come.
const MODES: [(&[&str], i64); 3] = [
    (&["off", "none", "default"], 3),
    (&["drop", "fanout", "fanout_drop"], 27),
    (&["block", "fanout_block"], 43),
];

/// How far each stream with several readers has been listened to: the number of the next message.
#[derive(Debug, Default)]
pub struct Channels(BTreeMap<u32, u32>);

impl Channels {
    /// The mailboxes of a task.
    pub fn list(host: &Host<'_>, pid: u16) -> Value {
        let mail = host.it.mail();
        let of_task = mail.boxes().iter().filter(|mailbox| mailbox.owner == Some(pid.into()));
        let shown: Vec<Value> = of_task
            .map(|it| {
                let name = it.name.as_str();
                let space = NAMESPACES.get(usize::from(it.namespace)).copied().unwrap_or_default();
                let target = if it.namespace == 0 { name.to_owned() } else { format!("{space}:{name}@{pid}") };
                json!({
                    "descriptor_id": it.id, "target": target, "name": name, "namespace": it.namespace,
                    "mode_mask": it.mode, "capacity": it.capacity, "bytes_used": it.used,
                    "queue_depth": mail.queued(it).count(),
                    "subscriber_count": mail.handles().iter().filter(|handle| handle.descriptor == it.id).count(),
                })
            })
            .collect();
        json!({"pid": pid, "channels": shown})
    }

    /// What tasks have written: one of them, or all. A message of a stream with one reader is gone then; those of others
    /// stay for their readers, and are told once.
    pub fn listen(
        &mut self,
        host: &mut Host<'_>,
        (pid, limit, max): (Option<Int>, Option<Int>, Option<Int>),
        me: Connection,
    ) -> Reply {
        let pids: Vec<u16> = match pid {
            Some(pid) => host.pid(pid).into_iter().collect(),
            None => host.it.tasks().iter().map(|task| task.pid).collect(),
        };
        let limit = limit.map_or(MESSAGES.1, |Int(limit)| limit).clamp(1, MESSAGES.0) as usize;
        let max = max.map_or(LENGTH, |Int(max)| max);
        let mut messages = Vec::new();
        for pid in pids {
            let mut of_task = Vec::new();
            for stream in LISTENED {
                let target = format!("svc:stdio.{stream}@{pid}");
                let left = limit - of_task.len();
                if self.fans_out(host, pid, stream) {
                    of_task.extend(self.look(host, (pid, stream, &target), left));
                } else {
                    of_task.extend(receive(host, &target, (left, max), me)?);
                }
            }
            messages.extend(of_task);
        }
        reply!("messages": messages)
    }

    fn fans_out(&self, host: &Host<'_>, pid: u16, stream: &str) -> bool {
        host.stream(pid, stream).is_some_and(executive::mailbox::Mailbox::fans_out)
    }

    /// Messages of a stream with several readers, of which none is taken away.
    fn look(
        &mut self,
        host: &Host<'_>,
        (pid, stream, target): (u16, &str, &str),
        limit: usize,
    ) -> Vec<Value> {
        let Some(mailbox) = host.stream(pid, stream) else { return Vec::new() };
        let next = self.0.get(&mailbox.id).copied().unwrap_or(0);
        let mut messages = Vec::new();
        for message in host.it.mail().queued(mailbox).filter(|message| message.seq >= next).take(limit) {
            let data: Vec<u8> = host.it.mail().payload(message).flatten().copied().collect();
            self.0.insert(mailbox.id, message.seq + 1);
            messages.push(json!({
                "target": target, "text": std::str::from_utf8(&data).unwrap_or_default(),
                "data_hex": HEXLOWER.encode(&data), "flags": message.flags, "channel": message.channel,
                "length": data.len(), "src_pid": message.src,
            }));
        }
        messages
    }

    /// Forgets what mailboxes that are gone had.
    pub fn retain(&mut self, host: &Host<'_>) {
        self.0.retain(|&id, _| host.it.mail().mailbox(id).is_some());
    }
}

/// Messages of a stream with one reader.
fn receive(
    host: &mut Host<'_>,
    target: &str,
    (limit, max): (usize, i64),
    me: Connection,
) -> Result<Vec<Value>, Refusal> {
    let handle = Int(host.open(Named { pid: Int(0), target }, me)?.into());
    let mut messages = Vec::new();
    while messages.len() < limit {
        let mut message = host.receive(Int(0), handle, Int(max))?;
        if message.remove("mbx_status") != Some(0.into()) {
            break;
        }
        message.insert("target".to_owned(), target.into());
        messages.push(Value::Object(message));
    }
    host.close(Int(0), handle)?;
    Ok(messages)
}

/// Writes to the standard input of a task.
pub fn send(host: &mut Host<'_>, pid: Int, message: &Message, me: Connection) -> Reply {
    let known = host.pid(pid)?;
    host.send(Int(0), (None, Some(&format!("svc:stdio.in@{known}"))), message, me)
}

/// The name of a mode.
fn mode_name(mask: &Value) -> &'static str {
    if mask.as_u64().unwrap_or(0) & u64::from(FANOUT) == 0 { "off" } else { "fanout" }
}

/// The modes of streams as a list.
fn shown(streams: &Value) -> Vec<Value> {
    let of = |stream: &str| {
        let mask = streams.get(stream)?;
        Some(json!({"stream": stream, "mode_mask": mask, "mode": mode_name(mask)}))
    };
    STREAMS.into_iter().filter_map(of).collect()
}

/// The modes of standard streams: shows them, or sets them first.
pub fn fanout(
    host: &mut Host<'_>,
    (pid, stream, mode): (Option<String>, Option<String>, Option<String>),
    me: Connection,
) -> Reply {
    let wanted = mode.as_deref().map(|mode| {
        let name = mode.trim().to_lowercase();
        let known = MODES.into_iter().find(|(names, _)| names.contains(&name.as_str()));
        known
            .map(|(names, mask)| (names[0], mask))
            .ok_or_else(|| Refusal::Unknown("stdio mode", mode.to_owned()))
    });
    let wanted = wanted.transpose()?;
    let (pid, default_only) = whose(pid.as_deref())?;
    let pid = pid.map(|pid| host.pid(pid)).transpose()?.map(|pid| Int(pid.into()));
    // Whoever sets a mode and names no stream means what a task writes.
    let stream = stream.filter(|stream| !stream.is_empty()).or_else(|| wanted.map(|_| "out".to_owned()));
    let mut applied = Vec::new();
    if let Some((_, mask)) = wanted {
        for stream in streams_named(stream.as_deref().unwrap_or_default())? {
            let mut done = match pid {
                Some(Int(pid)) => {
                    let target = format!("svc:stdio.{stream}@{pid}");
                    let bound = host.bind(Named { pid: Int(0), target: &target }, (None, Int(mask)), me);
                    let mut bound = bound?;
                    bound.insert("target".to_owned(), target.into());
                    bound
                }
                None => host.configure_stdio(stream, Int(mask), !default_only)?,
            };
            done.insert("status".to_owned(), "ok".into());
            done.insert("stream".to_owned(), stream.into());
            applied.push(Value::Object(done));
        }
    }
    let mut summary = host.stdio_summary(pid, stream.as_deref(), default_only)?;
    let summary = summary.remove("summary").unwrap_or_default();
    let scope = if default_only {
        "default"
    } else if pid.is_some() {
        "pid"
    } else {
        "all"
    };
    let mut config = json!({"scope": scope, "default": shown(&summary["default"])});
    config["streams"] = json!(shown(&summary["task"]["streams"]));
    if let Some(Int(pid)) = pid {
        config["pid"] = pid.into();
    }
    if let Some(tasks) = summary["tasks"].as_array() {
        let of = |task: &Value| json!({"pid": task["pid"], "streams": shown(&task["streams"])});
        config["tasks"] = tasks.iter().map(of).collect();
    }
    if let Some((name, mask)) = wanted {
        (config["mode"], config["mode_mask"], config["applied"]) = (name.into(), mask.into(), json!(applied));
    }
    reply!("config": config)
}
