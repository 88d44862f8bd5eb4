//! What the scheduler did: its last decisions, and how often it made each of them.

use std::collections::{BTreeMap, VecDeque};

use executive::Event;
use serde_json::{Map, Value, json};

use super::time::seconds;

/// Decisions that are kept.
const KEPT: usize = 256;
/// Decisions that `info` shows.
const SHOWN: usize = 32;

/// The log.
#[derive(Debug, Default)]
pub struct SchedulerLog {
    entries: VecDeque<Value>,
    counters: BTreeMap<u16, BTreeMap<&'static str, u64>>,
    /// Of each task: mailbox calls, wakes, timeouts.
    mailbox: BTreeMap<u16, [u64; 3]>,
}

impl SchedulerLog {
    /// An event of the executive.
    pub fn note(&mut self, event: &Event, now: u64) {
        match *event {
            Event::MailboxWait { pid, descriptor, handle, .. } => {
                self.add("block", pid, now, json!({"descriptor": descriptor, "handle": handle}));
            }
            Event::MailboxWake(it) => {
                self.mailbox.entry(it.pid).or_default()[1] += 1;
                self.add("wake", it.pid, now, json!({"descriptor": it.descriptor, "length": it.length}));
            }
            Event::MailboxTimeout(it) => {
                self.mailbox.entry(it.pid).or_default()[2] += 1;
                self.add("timeout", it.pid, now, json!({"descriptor": it.descriptor}));
            }
            _ => {}
        }
    }

    /// A turn of a task; pc is where it goes on.
    pub fn step(&mut self, pid: u16, pc: u32, now: u64) {
        self.add("step", pid, now, json!({"pc": pc}));
    }

    /// Another task is active.
    pub fn rotate(&mut self, pid: u16, now: u64) {
        self.add("rotate", pid, now, json!({}));
    }

    /// A task sends or receives.
    pub fn mailbox_call(&mut self, pid: u16) {
        self.mailbox.entry(pid).or_default()[0] += 1;
    }

    /// A task is gone.
    pub fn forget(&mut self, pid: u16) {
        self.counters.remove(&pid);
        self.mailbox.remove(&pid);
    }

    fn add(&mut self, event: &'static str, pid: u16, now: u64, more: Value) {
        let mut entry = json!({"event": event, "ts": seconds(now), "pid": pid});
        if let (Value::Object(entry), Value::Object(more)) = (&mut entry, more) {
            entry.extend(more);
        }
        self.entries.push_back(entry);
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
        *self.counters.entry(pid).or_default().entry(event).or_default() += 1;
    }

    /// The counters of all tasks, by PID.
    pub fn counters(&self) -> Value {
        let of = |(pid, counts): (&u16, &BTreeMap<&str, u64>)| (pid.to_string(), json!(counts));
        Value::Object(self.counters.iter().map(of).collect())
    }

    /// The last decisions, `limit` at most.
    pub fn trace(&self, limit: usize) -> Vec<Value> {
        self.entries.iter().skip(self.entries.len().saturating_sub(limit)).cloned().collect()
    }

    /// As `info` shows it.
    pub fn show(&self, pids: impl Iterator<Item = u16>) -> Value {
        let mailbox: Map<String, Value> = pids
            .map(|pid| {
                let [calls, wakes, timeouts] = self.mailbox.get(&pid).copied().unwrap_or_default();
                let counts =
                    json!({"MAILBOX_STEP": calls, "MAILBOX_WAKE": wakes, "MAILBOX_TIMEOUT": timeouts});
                (pid.to_string(), counts)
            })
            .collect();
        json!({"trace": self.trace(SHOWN), "counters": self.counters(), "mailbox_counters": mailbox})
    }
}
