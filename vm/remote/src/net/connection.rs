//! One connection: bytes to lines, lines to the actor, its lines to bytes. It has one request in flight, so a client that
//! sends faster than it reads waits.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::core::{Input, Protocol};
use crate::host::Connection;
use crate::limits::Limits;
use crate::lines::{Line as Sent, Lines};
use crate::net::actor::{Message, Outbox};

/// Bytes that are read at once.
const PIECE: usize = 16 * 1024;
/// Events that may be on their way to a client; the others wait in its queue.
const EVENTS: usize = 64;
/// How long a client may take for its first line, for a line that it has begun, and to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for the last reply of a server that ends.
const LAST: Duration = Duration::from_millis(200);

/// A connection.
pub struct Line {
    /// Its number.
    pub number: Connection,
    /// What it speaks.
    pub protocol: Protocol,
    /// To the actor.
    pub inputs: mpsc::Sender<Message>,
    /// Whether the server ends.
    pub ended: watch::Receiver<bool>,
    /// What its client may ask for.
    pub limits: Limits,
}

/// What is left of a connection that is being served.
struct Client {
    reading: OwnedReadHalf,
    writing: OwnedWriteHalf,
    replies: mpsc::Receiver<String>,
    events: mpsc::Receiver<String>,
    lines: Lines,
    /// Lines that came together with the one that is in flight.
    waiting: VecDeque<Sent>,
    is_in_flight: bool,
    has_spoken: bool,
    has_begun: bool,
    /// It gets events, so it may be silent.
    listens: bool,
}

impl Line {
    /// There is no room for it.
    pub async fn refuse(self, mut stream: TcpStream) {
        let line = "{\"error\":\"too_many_connections\",\"status\":\"error\"}\n";
        // Whether it reads that is its own business.
        let _told = timeout(PATIENCE, stream.write_all(line.as_bytes())).await;
    }

    /// Serves it until it ends, from whichever side, and tells the actor of both.
    pub async fn serve(mut self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let (reading, writing) = stream.into_split();
        let (to_replies, replies) = mpsc::channel(1);
        let (to_events, events) = mpsc::channel(EVENTS);
        let outbox = Outbox { replies: to_replies, events: to_events };
        let opened = Input::Opened(self.number, self.protocol);
        for message in [Message::Outbox(self.number, outbox), Message::Input(opened)] {
            self.inputs.send(message).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        let mut client = Client {
            reading,
            writing,
            replies,
            events,
            lines: Lines::new(self.limits.line),
            waiting: VecDeque::new(),
            is_in_flight: false,
            has_spoken: false,
            has_begun: false,
            listens: false,
        };
        let mut ended = self.ended.clone();
        let served = tokio::select! {
            served = self.talk(&mut client) => served,
            _ = ended.changed() => Ok(()),
        };
        if let Ok(reply) = client.replies.try_recv() {
            // Whoever shuts a server down wants to know that it does.
            let _told = timeout(LAST, client.writing.write_all(reply.as_bytes())).await;
        }
        // If the actor is gone, so is what this connection held.
        let _told = self.inputs.send(Message::Input(Input::Closed(self.number))).await;
        served
    }

    async fn talk(&mut self, client: &mut Client) -> io::Result<()> {
        loop {
            if !client.is_in_flight
                && let Some(line) = client.waiting.pop_front()
            {
                (client.is_in_flight, client.has_spoken) = (true, true);
                let input = Message::Input(Input::Line(self.number, line));
                self.inputs.send(input).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
            }
            let mut piece = [0; PIECE];
            let reads = !client.is_in_flight && client.waiting.is_empty();
            let patience = client.patience(self.limits.idle_s);
            tokio::select! {
                biased;
                reply = client.replies.recv() => {
                    let Some(reply) = reply else { return Ok(()) };
                    client.is_in_flight = false;
                    timeout(PATIENCE, client.writing.write_all(reply.as_bytes())).await??;
                }
                event = client.events.recv() => {
                    let Some(event) = event else { return Ok(()) };
                    client.listens = true;
                    timeout(PATIENCE, client.writing.write_all(event.as_bytes())).await??;
                }
                count = client.reading.read(&mut piece), if reads => {
                    let count = count?;
                    if count == 0 {
                        return Ok(());
                    }
                    client.has_begun = piece[count - 1] != b'\n';
                    let Client { lines, waiting, .. } = &mut *client;
                    lines.take(&piece[..count], &mut |line| waiting.push_back(line));
                }
                () = sleep(patience), if reads => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }
}

impl Client {
    /// How long it may be silent.
    fn patience(&self, idle_s: u64) -> Duration {
        match (self.has_begun || !self.has_spoken, self.listens) {
            (true, _) => PATIENCE,
            (false, true) => Duration::MAX,
            (false, false) => Duration::from_secs(idle_s),
        }
    }
}
