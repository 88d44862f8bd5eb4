//! Sockets around the server: it listens, each connection is a task of its own, and one thread has the executive.

mod actor;
mod connection;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;

use crate::core::Protocol;
use crate::host::{Connection, Setup};
use actor::{Actor, Message};
use connection::Line;

/// Inputs that wait for the executive.
const WAITING: usize = 256;
/// How long a client waits for a place.
const FULL: Duration = Duration::from_secs(1);
/// How long a server waits if the system has no more sockets for it.
const NO_SOCKETS: Duration = Duration::from_millis(50);

/// A server that listens.
pub struct Server {
    setup: Setup,
    listeners: Vec<(TcpListener, Protocol)>,
}

impl Server {
    /// Listens at an address for clients of a protocol, and at more of them.
    ///
    /// # Errors
    /// It cannot listen there, or a limit is out of its range.
    pub async fn bind(setup: Setup, places: &[(String, Protocol)]) -> io::Result<Self> {
        setup.limits.check().map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let mut listeners = Vec::new();
        for (address, protocol) in places {
            let listener = TcpListener::bind(address)
                .await
                .map_err(|why| io::Error::new(why.kind(), format!("{address}: {why}")))?;
            listeners.push((listener, *protocol));
        }
        Ok(Server { setup, listeners })
    }

    /// Where it listens, in the order in which it was told.
    ///
    /// # Errors
    /// The system does not say.
    pub fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.listeners.iter().map(|(listener, _)| listener.local_addr()).collect()
    }

    /// Serves until `end` comes, or a client shuts it down; then all connections are closed, and nothing goes on. `print`
    /// gets what tasks put out.
    pub async fn serve(self, end: impl Future<Output = ()>, print: impl FnMut(&str) + Send + 'static) {
        let (inputs, received) = mpsc::channel(WAITING);
        let (ends, ended) = watch::channel(false);
        let setup = self.setup.clone();
        let actor = tokio::task::spawn_blocking(move || Actor::new(received, print).run(&setup));
        let room = Arc::new(Semaphore::new(self.setup.limits.connections));
        let numbers = Arc::new(std::sync::atomic::AtomicU64::new(1));
        for (listener, protocol) in self.listeners {
            let door = Door {
                protocol,
                inputs: inputs.clone(),
                ended: ended.clone(),
                room: room.clone(),
                numbers: numbers.clone(),
                setup: self.setup.clone(),
            };
            tokio::spawn(door.keep(listener));
        }
        drop(inputs);
        tokio::pin!(actor, end);
        let has_ended = tokio::select! {
            () = &mut end => false,
            _ = &mut actor => true,
        };
        // Connections and listeners end, and with the last of them the actor's channel.
        let _listening = ends.send(true);
        if !has_ended {
            // It ends with the last connection, and has nothing that anybody waits for.
            let _ended = actor.await;
        }
        // A connection gives its place back when it has sent its last reply.
        let places = u32::try_from(self.setup.limits.connections).unwrap_or(u32::MAX);
        let _closed = room.acquire_many(places).await;
    }
}

/// Where clients of one protocol come in.
struct Door {
    protocol: Protocol,
    inputs: mpsc::Sender<Message>,
    ended: watch::Receiver<bool>,
    room: Arc<Semaphore>,
    numbers: Arc<std::sync::atomic::AtomicU64>,
    setup: Setup,
}

impl Door {
    async fn keep(mut self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = self.ended.changed() => return,
            };
            match accepted {
                Ok((stream, _)) => self.let_in(stream).await,
                Err(_) => tokio::time::sleep(NO_SOCKETS).await,
            }
        }
    }

    /// Waits for a place for a connection, for a while: where clients come and go fast, one is free soon. Whoever comes
    /// meanwhile waits at the system.
    async fn let_in(&self, stream: TcpStream) {
        let number: Connection = self.numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let line = Line {
            number,
            protocol: self.protocol,
            inputs: self.inputs.clone(),
            ended: self.ended.clone(),
            limits: self.setup.limits,
        };
        let permit = timeout(FULL, self.room.clone().acquire_owned()).await;
        tokio::spawn(async move {
            match permit {
                Ok(permit) => {
                    // What becomes of a connection is nobody else's business.
                    let _ended = line.serve(stream).await;
                    drop(permit);
                }
                Err(_) => line.refuse(stream).await,
            }
        });
    }
}
