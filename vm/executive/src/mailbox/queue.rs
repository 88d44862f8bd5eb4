//! Messages: sending, receiving, looking.

use super::descriptor::{FANOUT_BLOCK, Mailbox};
use super::failure::Failure;
use super::handle::Handle;
use super::mail::Mail;
use super::message::{Message, OVERHEAD, Peek, Received, Sent};
use crate::error::Shortage;
use crate::event::{Emit, Event, Pressure};
use crate::pool::{Index, List};
use crate::profile::Profile;

/// How long copies for a tap are counted, in ms.
const RATE_WINDOW: u64 = 1000;
/// Flag of a message before which others were lost.
const OVERRUN: u32 = 8;

impl<'m> Mail<'m> {
    /// The messages of a queue.
    pub fn queued<'a>(&'a self, mailbox: &Mailbox) -> impl Iterator<Item = &'a Message> + use<'a, 'm> {
        self.messages_of(&mailbox.queue)
    }

    /// The copies that a tap has not received yet.
    pub fn copies<'a>(&'a self, tap: &Handle) -> impl Iterator<Item = &'a Message> + use<'a, 'm> {
        self.messages_of(&tap.tap_queue)
    }

    fn messages_of<'a>(&'a self, queue: &List) -> impl Iterator<Item = &'a Message> + use<'a, 'm> {
        self.places.iter(queue).map(|index| self.messages.get(index))
    }

    /// The bytes of a message, in pieces.
    pub fn payload(&self, message: &Message) -> impl Iterator<Item = &[u8]> {
        self.blocks.pieces(&message.payload, 0, u32::MAX)
    }

    /// Number of the first message in the queue, or else of the next one.
    pub fn head_seq(&self, mailbox: &Mailbox) -> u32 {
        self.queued(mailbox).next().map_or(mailbox.next_seq, |message| message.seq)
    }

    /// Sends a message; one without payload is checked, and goes nowhere.
    ///
    /// # Errors
    /// [`Failure::BadHandle`], then [`Failure::TooLarge`].
    pub fn send(
        &mut self,
        profile: impl Profile,
        (pid, number): (u16, u32),
        (payload, flags, channel): (&[u8], u32, u32),
        now: u64,
        out: &mut impl Emit,
    ) -> Result<Sent, Failure> {
        let at = self.handle_at(pid, number).ok_or(Failure::BadHandle)?;
        self.handles[at].sender = true;
        let descriptor = self.handles[at].descriptor;
        if payload.is_empty() {
            return Ok(Sent { descriptor, taken: true });
        }
        let cost = payload.len() as u64 + OVERHEAD;
        let taken = self.make_room(profile, descriptor, cost, out)?
            && self.enqueue(
                descriptor,
                Message { flags, channel, src: pid, ..Message::default() },
                payload,
                out,
            );
        if taken {
            self.copy_to_taps(descriptor, cost, now, out);
        }
        Ok(Sent { descriptor, taken })
    }

    /// Whether there is room for a message; with fan-out the oldest ones go for it.
    fn make_room(
        &mut self,
        profile: impl Profile,
        descriptor: u32,
        requested: u64,
        out: &mut impl Emit,
    ) -> Result<bool, Failure> {
        let mailbox = *self.mailbox(descriptor).ok_or(Failure::BadHandle)?;
        if requested > mailbox.capacity {
            return Err(Failure::TooLarge);
        }
        self.reclaim(profile, descriptor);
        let drops = mailbox.fans_out() && mailbox.mode & FANOUT_BLOCK == 0;
        while let Some(&Mailbox { capacity, used, .. }) = self.mailbox(descriptor) {
            if used + requested <= capacity {
                break;
            }
            if !drops {
                let policy = if mailbox.fans_out() { Pressure::FanoutBlock } else { Pressure::Single };
                out.emit(Event::Backpressure { descriptor, policy, capacity, used, requested });
                return Ok(false);
            }
            let Some(dropped) = self.pop_message(descriptor) else { break };
            out.emit(Event::Overrun {
                pid: dropped.src,
                descriptor,
                seq: dropped.seq,
                length: dropped.payload.len(),
                flags: dropped.flags,
                channel: dropped.channel,
                depth: self.mailbox(descriptor).map_or(0, |mailbox| mailbox.queue.len()),
            });
            self.mark_overrun(descriptor, dropped.seq);
        }
        Ok(true)
    }

    fn enqueue(&mut self, descriptor: u32, message: Message, payload: &[u8], out: &mut impl Emit) -> bool {
        let cost = payload.len() as u64 + OVERHEAD;
        let fits =
            self.queued + cost <= self.limits.queued && self.places.room() > 0 && self.messages.room() > 0;
        let (Some(at), Ok(payload)) = (
            self.position_of(descriptor).filter(|_| fits),
            if fits { self.blocks.store(payload) } else { Err(crate::table::Full) },
        ) else {
            out.lacks(Shortage::Messages);
            return false;
        };
        let mailbox = &mut self.boxes[at];
        let message = Message { payload, seq: mailbox.next_seq, holders: 1, ..message };
        if let Ok(index) = self.messages.allocate(message) {
            // There is a place: that was asked for above.
            let _placed = self.places.push(&mut mailbox.queue, index);
        }
        mailbox.next_seq += 1;
        mailbox.used += cost;
        self.queued += cost;
        true
    }

    fn copy_to_taps(&mut self, descriptor: u32, cost: u64, now: u64, out: &mut impl Emit) {
        let Some(mailbox) = self.mailbox(descriptor).copied() else { return };
        let newest = self.places.iter(&mailbox.queue).last();
        for position in 0..mailbox.taps.len() {
            let tap = self.taps.iter(&mailbox.taps).nth(position as usize);
            let at = tap.and_then(|tap| self.handle_at(tap.pid, tap.number));
            let (Some(at), Some(index)) = (at, newest) else { continue };
            if !self.may_copy(at, now, out) {
                continue;
            }
            while self.handles[at].tap_used + cost > mailbox.capacity && self.pop_copy(at).is_some() {
                self.handles[at].tap_overrun = true;
            }
            let handle = &mut self.handles[at];
            match self.places.push(&mut handle.tap_queue, index) {
                Ok(()) => {
                    handle.tap_used += cost;
                    self.messages.get_mut(index).holders += 1;
                }
                Err(_) => out.lacks(Shortage::Messages),
            }
        }
    }

    /// Whether a tap has not had too many copies in this second.
    fn may_copy(&mut self, at: usize, now: u64, out: &mut impl Emit) -> bool {
        let limit = self.limits.tap_rate;
        let handle = &mut self.handles[at];
        let running = handle.window.filter(|(start, _)| now.saturating_sub(*start) < RATE_WINDOW);
        let (start, copies) = running.unwrap_or((now, 0));
        let allowed = limit == 0 || copies < limit;
        handle.window = Some((start, copies.saturating_add(allowed.into())));
        if !allowed {
            handle.tap_overrun = true;
            let Handle { pid, number, descriptor, .. } = *handle;
            out.emit(Event::TapLimited { descriptor, pid, handle: number, limit });
        }
        allowed
    }

    /// Takes the head of a queue out; its payload is gone if nobody else holds it.
    pub(super) fn pop_message(&mut self, id: u32) -> Option<Message> {
        let at = self.position_of(id)?;
        let mailbox = &mut self.boxes[at];
        let index = self.places.pop(&mut mailbox.queue)?;
        let message = *self.messages.get(index);
        mailbox.used -= message.cost();
        self.queued -= message.cost();
        self.let_go(index);
        Some(message)
    }

    pub(super) fn pop_copy(&mut self, at: usize) -> Option<Message> {
        let handle = &mut self.handles[at];
        let index = self.places.pop(&mut handle.tap_queue)?;
        let message = *self.messages.get(index);
        handle.tap_used -= message.cost();
        self.let_go(index);
        Some(message)
    }

    fn let_go(&mut self, index: Index) {
        let message = self.messages.get_mut(index);
        message.holders -= 1;
        if message.holders == 0 {
            let mut payload = message.payload;
            self.blocks.discard(&mut payload);
            self.messages.release(index);
        }
    }

    /// The message that a handle of a mailbox would get.
    fn next_for<'a>(&'a self, handle: &Handle, mailbox: &Mailbox) -> Option<(Index, &'a Message)> {
        let unseen = |seq: u32| !mailbox.fans_out() || i64::from(seq) > handle.last_seq;
        let places = self.places.iter(&mailbox.queue).map(|index| (index, self.messages.get(index)));
        places.into_iter().find(|(_, message)| unseen(message.seq))
    }

    /// Receives a message, if there is one.
    ///
    /// # Errors
    /// [`Failure::BadHandle`].
    pub fn receive(
        &mut self,
        profile: impl Profile,
        pid: u16,
        number: u32,
    ) -> Result<Option<Received>, Failure> {
        let at = self.handle_at(pid, number).ok_or(Failure::BadHandle)?;
        let descriptor = self.handles[at].descriptor;
        if self.handles[at].tap {
            return Ok(self.receive_copy(at));
        }
        self.reclaim(profile, descriptor);
        let mailbox = *self.mailbox(descriptor).ok_or(Failure::BadHandle)?;
        let Some((index, message)) = self.next_for(&self.handles[at], &mailbox) else { return Ok(None) };
        let mut message = *message;
        self.messages.get_mut(index).holders += 1;
        if mailbox.fans_out() {
            let handle = &mut self.handles[at];
            message.flags |= if handle.overrun { OVERRUN } else { 0 };
            (handle.sender, handle.overrun, handle.last_seq) = (false, false, message.seq.into());
            self.reclaim(profile, descriptor);
        } else {
            self.pop_message(descriptor);
        }
        self.leave(descriptor, pid);
        Ok(Some(Received { index, message, descriptor }))
    }

    fn receive_copy(&mut self, at: usize) -> Option<Received> {
        let index = self.places.iter(&self.handles[at].tap_queue).next()?;
        self.messages.get_mut(index).holders += 1;
        let mut message = self.pop_copy(at)?;
        let handle = &mut self.handles[at];
        message.flags |= if handle.tap_overrun { OVERRUN } else { 0 };
        handle.tap_overrun = false;
        Some(Received { index, message, descriptor: handle.descriptor })
    }

    /// Ends a message that was received.
    pub fn release(&mut self, received: Received) {
        self.let_go(received.index);
    }

    /// What can be seen through a handle. A tap sees the queue, not its copies.
    ///
    /// # Errors
    /// [`Failure::BadHandle`].
    pub fn peek(&self, pid: u16, number: u32) -> Result<Peek, Failure> {
        let handle = self.handle(pid, number).ok_or(Failure::BadHandle)?;
        let mailbox = self.mailbox(handle.descriptor).ok_or(Failure::BadHandle)?;
        let next = self.next_for(handle, mailbox).map(|(_, message)| message);
        Ok(Peek {
            depth: mailbox.queue.len(),
            used: mailbox.used,
            capacity: mailbox.capacity,
            next_length: next.map_or(0, |message| message.payload.len()),
            head_seq: self.head_seq(mailbox),
            next_seq: next.map_or(mailbox.next_seq, |message| message.seq),
            mode: mailbox.mode,
        })
    }

    // Tasks that wait at a mailbox.

    /// The PIDs that wait at a mailbox, in the order in which they came.
    pub fn waiters(&self, mailbox: &Mailbox) -> impl Iterator<Item = u16> {
        self.waiters.iter(&mailbox.waiters)
    }

    /// A PID waits behind all others, once.
    pub fn join(&mut self, descriptor: u32, pid: u16, out: &mut impl Emit) {
        let Some(at) = self.position_of(descriptor) else { return };
        let waiters = &mut self.boxes[at].waiters;
        if !self.waiters.iter(waiters).any(|other| other == pid) && self.waiters.push(waiters, pid).is_err() {
            out.lacks(Shortage::Mailboxes);
        }
    }

    /// A PID waits no more.
    pub fn leave(&mut self, descriptor: u32, pid: u16) {
        if let Some(at) = self.position_of(descriptor) {
            self.waiters.retain(&mut self.boxes[at].waiters, |other| *other != pid);
        }
    }

    /// A PID waits nowhere.
    pub fn leave_all(&mut self, pid: u16) {
        for mailbox in self.boxes.iter_mut() {
            self.waiters.retain(&mut mailbox.waiters, |other| *other != pid);
        }
    }
}
