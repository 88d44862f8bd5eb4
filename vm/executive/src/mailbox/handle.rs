//! Handles: how a PID reaches a mailbox, and what it has seen of it.

use crate::pool::List;

/// An open handle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Handle {
    /// Whose it is.
    pub pid: u16,
    /// 1, 2, 3... of this PID; never used again.
    pub number: u32,
    /// The id of the mailbox.
    pub descriptor: u32,
    /// With fan-out: the number of the last message that it has read or skipped; -1: none.
    pub last_seq: i64,
    /// It has sent since it last read, so no message is kept for it.
    pub sender: bool,
    /// It has lost messages, and was not told yet.
    pub overrun: bool,
    /// It gets copies.
    pub tap: bool,
    /// It has lost copies, and was not told yet.
    pub tap_overrun: bool,
    /// Bytes of copies, 8 for each included.
    pub tap_used: u64,
    pub(super) tap_queue: List,
    /// When the second began in which copies are counted, and how many it has had.
    pub(super) window: Option<(u64, u32)>,
}

impl Handle {
    pub(super) fn key(&self) -> (u16, u32) {
        (self.pid, self.number)
    }
}
