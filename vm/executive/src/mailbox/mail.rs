//! All mailboxes with their handles and messages.

use super::descriptor::Mailbox;
use super::handle::Handle;
use super::message::Message;
use super::number::{Counter, HandleRef};
use crate::bytes::{Block, Blocks};
use crate::config::Config;
use crate::pool::{Index, Node, Pool};
use crate::table::Table;

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
    pub(super) limits: Limits,
    pub(super) boxes: Table<'m, Mailbox>,
    /// Ascending by PID and number.
    pub(super) handles: Table<'m, Handle>,
    pub(super) counters: Table<'m, Counter>,
    pub(super) messages: Pool<'m, Message>,
    pub(super) places: Pool<'m, Index>,
    pub(super) blocks: Blocks<'m>,
    pub(super) taps: Pool<'m, HandleRef>,
    pub(super) waiters: Pool<'m, u16>,
    pub(super) next_id: u32,
    /// Bytes in all queues.
    pub(super) queued: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) descriptors: u32,
    pub(super) handles: u32,
    pub(super) host_handles: u32,
    pub(super) capacity: u64,
    pub(super) tap_rate: u32,
    pub(super) queued: u64,
}

impl<'m> Mail<'m> {
    /// No mailboxes.
    pub fn new(config: &Config<'_>, rooms: MailRooms<'m>) -> Self {
        Mail {
            limits: Limits {
                descriptors: config.descriptors,
                handles: config.handles,
                host_handles: config.host_handles,
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

    pub(super) fn position_of(&self, id: u32) -> Option<usize> {
        self.boxes.binary_search_by_key(&id, |mailbox| mailbox.id).ok()
    }

    pub(super) fn mailbox_mut(&mut self, id: u32) -> Option<&mut Mailbox> {
        let at = self.position_of(id)?;
        self.boxes.get_mut(at)
    }
}
