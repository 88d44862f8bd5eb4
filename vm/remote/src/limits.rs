//! What a client may ask for at most. Everything that a client can make grow has its limit here.

/// Limits of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a line, the line feed not counted. A longer one is answered with an error and not kept.
    pub line: usize,
    /// Connections at once, of both protocols. One more is answered with an error and closed.
    pub connections: usize,
    /// Sessions at once.
    pub sessions: usize,
    /// Events that are kept for those who ask for what has been, and for the next `step`.
    pub events: usize,
    /// Seconds that a connection may be silent between two requests, if it gets no events.
    pub idle_s: u64,
    /// Instructions of one request.
    pub steps: u32,
    /// Bytes of a file that is loaded.
    pub file: u64,
    /// Mailboxes that one connection has made.
    pub mailboxes: usize,
    /// Handles of mailboxes that one connection has open, watches and breakpoints of one task.
    pub held: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            line: 1 << 20,
            connections: 256,
            sessions: 64,
            events: 4096,
            idle_s: 86_400,
            steps: 100_000,
            file: 1 << 20,
            mailboxes: 32,
            held: 256,
        }
    }
}
