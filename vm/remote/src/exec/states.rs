//! How tasks have changed since somebody looked last: events of their states, and of who has the next turn.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::host::Host;

/// A task as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    state: &'static str,
    quantum: u16,
    exit_status: Option<u32>,
}

/// The tasks as they were.
#[derive(Debug, Default)]
pub struct States {
    tasks: BTreeMap<u16, Seen>,
    current: Option<u16>,
}

impl States {
    /// What has changed, as events. `executed`: turns since the last time; `source`: who let them pass.
    pub fn changes(&mut self, host: &Host<'_>, told: &[Value], executed: u32, source: &str) -> Vec<Value> {
        let current = host.it.current();
        let same = |(task, state): (&executive::task::Task, &str)| {
            self.tasks.get(&task.pid).is_some_and(|seen| seen.state == state)
        };
        let count = host.it.tasks().len();
        if current == self.current && count == self.tasks.len() && host.states().all(same) {
            return Vec::new();
        }
        let seen = |(task, state): (&executive::task::Task, &'static str)| {
            (task.pid, Seen { state, quantum: task.quantum, exit_status: task.exit_status })
        };
        let tasks: BTreeMap<u16, Seen> = host.states().map(seen).collect();
        let pids: BTreeSet<u16> = self.tasks.keys().chain(tasks.keys()).copied().collect();
        let mut events = Vec::new();
        for pid in pids {
            let (before, after) = (self.tasks.get(&pid), tasks.get(&pid));
            if before.map(|task| task.state) != after.map(|task| task.state) {
                events.push(changed(pid, (before, after), told, host));
            }
        }
        if current != self.current && self.current.is_some() {
            let state = |pid: Option<u16>, of: &BTreeMap<u16, Seen>| Some(of.get(&pid?)?.state);
            let post = state(self.current, &tasks);
            let quantum = self.current.and_then(|pid| self.tasks.get(&pid)).map_or(1, |seen| seen.quantum);
            events.push(json!({
                "type": "scheduler", "pid": current, "data": {
                    "state": "switch", "prev_pid": self.current, "next_pid": current, "reason": reason(post),
                    "quantum_remaining": u32::from(quantum).saturating_sub(executed),
                    "prev_state": state(self.current, &self.tasks), "next_state": state(current, &tasks),
                    "post_state": post, "executed": executed, "source": source,
                },
            }));
        }
        (self.tasks, self.current) = (tasks, current);
        events
    }
}

/// Why another task has the next turn, from what has become of the one before.
fn reason(post_state: Option<&str>) -> &'static str {
    match post_state {
        Some("ready" | "running") => "quantum_expired",
        Some("sleeping") => "sleep",
        Some("waiting_mbx") => "wait_mbx",
        Some("paused" | "stopped") => "paused",
        _ => "killed",
    }
}

/// The event of a task whose state has changed.
fn changed(
    pid: u16,
    (before, after): (Option<&Seen>, Option<&Seen>),
    told: &[Value],
    host: &Host<'_>,
) -> Value {
    let last = |kind: &str| told.iter().rev().find(|it| it["type"] == kind && it["pid"] == pid).cloned();
    let (reason, details) = match (before.map(|it| it.state), after.map(|it| it.state)) {
        (None, _) => (Some("loaded"), None),
        (_, None) => (Some("killed"), None),
        (_, Some("paused" | "stopped")) if host.debugger.halts(pid) => {
            (Some("debug_break"), Some(json!({"pc": host.pc(pid)})))
        }
        (_, Some("paused")) => (Some("user_pause"), None),
        (_, Some("sleeping")) => (Some("sleep"), last("sleep_request")),
        (_, Some("waiting_mbx")) => (Some("mailbox_wait"), last("mailbox_wait")),
        (_, Some("returned")) => {
            (Some("returned"), Some(json!({"exit_status": after.and_then(|it| it.exit_status)})))
        }
        (Some("waiting_mbx"), _) => match last("mailbox_timeout") {
            None => (Some("mailbox_wake"), last("mailbox_wake")),
            timeout => (Some("timeout"), timeout),
        },
        (Some("paused"), _) => (Some("resume"), None),
        _ => (None, None),
    };
    let mut data = json!({
        "prev_state": before.map(|it| it.state), "new_state": after.map_or("terminated", |it| it.state),
    });
    if let Some(reason) = reason {
        data["reason"] = reason.into();
    }
    if let Some(details) = details {
        data["details"] = details;
    }
    json!({"type": "task_state", "pid": pid, "data": data})
}
