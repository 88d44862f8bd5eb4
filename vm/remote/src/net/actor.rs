//! The thread that has the executive. Connections talk to it by channels only.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::core::{self, Input, Port};
use crate::exec::Sent;
use crate::host::{Connection, Rooms, Setup};

/// Where lines for a connection go. Replies have a way of their own, so that events cannot be in theirs.
pub struct Outbox {
    /// One reply at a time.
    pub replies: mpsc::Sender<String>,
    /// Events, as far as there is room.
    pub events: mpsc::Sender<String>,
}

/// What a connection says to the actor.
pub enum Message {
    /// Lines for it go here from now on.
    Outbox(Connection, Outbox),
    /// Something has happened.
    Input(Input),
}

/// The actor's side of the channels.
pub struct Actor<P> {
    messages: mpsc::Receiver<Message>,
    outboxes: BTreeMap<Connection, Outbox>,
    print: P,
}

impl<P: FnMut(&str)> Actor<P> {
    /// An actor that gets `messages`, and whose tasks print with `print`.
    pub fn new(messages: mpsc::Receiver<Message>, print: P) -> Self {
        Actor { messages, outboxes: BTreeMap::new(), print }
    }

    /// Serves until nobody can send a message any more.
    pub fn run(mut self, setup: &Setup) {
        let mut rooms = Box::<Rooms>::default();
        core::serve(setup, &mut rooms, &mut self);
    }

    fn receive(&mut self, until: Option<u64>) -> Option<Option<Message>> {
        let Some(until) = until else { return self.messages.blocking_recv().map(Some) };
        let time = Duration::from_millis(until.saturating_sub(monotonic_ms()));
        let received =
            Handle::current().block_on(async { tokio::time::timeout(time, self.messages.recv()).await });
        received.map_or(Some(None), |message| message.map(Some))
    }
}

impl<P: FnMut(&str)> Port for Actor<P> {
    fn now(&mut self) -> u64 {
        monotonic_ms()
    }

    fn wall(&mut self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
    }

    fn next(&mut self, until: Option<u64>) -> Option<Option<Input>> {
        loop {
            match self.receive(until)? {
                None => return Some(None),
                Some(Message::Outbox(connection, outbox)) => drop(self.outboxes.insert(connection, outbox)),
                Some(Message::Input(input)) => {
                    if let Input::Closed(connection) = input {
                        self.outboxes.remove(&connection);
                    }
                    return Some(Some(input));
                }
            }
        }
    }

    fn reply(&mut self, to: Connection, line: String) {
        // A connection has one request in flight, so there is room; if it is gone, nobody misses the line.
        let _sent = self.outboxes.get(&to).map(|outbox| outbox.replies.try_send(line));
    }

    fn event(&mut self, to: Connection, line: &str) -> Sent {
        // To one that is gone everything can be sent.
        let Some(outbox) = self.outboxes.get(&to) else { return Sent::Taken };
        match outbox.events.try_send(line.to_owned()) {
            Err(TrySendError::Full(_)) => Sent::Later,
            _ => Sent::Taken,
        }
    }

    fn print(&mut self, line: &str) {
        (self.print)(line);
    }
}

/// The clock that programs on this machine compare deadlines with, in ms.
fn monotonic_ms() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000
}
