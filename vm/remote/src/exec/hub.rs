//! Events: what has happened is numbered, kept for a while, and queued for each client that has subscribed.
//!
//! A queue has as many places as its session has negotiated. If it is full, the oldest event goes, and a warning stands in
//! its place when the queue is sent; so lines come in the order of their numbers. A client that gets events and does not
//! acknowledge them is warned, and then loses its subscription.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::request::Filters;
use crate::host::{Connection, TASKS};
use crate::lenient::{Int, Text};
use crate::refusal::Refusal;

/// Kinds of events that there are.
const CATEGORIES: &[&str] = &[
    "cmd_completed",
    "cmd_invoked",
    "cmd_registered",
    "debug_break",
    "debug_stop",
    "exited",
    "fault",
    "mailbox_backpressure",
    "mailbox_error",
    "mailbox_exhausted",
    "mailbox_overrun",
    "mailbox_recv",
    "mailbox_send",
    "mailbox_timeout",
    "mailbox_wait",
    "mailbox_wake",
    "scheduler",
    "sleep_complete",
    "sleep_request",
    "stderr",
    "stdout",
    "task_state",
    "trace_step",
    "value_changed",
    "value_registered",
    "vm_error",
    "warning",
    "watch_update",
];
/// How long events are said to be kept, in ms; the ring keeps them by number.
const RETENTION_MS: u64 = 5000;
/// Seconds between two warnings of one kind, and before the first.
const BETWEEN_WARNINGS: f64 = 0.5;
const GRACE: f64 = 1.0;

/// An event.
#[derive(Clone, Debug)]
struct Event {
    seq: u64,
    kind: String,
    pid: Option<u64>,
    line: String,
}

/// A subscription.
#[derive(Debug)]
struct Subscription {
    connection: Connection,
    pids: Option<Vec<i64>>,
    kinds: Option<BTreeSet<String>>,
    max: usize,
    queue: VecDeque<(u64, String)>,
    /// The first event that was dropped since the last warning, and how many.
    lost: Option<(u64, u64)>,
    drops: u64,
    /// Numbers of events that were sent and not acknowledged.
    unacknowledged: VecDeque<u64>,
    last_ack: u64,
    high_water: usize,
    since: f64,
    warned: f64,
}

impl Subscription {
    fn takes(&self, event: &Event) -> bool {
        let of_pid = |pids: &Vec<i64>| event.pid.is_some_and(|pid| pids.contains(&(pid as i64)));
        self.pids.as_ref().is_none_or(of_pid)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&event.kind))
    }

    fn queue(&mut self, event: &Event) {
        if self.queue.len() >= self.max
            && let Some((first, _)) = self.queue.pop_front()
        {
            self.drops += 1;
            self.lost = Some(self.lost.map_or((first, 1), |(first, count)| (first, count + 1)));
        }
        self.queue.push_back((event.seq, event.line.clone()));
        self.high_water = self.high_water.max(self.unacknowledged.len() + self.queue.len());
    }

    fn counters(&self) -> Value {
        json!({"pending": self.unacknowledged.len(), "high_water": self.high_water, "drops": self.drops})
    }
}

/// What has become of the line of an event that was for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The line was taken.
    Taken,
    /// There is no room now.
    Later,
}

/// All events and subscriptions; those by the id of their session.
#[derive(Debug, Default)]
pub struct Hub {
    last: u64,
    kept: VecDeque<Event>,
    subscriptions: BTreeMap<String, Subscription>,
}

/// An event as a line.
fn line(seq: u64, ts: f64, kind: &str, pid: &Value, data: &Value) -> String {
    let mut line = json!({"seq": seq, "ts": ts, "type": kind, "pid": pid, "data": data}).to_string();
    line.push('\n');
    line
}

impl Hub {
    /// Numbers an event, keeps it, queues it; `keep`: how many are kept. Gives it as replies have it. Its keys but `type` and
    /// `pid` are its data, or those of `data` if it has that.
    pub fn publish(&mut self, mut event: Value, now: f64, keep: usize) -> Value {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let pid = event["pid"].clone();
        if event["data"].is_object() {
            event = event["data"].take();
        } else if let Value::Object(keys) = &mut event {
            keys.remove("type");
            keys.remove("pid");
        }
        self.last += 1;
        let kept = Event {
            seq: self.last,
            line: line(self.last, now, &kind, &pid, &event),
            pid: pid.as_u64(),
            kind: kind.clone(),
        };
        for subscription in self.subscriptions.values_mut().filter(|it| it.takes(&kept)) {
            subscription.queue(&kept);
        }
        self.kept.push_back(kept);
        while self.kept.len() > keep {
            self.kept.pop_front();
        }
        json!({"seq": self.last, "ts": now, "type": kind, "pid": pid, "data": event})
    }

