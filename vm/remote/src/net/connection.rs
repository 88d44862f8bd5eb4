//! One connection: bytes to lines, lines to the actor, its lines to bytes. It has one request in flight, so a client that
//! sends faster than it reads waits.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::core::{Input, Protocol};
use crate::host::Connection;
use crate::limits::Limits;
use crate::lines::{Line as Sent, Lines};
use crate::net::actor::Message;

/// Bytes that are read at once.
const PIECE: usize = 16 * 1024;
/// How long a client may take for its first line, for a line that it has begun, and to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(30);

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
    outbox: mpsc::Receiver<String>,
    lines: Lines,
    /// Lines that came together with the one that is in flight.
    waiting: std::collections::VecDeque<Sent>,
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
        let (sender, outbox) = mpsc::channel(2);
        let open =
            [Message::Outbox(self.number, sender), Message::Input(Input::Opened(self.number, self.protocol))];
        for message in open {
            self.inputs.send(message).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        let lines = Lines::new(self.limits.line);
        let client = Client { reading, writing, outbox, lines, waiting: Default::default() };
        let mut ended = self.ended.clone();
        let served = tokio::select! {
            served = self.talk(client) => served,
            _ = ended.changed() => Ok(()),
        };
        // If the actor is gone, so is what this connection held.
        let _told = self.inputs.send(Message::Input(Input::Closed(self.number))).await;
        served
    }

    async fn talk(&mut self, mut client: Client) -> io::Result<()> {
        let mut has_spoken = false;
        let mut begun = false;
        loop {
            while let Some(line) = client.waiting.pop_front() {
                has_spoken = true;
                let input = Message::Input(Input::Line(self.number, line));
                self.inputs.send(input).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
                let Some(reply) = client.outbox.recv().await else { return Ok(()) };
                timeout(PATIENCE, client.writing.write_all(reply.as_bytes())).await??;
            }
            let patience =
                if begun || !has_spoken { PATIENCE } else { Duration::from_secs(self.limits.idle_s) };
            let mut piece = [0; PIECE];
            let count = timeout(patience, client.reading.read(&mut piece)).await??;
            if count == 0 {
                return Ok(());
            }
            begun = piece[count - 1] != b'\n';
            let Client { lines, waiting, .. } = &mut client;
            lines.take(&piece[..count], &mut |line| waiting.push_back(line));
        }
    }
}
