//! Messages, and what becomes of them.

use crate::bytes::ByteString;
use crate::pool::Index;

/// What a message costs beside its payload, in bytes.
pub const OVERHEAD: u64 = 8;

/// A message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// Its payload, for [`Mail::payload`](super::Mail::payload).
    pub payload: ByteString,
    /// As sent.
    pub flags: u32,
    /// As sent.
    pub channel: u32,
    /// The PID whose handle sent it.
    pub src: u16,
    /// Its number in the mailbox, from 0.
    pub seq: u32,
    /// How many queues it is in, and hands it is in.
    pub(super) holders: u32,
}

impl Message {
    pub(super) fn cost(&self) -> u64 {
        u64::from(self.payload.len()) + OVERHEAD
    }
}

/// What became of a message that was no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The id of the mailbox.
    pub descriptor: u32,
    /// Whether it was taken; `false` if there was no room.
    pub taken: bool,
}

/// A message that was received. [`Mail::release`](super::Mail::release) ends it.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Received {
    pub(super) index: Index,
    /// The message; 8 is added to its flags if others were lost before.
    pub message: Message,
    /// The id of the mailbox.
    pub descriptor: u32,
}

/// What can be seen of a mailbox through a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Peek {
    /// Messages in the queue.
    pub depth: u32,
    /// Bytes in the queue, 8 for each message included.
    pub used: u64,
    /// In bytes.
    pub capacity: u64,
    /// Length of the message that this handle would get; 0 if there is none.
    pub next_length: u32,
    /// Number of the first message in the queue, or else of the next one.
    pub head_seq: u32,
    /// Number of the message that this handle would get, or else of the next one.
    pub next_seq: u32,
    /// Mode bits.
    pub mode: u16,
}
