//! Opening mailboxes, and closing handles.

use super::failure::Failure;
use super::handle::Handle;
use super::mail::Mail;
use super::number::{Counter, HandleRef};
use super::target::Target;
use crate::error::Shortage;
use crate::event::{Emit, Event};
use crate::profile::Profile;

impl Mail<'_> {
    pub(super) fn handle_at(&self, pid: u16, number: u32) -> Option<usize> {
        self.handles.binary_search_by_key(&(pid, number), Handle::key).ok()
    }

    /// An open handle.
    pub fn handle(&self, pid: u16, number: u32) -> Option<&Handle> {
        self.handles.get(self.handle_at(pid, number)?)
    }

    /// Opens a handle, and makes the mailbox if it does not exist.
    ///
    /// # Errors
    /// [`Failure::NoDescriptor`], [`Failure::NoHandle`]; then the mailbox exists all the same.
    pub fn open(
        &mut self,
        profile: impl Profile,
        pid: u16,
        target: &Target,
        out: &mut impl Emit,
    ) -> Result<u32, Failure> {
        let descriptor = self.bind(profile, target, (0, 0), pid.into(), out)?;
        let handles = self.handles.iter().filter(|handle| handle.pid == pid).count() as u32;
        let limit = if pid == 0 { self.limits.host_handles } else { self.limits.handles };
        if handles >= limit {
            out.emit(Event::HandlesExhausted { pid, limit, handles });
            return Err(Failure::NoHandle);
        }
        let last_seq = self.mailbox(descriptor).map_or(-1, super::Mailbox::first_unseen);
        self.add_handle(pid, descriptor, last_seq).ok_or_else(|| {
            out.lacks(Shortage::Mailboxes);
            Failure::NoHandle
        })
    }

    fn add_handle(&mut self, pid: u16, descriptor: u32, last_seq: i64) -> Option<u32> {
        if self.handles.len() == self.handles.capacity() {
            return None;
        }
        let at = match self.counters.binary_search_by_key(&pid, |counter| counter.pid) {
            Ok(at) => at,
            Err(at) => {
                self.counters.insert(at, Counter { pid, next: 1 }).ok()?;
                at
            }
        };
        let number = self.counters[at].next;
        self.counters[at].next += 1;
        let handle = Handle { pid, number, descriptor, last_seq, ..Handle::default() };
        let at = self.handles.partition_point(|other| other.key() < handle.key());
        self.handles.insert(at, handle).ok()?;
        Some(number)
    }

    /// Drops the oldest counters of PIDs that are gone, if there is no room for another. Their handle numbers begin
    /// anew if the host uses such a PID again.
    pub fn make_room_for_counter(&mut self, lives: impl Fn(u16) -> bool) {
        while self.counters.len() == self.counters.capacity() {
            let gone =
                |counter: &Counter| !lives(counter.pid) && self.handles.iter().all(|h| h.pid != counter.pid);
            let Some(at) = self.counters.iter().position(gone) else { return };
            self.counters.remove(at);
        }
    }

    /// Closes a handle; says which mailbox it was of.
    ///
    /// # Errors
    /// [`Failure::BadHandle`].
    pub fn close(&mut self, profile: impl Profile, pid: u16, number: u32) -> Result<u32, Failure> {
        let at = self.handle_at(pid, number).ok_or(Failure::BadHandle)?;
        self.untap(at);
        let Handle { descriptor, .. } = self.handles.remove(at);
        self.reclaim(profile, descriptor);
        Ok(descriptor)
    }

    /// Makes a handle a tap, or none.
    ///
    /// # Errors
    /// [`Failure::BadHandle`].
    pub fn tap(&mut self, pid: u16, number: u32, on: bool, out: &mut impl Emit) -> Result<u32, Failure> {
        let at = self.handle_at(pid, number).ok_or(Failure::BadHandle)?;
        let descriptor = self.handles[at].descriptor;
        self.handles[at].window = None;
        if !on {
            self.untap(at);
        } else if !self.handles[at].tap {
            let Some(mailbox) = self.position_of(descriptor) else { return Err(Failure::BadHandle) };
            match self.taps.push(&mut self.boxes[mailbox].taps, HandleRef { pid, number }) {
                Ok(()) => self.handles[at].tap = true,
                Err(_) => out.lacks(Shortage::Mailboxes),
            }
        }
        Ok(descriptor)
    }

    fn untap(&mut self, at: usize) {
        let Handle { pid, number, descriptor, .. } = self.handles[at];
        while self.pop_copy(at).is_some() {}
        let handle = &mut self.handles[at];
        (handle.tap, handle.tap_overrun) = (false, false);
        if let Some(mailbox) = self.position_of(descriptor) {
            self.taps.retain(&mut self.boxes[mailbox].taps, |tap| *tap != HandleRef { pid, number });
        }
    }

    /// The taps of a mailbox, in the order in which they joined.
    pub fn taps<'a>(&'a self, mailbox: &super::Mailbox) -> impl Iterator<Item = &'a Handle> {
        self.taps.iter(&mailbox.taps).filter_map(|tap| self.handle(tap.pid, tap.number))
    }
}
