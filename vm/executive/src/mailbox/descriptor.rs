//! Mailboxes themselves: making them, their capacity and mode, and taking them away.

use super::failure::Failure;
use super::target::BadTarget;
use crate::error::Shortage;
use crate::event::Emit;
use crate::pool::List;
use crate::text::Name;

/// The mode of standard streams if nobody says otherwise, and of a task's own mailbox.
pub(crate) const READ_WRITE: u16 = 3;
/// Mode bit: every reader gets every message.
pub const FANOUT: u16 = 0x08;
/// Mode bit: a full queue with fan-out takes nothing, instead of dropping the oldest message.
pub const FANOUT_BLOCK: u16 = 0x20;

/// A mailbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mailbox {
    /// 1, 2, 3...; never used again.
    pub id: u32,
    /// 0 pid, 1 svc, 2 app, 3 shared.
    pub namespace: u8,
    /// Name in the namespace.
    pub name: Name,
    /// The PID it belongs to.
    pub owner: Option<i128>,
    /// In bytes, 8 for each message included.
    pub capacity: u64,
    /// [`FANOUT`], [`FANOUT_BLOCK`]; other bits are kept and mean nothing.
    pub mode: u16,
    /// Bytes that are queued, 8 for each message included.
    pub used: u64,
    /// The number of the next message.
    pub next_seq: u32,
    /// The PID that made it.
    pub creator: i64,
    pub(super) queue: List,
    pub(super) waiters: List,
    pub(super) taps: List,
}

impl Mailbox {
    /// Whether every reader gets every message.
    pub fn fans_out(&self) -> bool {
        self.mode & FANOUT != 0
    }
}

impl BadTarget {
    /// What follows from it for a call that does not raise.
    pub fn failure(self, out: &mut impl Emit) -> Failure {
        if self == BadTarget::ForeignDigit {
            out.lacks(Shortage::Digits);
        }
        Failure::BadTarget
    }
}

impl Mailbox {
    /// What a handle has seen that has seen nothing yet, as far as it may.
    pub(super) fn first_unseen(&self) -> i64 {
        if self.fans_out() { i64::from(self.next_seq) - 1 } else { -1 }
    }
}
