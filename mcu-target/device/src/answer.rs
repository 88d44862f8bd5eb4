//! The answer to a case: items, packed into as many replies as they need.

use wire::frame::{encode, frame_size};
use wire::{Block, Item, Kind, Packer, Reply};

use crate::Hardware;

/// Bytes of items that go into one reply.
pub(crate) const ITEMS: usize = 512;
/// Bytes of the longest reply: items, and what stands before them in the message.
pub(crate) const REPLY: usize = frame_size(ITEMS + 16);
/// Bytes of memory in one item, so that it fits into a reply with what stands before it.
const RUN: usize = 256;
/// Zeros between two pieces of memory that are cheaper to send than to leave out.
const GAP: usize = 4;

/// Sends a reply, which must fit into the buffer.
pub(crate) fn send(hardware: &mut impl Hardware, buffer: &mut [u8], sequence: u32, reply: &Reply<'_>) {
    // What does not fit is not sent, which the host takes for a loss.
    if let Ok(length) = encode(Kind::Reply, sequence, reply, buffer) {
        hardware.send(&buffer[..length]);
    }
}

/// An answer on its way.
pub(crate) struct Answer<'r, H> {
    pub hardware: &'r mut H,
    buffer: &'r mut [u8],
    items: Packer<'r>,
    sequence: u32,
    case: u16,
    part: u16,
}

impl<'r, H: Hardware> Answer<'r, H> {
    pub fn new(
        hardware: &'r mut H,
        items: &'r mut [u8],
        buffer: &'r mut [u8],
        (sequence, case): (u32, u16),
    ) -> Self {
        Answer { hardware, buffer, items: Packer::new(items), sequence, case, part: 0 }
    }

    /// Adds an item; sends what was packed before, where there is no room for it any more.
    pub fn push(&mut self, item: &Item<'_>) {
        if self.items.push(item).is_err() {
            self.flush();
            // Every item fits into an empty reply.
            let _ = self.items.push(item);
        }
    }

    /// Adds what is not zero in a piece of memory that begins at `address`.
    pub fn push_memory(&mut self, address: usize, bytes: &[u8]) {
        let mut at = 0;
        while let Some(skipped) = bytes[at..].iter().position(|&byte| byte != 0) {
            let start = at + skipped;
            let limit = bytes.len().min(start + RUN);
            let mut end = start + 1;
            for (position, _) in (start..limit).zip(&bytes[start..limit]).filter(|(_, byte)| **byte != 0) {
                if position > end + GAP {
                    break;
                }
                end = position + 1;
            }
            self.push(&Item::Memory(Block((address + start) as u32, &bytes[start..end])));
            at = end;
        }
    }

    /// Adds the last item and sends what is left.
    pub fn finish(mut self, last: &Item<'_>) {
        self.push(last);
        self.flush();
    }

    fn flush(&mut self) {
        let reply = Reply::Items { case: self.case, part: self.part, items: self.items.items() };
        send(self.hardware, self.buffer, self.sequence, &reply);
        self.part = self.part.wrapping_add(1);
        self.items.clear();
    }
}
