//! The answer to a case: items, packed into as many replies as they need.

use hil_wire::frame::{encode, frame_size};
use hil_wire::{Cost, End, Item, Kind, Packer, Reply};
use serde::Serialize;

use crate::hardware::Hardware;

/// Bytes that a part of an outcome, or its end, takes at most as its subject writes it.
pub const MAX_PART: usize = 288;

/// Bytes of items that go into one reply.
const ITEMS: usize = 512;
/// Bytes of the longest reply: items, and what stands before them in the message.
const REPLY: usize = frame_size(ITEMS + 16);

/// What an answer is put together in.
pub(crate) struct Buffers {
    part: [u8; MAX_PART],
    items: [u8; ITEMS],
    reply: [u8; REPLY],
}

impl Buffers {
    pub const fn new() -> Self {
        Buffers { part: [0; MAX_PART], items: [0; ITEMS], reply: [0; REPLY] }
    }

    /// Sends a reply that is no answer to a case.
    pub fn send(&mut self, hardware: &mut impl Hardware, sequence: u32, reply: &Reply<'_>) {
        send(hardware, &mut self.reply, sequence, reply);
    }
}

/// Sends a reply, which must fit into the buffer.
fn send(hardware: &mut impl Hardware, buffer: &mut [u8], sequence: u32, reply: &Reply<'_>) {
    // What does not fit is not sent, which the host takes for a loss.
    if let Ok(length) = encode(Kind::Reply, sequence, reply, buffer) {
        hardware.send(&buffer[..length]);
    }
}

/// An answer on its way. Its last item comes from [`Answer::finish`] or [`Answer::unsupported`].
pub struct Answer<'r, H> {
    replies: Replies<'r, H>,
    part: &'r mut [u8],
}

impl<'r, H: Hardware> Answer<'r, H> {
    pub(crate) fn new(hardware: &'r mut H, buffers: &'r mut Buffers, (sequence, case): (u32, u16)) -> Self {
        let Buffers { part, items, reply } = buffers;
        Answer {
            replies: Replies { hardware, items: Packer::new(items), reply, sequence, case, next: 0 },
            part,
        }
    }

    /// Adds a part of the outcome, which takes [`MAX_PART`] bytes at most.
    pub fn part(&mut self, part: &impl Serialize) {
        match postcard::to_slice(part, self.part) {
            Ok(bytes) => self.replies.push(&Item::Part(bytes)),
            Err(_) => self.replies.lose(),
        }
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: u64) {
        self.replies.push(&Item::Digest(digest));
    }

    /// Does the work and measures it; see [`Hardware::measure`].
    pub fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        self.replies.hardware.measure(work)
    }

    /// Adds what a measurement has come to.
    pub fn cost(&mut self, cost: Cost) {
        self.replies.push(&Item::Cost(cost));
    }

    /// Says how the case ended, after so many steps, and sends what is left. The end takes [`MAX_PART`] bytes at most.
    pub fn finish(&mut self, steps: u32, end: &impl Serialize) {
        match postcard::to_slice(end, self.part) {
            Ok(bytes) => self.replies.push(&Item::End(End { steps, bytes })),
            Err(_) => self.replies.lose(),
        }
        self.replies.flush();
    }

    /// Says that the chip has too little of something for the case: of what, as the subject counts that.
    pub fn unsupported(&mut self, limit: u8) {
        self.replies.push(&Item::Unsupported(limit));
        self.replies.flush();
    }
}

/// The replies that an answer is sent in.
struct Replies<'r, H> {
    hardware: &'r mut H,
    items: Packer<'r>,
    reply: &'r mut [u8],
    sequence: u32,
    case: u16,
    /// The number of the reply that is being put together, from 0.
    next: u16,
}

impl<H: Hardware> Replies<'_, H> {
    /// Adds an item; sends what was packed before if there is no room for it any more.
    fn push(&mut self, item: &Item<'_>) {
        if self.items.push(item).is_err() {
            self.flush();
            // Every item fits into an empty reply.
            let _ = self.items.push(item);
        }
    }

    fn flush(&mut self) {
        let reply = Reply::Items { case: self.case, part: self.next, items: self.items.items() };
        send(self.hardware, self.reply, self.sequence, &reply);
        self.next = self.next.wrapping_add(1);
        self.items.clear();
    }

    /// Leaves a number out, so that the host sees that something is missing and takes nothing of the answer.
    fn lose(&mut self) {
        self.next = self.next.wrapping_add(1);
    }
}
