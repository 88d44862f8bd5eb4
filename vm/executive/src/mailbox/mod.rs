//! Mailboxes: queues of messages that tasks and the host reach by name.
//!
//! A [`Target`] names a mailbox. Binding makes one; opening it gives a PID a handle, and messages are sent and received
//! through handles. A mailbox holds a number of bytes, each message counting 8 more than its payload. Without fan-out a
//! message goes to one receiver; with it, to every handle that reads. A tap is a handle with a queue of copies.

mod descriptor;
mod handle;
mod queue;
mod target;

pub use descriptor::{FANOUT, FANOUT_BLOCK, Mailbox};
pub use handle::Handle;
pub use queue::{Message, Peek, Received, Sent};
pub use target::{BadTarget, Target};

use crate::bytes::{Block, Blocks};
use crate::config::Config;
use crate::error::Error;
use crate::pool::{Index, Node, Pool};
use crate::table::Table;

/// What a message costs beside its payload, in bytes.
pub const OVERHEAD: u64 = 8;

/// Why a mailbox call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The handle is not open.
    BadHandle,
    /// The message is larger than the mailbox.
    TooLarge,
    /// There is no descriptor left.
    NoDescriptor,
    /// The PID has as many handles as it may.
    NoHandle,
    /// The target is empty or malformed.
    BadTarget,
}

impl Failure {
    /// What a task gets in R0.
    pub const fn status(self) -> u32 {
        match self {
            Failure::BadHandle => 2,
            Failure::TooLarge => 4,
            Failure::NoDescriptor | Failure::NoHandle => 5,
            Failure::BadTarget => 0xFF,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::BadHandle => Error::BadHandle,
            Failure::TooLarge => Error::TooLarge,
            Failure::NoDescriptor => Error::NoDescriptor,
            Failure::NoHandle => Error::NoHandle,
            Failure::BadTarget => Error::Invalid,
        }
    }
}

/// The next handle number of a PID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    /// The PID.
    pub pid: u16,
    /// Its next handle.
    pub next: u32,
}

/// A handle of a PID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandleRef {
    /// The PID.
    pub pid: u16,
    /// The number of the handle.
    pub number: u32,
}

/// Where mailboxes and their messages are kept.
#[derive(Debug)]
pub struct MailRooms<'m> {
    /// For mailboxes.
    pub boxes: &'m mut [Mailbox],
    /// For open handles of all PIDs.
    pub handles: &'m mut [Handle],
    /// For the PIDs that have opened handles.
    pub counters: &'m mut [Counter],
    /// For messages.
    pub messages: &'m mut [Node<Message>],
    /// For places in queues: one for each message, and one more for each tap that has a copy.
    pub places: &'m mut [Node<Index>],
    /// For payloads.
    pub blocks: &'m mut [Block],
    /// For taps.
    pub taps: &'m mut [Node<HandleRef>],
    /// For tasks that wait at mailboxes.
    pub waiters: &'m mut [Node<u16>],
}

/// All mailboxes.
#[derive(Debug)]
pub struct Mail<'m> {
    limits: Limits,
    boxes: Table<'m, Mailbox>,
    /// Ascending by PID and number.
    handles: Table<'m, Handle>,
    counters: Table<'m, Counter>,
    messages: Pool<'m, Message>,
    places: Pool<'m, Index>,
    blocks: Blocks<'m>,
    taps: Pool<'m, HandleRef>,
    waiters: Pool<'m, u16>,
    next_id: u32,
    /// Bytes in all queues.
    queued: u64,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    descriptors: u32,
    handles: u32,
    capacity: u64,
    tap_rate: u32,
    queued: u64,
}

impl<'m> Mail<'m> {
    /// No mailboxes.
    pub fn new(config: &Config<'_>, rooms: MailRooms<'m>) -> Self {
        Mail {
            limits: Limits {
                descriptors: config.descriptors,
                handles: config.handles,
                capacity: config.capacity.into(),
                tap_rate: config.tap_rate,
                queued: config.queued.into(),
            },
            boxes: Table::new(rooms.boxes),
            handles: Table::new(rooms.handles),
            counters: Table::new(rooms.counters),
            messages: Pool::new(rooms.messages),
            places: Pool::new(rooms.places),
            blocks: Blocks::new(rooms.blocks),
            taps: Pool::new(rooms.taps),
            waiters: Pool::new(rooms.waiters),
            next_id: 1,
            queued: 0,
        }
    }

    /// The mailboxes, ascending by id.
    pub fn boxes(&self) -> &[Mailbox] {
        &self.boxes
    }

    /// The open handles, ascending by PID and number.
    pub fn handles(&self) -> &[Handle] {
        &self.handles
    }

    /// The next handle numbers, ascending by PID.
    pub fn counters(&self) -> &[Counter] {
        &self.counters
    }

    /// How many nodes are in use: messages, places, blocks, taps, waiters.
    pub fn used(&self) -> [usize; 5] {
        let Mail { messages, places, blocks, taps, waiters, .. } = self;
        [messages.used(), places.used(), blocks.used(), taps.used(), waiters.used()]
    }

    /// A mailbox by its id.
    pub fn mailbox(&self, id: u32) -> Option<&Mailbox> {
        self.boxes.get(self.position_of(id)?)
    }

    /// The id of the next mailbox.
    pub(crate) fn next_id(&self) -> u32 {
        self.next_id
    }

    fn position_of(&self, id: u32) -> Option<usize> {
        self.boxes.binary_search_by_key(&id, |mailbox| mailbox.id).ok()
    }

    fn mailbox_mut(&mut self, id: u32) -> Option<&mut Mailbox> {
        let at = self.position_of(id)?;
        self.boxes.get_mut(at)
    }
}
