//! The executive's own protocol: what debuggers and shells speak. Beside what the VM server can do there are sessions, which
//! may have tasks to themselves; events, which come on the connection that has asked for them; a clock that has the tasks
//! run; and views: breakpoints, stack, disassembly, symbols, watches, traces.

mod channels;
mod clock;
mod commands;
mod hub;
mod naming;
mod request;
mod session;
mod states;
mod stepping;
mod symbols;
mod traces;
mod views;
mod watch;

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::host::{Connection, Host, Reply};
use crate::parsing::{object, request as parse};
use channels::Channels;
use clock::Clock;
use hub::Hub;
pub use hub::Sent;
pub use request::{Capabilities, Filters, Request};
use session::Sessions;
use states::States;
use symbols::Symbols;
use traces::Traces;
use watch::Watches;

/// Lines of the log that are kept, and that are shown if nothing is said.
const LOG: (usize, i64) = (512, 64);
/// Bytes of a line of the log that are kept.
const MESSAGE: usize = 200;

/// The executive, as all its clients share it.
#[derive(Debug, Default)]
pub struct Server {
    sessions: Sessions,
    hub: Hub,
    clock: Clock,
    tasks: OfTasks,
    log: VecDeque<Value>,
    logged: u64,
    is_to_end: bool,
}

/// What goes with the tasks.
#[derive(Debug, Default)]
struct OfTasks {
    states: States,
    symbols: BTreeMap<u16, Symbols>,
    watches: Watches,
    traces: Traces,
    channels: Channels,
}

/// Who asks.
#[derive(Clone, Copy)]
struct Caller<'s> {
    me: Connection,
    session: Option<&'s str>,
}

impl Server {
    /// Answers a line.
    pub fn answer(&mut self, host: &mut Host<'_>, me: Connection, line: &[u8]) -> Reply {
        self.expire(host);
        let (name, object) = object(line)?;
        let session = object.get("session").and_then(Value::as_str).map(str::to_owned);
        if let Some(id) = &session {
            self.sessions.touch(id, host.wall)?;
        }
        let request = parse(&name, object)?;
        let reply = self.carry_out(host, Caller { me, session: session.as_deref() }, request);
        host.settle();
        reply
    }

    /// Whether a client has shut the server down.
    pub fn is_to_end(&self) -> bool {
        self.is_to_end
    }

    /// There is a new executive: what was known of its tasks is gone, locks too; sessions and subscriptions are not.
    pub fn reset(&mut self) {
        self.tasks = OfTasks::default();
        self.sessions.unlock_all();
        self.clock = Clock::default();
    }

    /// A connection is gone.
    pub fn forget(&mut self, connection: Connection) {
        self.hub.forget(connection);
    }

    /// Whether there are sessions, which may expire.
    pub fn has_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// When there is something to do, in ms.
    pub fn due(&self) -> Option<u64> {
        self.clock.due()
    }

    /// Does what the clock has to do.
    pub fn tick(&mut self, host: &mut Host<'_>) {
        let now = host.it.now();
        match self.clock.tick(host, now) {
            Ok(Some(_)) => drop(self.observe(host, None, "auto")),
            Ok(None) => {}
            Err(why) => self.note(host, "error", &why.to_string()),
        }
    }

    /// After an input: what has happened are events; whether some of them wait to be sent.
    pub fn follow(&mut self, host: &mut Host<'_>, send: &mut impl FnMut(Connection, &str) -> Sent) -> bool {
        self.observe(host, None, "manual");
        self.expire(host);
        self.clock.hurry(host.it.now());
        self.hub.deliver(host.wall, send)
    }

    /// Publishes what has happened. Gives the events of watches and breakpoints, which a step replies.
    fn observe(&mut self, host: &mut Host<'_>, last: Option<Value>, source: &str) -> Vec<Value> {
        let told = host.take_news();
        let executed = host.take_turns();
        let mut replied = Vec::new();
        for mut event in told.clone() {
            let stop = event["type"] == "debug_stop" && event["reason"] == "breakpoint";
            let (pid, pc) = (event["pid"].clone(), event["pc"].clone());
            if event["type"] == "trace_step" {
                self.tasks.traces.keep(&mut event, host.wall);
            }
            self.publish(host, event);
            if stop {
                let data = json!({"pc": pc, "phase": "post", "reason": "breakpoint"});
                replied.push(self.publish(host, json!({"type": "debug_break", "pid": pid, "data": data})));
            }
        }
        if let Some(mut event) = last {
            event["type"] = "trace_step".into();
            self.tasks.traces.keep(&mut event, host.wall);
            self.publish(host, event);
        }
        let changes = self.tasks.states.changes(host, &told, executed, source);
        let has_changed = !changes.is_empty();
        changes.into_iter().for_each(|event| drop(self.publish(host, event)));
        for event in self.tasks.watches.changes(host) {
            replied.push(self.publish(host, event));
        }
        if has_changed {
            let lives = |pid: u16| host.it.tasks().iter().any(|task| task.pid == pid);
            self.tasks.symbols.retain(|&pid, _| lives(pid));
            self.tasks.traces.retain(lives);
            self.tasks.channels.retain(host);
        }
        replied
    }

    fn publish(&mut self, host: &Host<'_>, event: Value) -> Value {
        self.hub.publish(event, host.wall, host.limits.events)
    }

    fn expire(&mut self, host: &Host<'_>) {
        for id in self.sessions.expire(host.wall) {
            self.hub.unsubscribe(&id);
            self.note(host, "info", "session expired");
        }
    }

    fn note(&mut self, host: &Host<'_>, level: &str, message: &str) {
        self.logged += 1;
        let message = &message[..message.floor_char_boundary(MESSAGE)];
        self.log.push_back(json!({"seq": self.logged, "ts": host.wall, "level": level, "message": message}));
        if self.log.len() > LOG.0 {
            self.log.pop_front();
        }
    }
}
