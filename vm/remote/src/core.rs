//! The server without sockets, clock and threads: connections, lines and the time come in, lines go out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::host::{Connection, Host, Reply, Rooms, Setup};
use crate::lines::Line;
use crate::refusal::Refusal;
use crate::vm;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// [`vm`].
    Vm,
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
    /// The next thing that happens; `Some(None)` at `until` at the latest, if that is given. Nothing if the server is to
    /// end.
    fn next(&mut self, until: Option<u64>) -> Option<Option<Input>>;
    /// A line for a client, with its line feed, that answers its request.
    fn reply(&mut self, to: Connection, line: String);
    /// A line of a task for whoever looks at the server.
    fn print(&mut self, line: &str);
}

/// Serves until the port ends it.
pub fn serve(setup: &Setup, rooms: &mut Rooms, port: &mut impl Port) {
    let mut clients = Clients::default();
    let mut stored = Vec::new();
    loop {
        let mut host = Host::new(rooms, setup, port.now(), stored);
        if !clients.serve(&mut host, port) {
            return;
        }
        stored = host.stored();
        clients.all.values_mut().for_each(|client| client.vm = vm::Client::default());
    }
}

struct Client {
    vm: vm::Client,
}

#[derive(Default)]
struct Clients {
    all: BTreeMap<Connection, Client>,
}

impl Clients {
    /// Serves with one executive; whether there is to be another one.
    fn serve(&mut self, host: &mut Host<'_>, port: &mut impl Port) -> bool {
        while let Some(input) = port.next(None) {
            host.set_time(port.now());
            if let Some(input) = input {
                self.take(host, input, port);
            }
            host.take_console().for_each(|line| port.print(&line));
            if host.is_to_reset() {
                return true;
            }
        }
        false
    }

    fn take(&mut self, host: &mut Host<'_>, input: Input, port: &mut impl Port) {
        match input {
            Input::Opened(connection, Protocol::Vm) => {
                self.all.insert(connection, Client { vm: vm::Client::default() });
            }
            Input::Line(connection, line) => {
                let Some(client) = self.all.get_mut(&connection) else { return };
                let reply = match line {
                    Line::Whole(line) => client.vm.answer(host, connection, &line),
                    Line::TooLong => Err(Refusal::LineTooLong(host.limits.line)),
                };
                port.reply(connection, written(reply));
            }
            Input::Closed(connection) => {
                self.all.remove(&connection);
                host.forget(connection);
            }
        }
    }
}

/// A reply as a line.
fn written(reply: Reply) -> String {
    let mut keys = reply.unwrap_or_else(|why| Map::from_iter([("error".to_owned(), why.to_string().into())]));
    let status = if keys.contains_key("error") { "error" } else { "ok" };
    keys.insert("status".to_owned(), status.into());
    let mut line = Value::Object(keys).to_string();
    line.push('\n');
    line
}
