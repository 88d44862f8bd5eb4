//! How an executive is set up.

/// What may be chosen when an executive is made. The default is the reference's profile "desktop".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config<'c> {
    /// How many mailboxes there may be at once; at least 1.
    pub descriptors: u32,
    /// How many open handles a task may have; at least 1.
    pub handles: u32,
    /// How many open handles the host may have in its own name; at least 1.
    pub host_handles: u32,
    /// Bytes that a mailbox holds if nothing else is said, 8 for each message included; at least 1.
    pub capacity: u16,
    /// Copies that a tap gets in a second; 0 = any number.
    pub tap_rate: u32,
    /// Whether module 0xE exists.
    pub libm: bool,
    /// The token that opens commands with flag `PIN`; nothing opens them otherwise.
    pub pin: Option<&'c str>,
    /// How many tasks there may be at once in profile `strict`; no more than there are arenas count.
    pub tasks: usize,
    /// Clock at the start, in ms; not 0, because a value that changed at 0 has never changed.
    pub start: u64,
    /// Bytes that all queues together may hold, 8 for each message included.
    pub queued: u32,
    /// Events that may wait for the next step (reference).
    pub pending: u32,
}

impl Default for Config<'_> {
    fn default() -> Self {
        Config {
            descriptors: 256,
            handles: 64,
            host_handles: 64,
            capacity: 64,
            tap_rate: 0,
            libm: true,
            pin: None,
            tasks: 16,
            start: 1_000_000,
            queued: 1 << 20,
            pending: 4096,
        }
    }
}

impl Config<'_> {
    /// The reference's profile "embedded".
    pub const fn embedded() -> Self {
        Config {
            descriptors: 16,
            handles: 8,
            host_handles: 8,
            capacity: 64,
            tap_rate: 20,
            libm: true,
            pin: None,
            tasks: 8,
            start: 1_000_000,
            queued: 4096,
            pending: 16,
        }
    }
}
