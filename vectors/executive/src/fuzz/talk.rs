//! Any bytes as what several clients send to a server, one after the other.
//!
//! A NUL ends what one client sends at once, and the next one goes on; two NULs close a connection and open it anew. Time
//! passes between any two inputs.

use std::collections::{BTreeMap, VecDeque};

use oracle::fuzz::Complaint;
use remote::core::{Input, Port, Protocol};
use remote::exec::Sent;
use remote::host::Connection;
use remote::lines::{Line, Lines};
use serde_json::Value;

/// How many clients there are.
const CLIENTS: usize = 3;
/// The longest line.
pub const LINE: usize = 4096;
/// ms between two inputs.
const PAUSE: u64 = 7;
/// The longest error.
const ERROR: usize = 400;
/// Every so many events a client has no room for another.
const STUCK: u64 = 5;

/// What clients send, and what they are sent.
pub struct Talk {
    inputs: VecDeque<Input>,
    now: u64,
    open: [Connection; CLIENTS],
    /// The client that looks around when the others are gone.
    last: Connection,
    /// Lines that each connection has sent and that were not answered.
    unanswered: BTreeMap<Connection, usize>,
    /// The number of the last event of each connection.
    seen: BTreeMap<Connection, u64>,
    events: u64,
    /// Requests that succeeded.
    pub succeeded: usize,
    /// What is wrong with the server.
    pub complaint: Option<Complaint>,
}

impl Talk {
    /// What the bytes of an input stand for.
    pub fn new(input: &[u8], protocol: Protocol) -> Self {
        let mut talk = Talk {
            inputs: VecDeque::new(),
            now: 1_000_000,
            open: [0; CLIENTS],
            last: 0,
            unanswered: BTreeMap::new(),
            seen: BTreeMap::new(),
            events: 0,
            succeeded: 0,
            complaint: None,
        };
        let mut next = 0;
        let mut opened = |talk: &mut Talk, protocol| {
            next += 1;
            talk.inputs.push_back(Input::Opened(next, protocol));
            next
        };
        let mut lines: [Lines; CLIENTS] = std::array::from_fn(|_| Lines::new(LINE));
        for client in 0..CLIENTS {
            talk.open[client] = opened(&mut talk, protocol);
        }
        for (turn, piece) in input.split(|&byte| byte == 0).enumerate() {
            let client = turn % CLIENTS;
            if piece.is_empty() {
                talk.inputs.push_back(Input::Closed(talk.open[client]));
                talk.open[client] = opened(&mut talk, protocol);
                lines[client] = Lines::new(LINE);
            }
            let (connection, inputs) = (talk.open[client], &mut talk.inputs);
            lines[client].take(piece, &mut |line| inputs.push_back(Input::Line(connection, line)));
        }
        for client in 0..CLIENTS {
            talk.inputs.push_back(Input::Closed(talk.open[client]));
        }
        talk.last = opened(&mut talk, Protocol::Vm);
        let look = br#"{"cmd":"mailbox_snapshot"}"#;
        talk.inputs.push_back(Input::Line(talk.last, Line::Whole(look.into())));
        talk
    }

    fn law(&mut self, holds: bool, field: &str, message: impl FnOnce() -> String) {
        if let Err(complaint) = Complaint::unless(holds, "server", field, message) {
            self.complaint.get_or_insert(complaint);
        }
    }

    /// What holds when everybody is gone.
    ///
    /// # Errors
    /// The first law that does not hold.
    pub fn end(mut self) -> Result<usize, Complaint> {
        let open: Vec<_> = self.unanswered.iter().filter(|(_, lines)| **lines > 0).collect();
        let holds = open.is_empty();
        let message = format!("lines without an answer: {open:?}");
        self.law(holds, "answers", || message);
        self.complaint.map_or(Ok(self.succeeded), Err)
    }
}

impl Port for Talk {
    fn now(&mut self) -> u64 {
        self.now
    }

    fn wall(&mut self) -> f64 {
        self.now as f64 / 1000.0
    }

    fn next(&mut self, _: Option<u64>) -> Option<Option<Input>> {
        self.now += PAUSE;
        let input = self.inputs.pop_front()?;
        if let Input::Line(connection, _) = input {
            *self.unanswered.entry(connection).or_default() += 1;
        }
        Some(Some(input))
    }

    fn reply(&mut self, to: Connection, line: String) {
        let lines = self.unanswered.entry(to).or_default();
        let asked = *lines > 0;
        *lines = lines.saturating_sub(1);
        self.law(asked, "answers", || format!("{to} has not asked for {line}"));
        self.law(line.ends_with('\n') && line.matches('\n').count() == 1, "line", || line.clone());
        let reply: Value = serde_json::from_str(&line).unwrap_or_default();
        let fails = reply["status"] == "error";
        let why = reply["error"].as_str().unwrap_or_default();
        let is_good = if fails { !why.is_empty() && why.len() < ERROR } else { reply["status"] == "ok" };
        self.law(is_good, "status", || line.clone());
        self.succeeded += usize::from(!fails && to != self.last);
        if to == self.last {
            // Whatever the others had open is closed, and what they had made is gone.
            let held = &reply["stats"]["handles_per_pid"]["0"];
            self.law(held.is_null(), "handles", || format!("{held} handles are open"));
        }
    }

    fn event(&mut self, to: Connection, line: &str) -> Sent {
        self.events += 1;
        if self.events.is_multiple_of(STUCK) {
            return Sent::Later;
        }
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let seq = event["seq"].as_u64().unwrap_or(0);
        let before = self.seen.insert(to, seq).unwrap_or(0);
        // A client may have subscribed anew, to what was before.
        let ascends = seq >= before || self.succeeded > 0;
        self.law(seq > 0 && ascends, "events", || format!("{seq} after {before}"));
        Sent::Taken
    }

    fn print(&mut self, _: &str) {}
}
