//! The server without sockets, clock and threads: connections, lines and the time come in, lines go out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::exec::{self, Sent};
use crate::host::{Connection, Host, Reply, Rooms, Setup};
use crate::lines::Line;
use crate::parsing::VERSION;
use crate::refusal::Refusal;
use crate::vm;

/// After how many ms events are sent again to a client that took none.
const AGAIN: u64 = 20;
/// After how many ms at the latest sessions are looked at.
const LOOK: u64 = 1000;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// [`vm`].
    Vm,
    /// [`exec`].
    Executive,
}

/// Something that has happened outside.
#[derive(Clone, Debug)]
pub enum Input {
    /// A client has connected.
    Opened(Connection, Protocol),
    /// It has sent a line.
    Line(Connection, Line),
    /// It is gone.
    Closed(Connection),
}

/// What is around the server.
pub trait Port {
    /// The time in ms, on the clock that clients compare deadlines with.
    fn now(&mut self) -> u64;
    /// The time of day, in seconds since 1970.
    fn wall(&mut self) -> f64;
    /// The next thing that happens; `Some(None)` at `until` at the latest, if that is given. Nothing if the server is to
    /// end.
    fn next(&mut self, until: Option<u64>) -> Option<Option<Input>>;
    /// A line for a client, with its line feed, that answers its request.
    fn reply(&mut self, to: Connection, line: String);
    /// A line for a client, with its line feed, that it has not asked for; whether it takes it now.
    fn event(&mut self, to: Connection, line: &str) -> Sent;
    /// A line of a task for whoever looks at the server.
    fn print(&mut self, line: &str);
}

/// Serves until the port or a client ends it.
pub fn serve(setup: &Setup, rooms: &mut Rooms, port: &mut impl Port) {
    let mut clients = Clients::default();
    let mut stored = Vec::new();
    loop {
        let mut host = Host::new(rooms, setup, port.now(), stored);
        if !clients.serve(&mut host, port) {
            return;
        }
        stored = host.stored();
        clients.executive.reset();
        for client in clients.all.values_mut() {
            if let Client::Vm(client) = client {
                *client = vm::Client::default();
            }
        }
    }
}

/// A connection.
enum Client {
    Vm(vm::Client),
    Executive,
}

#[derive(Default)]
struct Clients {
    all: BTreeMap<Connection, Client>,
    executive: exec::Server,
    /// Whether events wait to be sent.
    waits: bool,
}

impl Clients {
    /// Serves with one executive; whether there is to be another one.
    fn serve(&mut self, host: &mut Host<'_>, port: &mut impl Port) -> bool {
        loop {
            let due = self.due(port.now());
            let Some(input) = port.next(due) else { return false };
            host.set_time(port.now(), port.wall());
            if let Some(input) = input {
                self.take(host, input, port);
            }
            if self.executive.is_to_end() {
                return false;
            }
            self.executive.tick(host);
            self.waits = self.executive.follow(host, &mut |to, line| port.event(to, line));
            host.take_console().for_each(|line| port.print(&line));
            if host.is_to_reset() {
                return true;
            }
        }
    }

    /// When there is something to do though nothing happens.
    fn due(&self, now: u64) -> Option<u64> {
        let again = self.waits.then_some(now + AGAIN);
        let look = self.executive.has_sessions().then_some(now + LOOK);
        [self.executive.due(), again, look].into_iter().flatten().min()
    }

    fn take(&mut self, host: &mut Host<'_>, input: Input, port: &mut impl Port) {
        match input {
            Input::Opened(connection, protocol) => {
                let client = match protocol {
                    Protocol::Vm => Client::Vm(vm::Client::default()),
                    Protocol::Executive => Client::Executive,
                };
                self.all.insert(connection, client);
            }
            Input::Line(connection, line) => {
                let Some(client) = self.all.get_mut(&connection) else { return };
                let reply = match (line, &mut *client) {
                    (Line::TooLong, _) => Err(Refusal::LineTooLong(host.limits.line)),
                    (Line::Whole(line), Client::Vm(client)) => client.answer(host, connection, &line),
                    (Line::Whole(line), Client::Executive) => self.executive.answer(host, connection, &line),
                };
                let version = matches!(client, Client::Executive).then_some(VERSION);
                port.reply(connection, written(reply, version));
            }
            Input::Closed(connection) => {
                self.all.remove(&connection);
                self.executive.forget(connection);
                host.forget(connection);
            }
        }
    }
}

/// A reply as a line. The executive says which version it speaks.
fn written(reply: Reply, version: Option<i64>) -> String {
    let failed = reply.is_err();
    let mut keys = reply.unwrap_or_else(|why| Map::from_iter([("error".to_owned(), why.to_string().into())]));
    keys.insert("status".to_owned(), if failed { "error" } else { "ok" }.into());
    if let Some(version) = version {
        keys.insert("version".to_owned(), version.into());
    }
    let mut line = Value::Object(keys).to_string();
    line.push('\n');
    line
}
