//! The thread that has the executive. Connections talk to it by channels only.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::core::{self, Input, Port};
use crate::host::{Connection, Rooms, Setup};

/// What a connection says to the actor.
pub enum Message {
    /// Lines for it go here from now on.
    Outbox(Connection, mpsc::Sender<String>),
    /// Something has happened.
    Input(Input),
}

/// The actor's side of the channels.
pub struct Actor<P> {
    messages: mpsc::Receiver<Message>,
    outboxes: BTreeMap<Connection, mpsc::Sender<String>>,
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
        let _sent = self.outboxes.get(&to).map(|outbox| outbox.try_send(line));
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
