//! What a client may ask for at most. Everything that a client can make grow has its limit here, and every limit its range.

use std::fmt::{self, Display, Formatter};

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

/// A limit that is not in its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// The name of the limit.
    pub name: &'static str,
    /// What it is.
    pub value: u64,
    /// The least that it can be.
    pub least: u64,
    /// The most that it can be.
    pub most: u64,
}

impl Display for OutOfRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let OutOfRange { name, value, least, most } = self;
        write!(f, "{name} can be {least} to {most}, not {value}")
    }
}

impl std::error::Error for OutOfRange {}

/// The longest silence, in seconds: a year.
const LONGEST_IDLE: u64 = 365 * 86_400;
/// The most connections, sessions, and things that one of them holds: as many as there are ports.
const PLACES: u64 = 65_535;

impl Limits {
    /// The name of each limit, in the order of the fields, with the least and the most that it can be. With none of a thing
    /// that every client needs nobody could be served; mailboxes and what is held beside are not needed by all.
    pub const RANGES: [(&'static str, u64, u64); 9] = [
        ("line", 1, 1 << 30),
        ("connections", 1, PLACES),
        ("sessions", 1, PLACES),
        ("events", 1, 1 << 24),
        ("idle_s", 1, LONGEST_IDLE),
        ("steps", 1, u32::MAX as u64),
        ("file", 1, 1 << 30),
        ("mailboxes", 0, PLACES),
        ("held", 0, PLACES),
    ];

    /// Whether each limit is in its range.
    ///
    /// ```
    /// use remote::limits::Limits;
    ///
    /// assert!(Limits::default().check().is_ok());
    /// let none = Limits { connections: 0, ..Limits::default() }.check();
    /// assert_eq!(none.unwrap_err().to_string(), "connections can be 1 to 65535, not 0");
    /// ```
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let Limits { line, connections, sessions, events, idle_s, steps, file, mailboxes, held } = *self;
        let sizes = |values: [usize; 4]| values.map(|value| value as u64);
        let [line, connections, sessions, events] = sizes([line, connections, sessions, events]);
        let values =
            [line, connections, sessions, events, idle_s, steps.into(), file, mailboxes as u64, held as u64];
        for ((name, least, most), value) in Self::RANGES.into_iter().zip(values) {
            if !(least..=most).contains(&value) {
                return Err(OutOfRange { name, value, least, most });
            }
        }
        Ok(())
    }
}