    /// Subscribes a session on a connection, in place of its subscription before.
    ///
    /// # Errors
    /// There are no events of a kind that is asked for, or some that are asked for are not kept any more.
    pub fn subscribe(
        &mut self,
        (session, connection): (&str, Connection),
        filters: Filters,
        (max, now): (usize, f64),
    ) -> Result<Value, Refusal> {
        let Filters { pid, categories, since_seq } = filters;
        let kinds: Option<BTreeSet<String>> =
            categories.map(|kinds| kinds.into_list().into_iter().map(|Text(kind)| kind).collect());
        if let Some(unknown) = kinds.iter().flatten().find(|kind| !CATEGORIES.contains(&kind.as_str())) {
            return Err(Refusal::UnsupportedCategory(unknown.clone()));
        }
        let pids: Option<Vec<i64>> =
            pid.map(|pids| pids.into_list().into_iter().map(|Int(pid)| pid).collect());
        if pids.as_ref().is_some_and(|pids| pids.len() > TASKS) {
            return Err(Refusal::TooMany("tasks of a subscription", TASKS));
        }
        let mut subscription = Subscription {
            connection,
            pids,
            kinds,
            max,
            queue: VecDeque::new(),
            lost: None,
            drops: 0,
            unacknowledged: VecDeque::new(),
            last_ack: 0,
            high_water: 0,
            since: now,
            warned: f64::NEG_INFINITY,
        };
        let mut shown = json!({
            "token": format!("{session}:{}", uuid::Uuid::new_v4()), "max": max, "cursor": self.last,
            "retention_ms": RETENTION_MS,
        });
        if let Some(Int(since)) = since_seq {
            let first = self.kept.front().map_or(self.last + 1, |event| event.seq);
            let since = u64::try_from(since).unwrap_or(0);
            if since + 1 < first {
                return Err(Refusal::SeqEvicted);
            }
            let missed = self.kept.iter().filter(|event| event.seq > since && subscription.takes(event));
            let missed: Vec<Event> = missed.cloned().collect();
            missed.iter().for_each(|event| subscription.queue(event));
            shown["since_seq"] = json!(since);
        }
        if let (Value::Object(shown), Value::Object(counters)) = (&mut shown, subscription.counters()) {
            shown.extend(counters);
        }
        self.subscriptions.insert(session.to_owned(), subscription);
        Ok(shown)
    }

    /// Ends the subscription of a session; whether there was one.
    pub fn unsubscribe(&mut self, session: &str) -> bool {
        self.subscriptions.remove(session).is_some()
    }

    /// A connection is gone, and what was sent on it.
    pub fn forget(&mut self, connection: Connection) {
        self.subscriptions.retain(|_, it| it.connection != connection);
    }

    /// The program of a task has been loaded anew, as another one: who wants events of the one wants those of the other. What
    /// is left to tell of the old one is told, too.
    pub fn follow(&mut self, old: u16, new: u16) {
        let wanted = self.subscriptions.values_mut().filter_map(|it| it.pids.as_mut());
        for pids in wanted.filter(|pids| pids.contains(&old.into())) {
            pids.push(new.into());
            // The oldest of so many cannot live any more.
            if pids.len() > TASKS {
                pids.remove(0);
            }
        }
    }

    /// A session has dealt with the events up to one.
    ///
    /// # Errors
    /// It has no subscription.
    pub fn acknowledge(&mut self, session: &str, Int(seq): Int) -> Result<Value, Refusal> {
        let it = self.subscriptions.get_mut(session).ok_or(Refusal::NotSubscribed)?;
        it.last_ack = it.last_ack.max(u64::try_from(seq).unwrap_or(0));
        it.unacknowledged.retain(|&sent| sent > it.last_ack);
        let mut counters = it.counters();
        counters["last_ack"] = json!(it.last_ack);
        Ok(counters)
    }

    /// Sends what is queued, as far as it is taken; whether there is more.
    pub fn deliver(&mut self, now: f64, send: &mut impl FnMut(Connection, &str) -> Sent) -> bool {
        let mut more = false;
        let mut ended = Vec::new();
        for (session, it) in &mut self.subscriptions {
            if let Some(warning) = too_slow(it, now) {
                let drops_it = warning == "slow_consumer_drop";
                let mut data = it.counters();
                data["reason"] = warning.into();
                let _warned = send(it.connection, &line(self.last, now, "warning", &Value::Null, &data));
                it.warned = now;
                if drops_it {
                    ended.push(session.clone());
                    continue;
                }
            }
            while let Some((seq, next)) = it.queue.front() {
                if let Some((first, count)) = it.lost {
                    let data = json!({
                        "reason": "event_dropped", "seq": first, "dropped_seq": first, "count": count,
                        "drops": it.drops,
                    });
                    if send(it.connection, &line(first, now, "warning", &Value::Null, &data)) == Sent::Later {
                        break;
                    }
                    it.lost = None;
                }
                if send(it.connection, next) == Sent::Later {
                    break;
                }
                it.unacknowledged.push_back(*seq);
                it.queue.pop_front();
            }
            more |= !it.queue.is_empty();
        }
        ended.iter().for_each(|session| drop(self.subscriptions.remove(session)));
        more
    }
}

/// Whether a client is to be warned that it acknowledges too little, or has lost its subscription for that.
fn too_slow(it: &Subscription, now: f64) -> Option<&'static str> {
    let pending = it.unacknowledged.len();
    if now - it.since < GRACE {
        return None;
    }
    if pending >= (4 * it.max).max(256) {
        return Some("slow_consumer_drop");
    }
    let warns = pending >= (2 * it.max).max(64) && now - it.warned >= BETWEEN_WARNINGS;
    warns.then_some("slow_consumer")
}
