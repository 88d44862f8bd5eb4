//! Making mailboxes, and taking them away.

use super::descriptor::Mailbox;
use super::failure::Failure;
use super::mail::Mail;
use super::target::Target;
use crate::error::Shortage;
use crate::event::{Emit, Event};
use crate::profile::{Profile, Switch};

impl Mail<'_> {
    /// Makes a mailbox, or finds it, and sets what is not 0 of its capacity in bytes and its mode.
    ///
    /// # Errors
    /// [`Failure::NoDescriptor`].
    pub fn bind(
        &mut self,
        profile: impl Profile,
        target: &Target,
        (capacity, mode): (u64, u16),
        creator: i64,
        out: &mut impl Emit,
    ) -> Result<u32, Failure> {
        let found = self.boxes.iter().find(|mailbox| {
            (mailbox.namespace, mailbox.owner) == (target.namespace, target.owner)
                && mailbox.name == target.name
        });
        let id = match found.map(|mailbox| mailbox.id) {
            Some(id) => {
                if capacity != 0 {
                    self.set_capacity(id, capacity);
                }
                id
            }
            None => self.make(target, capacity, creator, out)?,
        };
        if mode != 0 {
            self.set_mode(profile, id, mode);
        }
        Ok(id)
    }

    fn make(
        &mut self,
        target: &Target,
        capacity: u64,
        creator: i64,
        out: &mut impl Emit,
    ) -> Result<u32, Failure> {
        let Target { namespace, name, owner } = *target;
        let max = self.limits.descriptors;
        if self.boxes.len() >= max as usize {
            out.emit(Event::DescriptorsExhausted { namespace, name, owner, max });
            return Err(Failure::NoDescriptor);
        }
        let capacity = if capacity == 0 { self.limits.capacity } else { capacity };
        let id = self.next_id;
        let mailbox = Mailbox { id, namespace, name, owner, capacity, creator, ..Mailbox::default() };
        self.boxes.push(mailbox).map_err(|_| {
            out.lacks(Shortage::Mailboxes);
            Failure::NoDescriptor
        })?;
        self.next_id += 1;
        Ok(id)
    }

    fn set_capacity(&mut self, id: u32, capacity: u64) {
        if let Some(mailbox) = self.mailbox_mut(id).filter(|mailbox| mailbox.capacity != capacity) {
            mailbox.capacity = capacity;
            self.shrink(id);
        }
    }

    /// Drops the oldest messages until the rest fits.
    fn shrink(&mut self, id: u32) {
        while self.mailbox(id).is_some_and(|mailbox| mailbox.used > mailbox.capacity) {
            let Some(dropped) = self.pop_message(id) else { return };
            self.mark_overrun(id, dropped.seq);
        }
    }

    /// Notes for every reader that has not seen message `seq` that it never will.
    pub(super) fn mark_overrun(&mut self, id: u32, seq: u32) {
        let missed = |handle: &&mut super::Handle| {
            handle.descriptor == id && !handle.sender && handle.last_seq < i64::from(seq)
        };
        self.handles.iter_mut().filter(missed).for_each(|handle| handle.overrun = true);
    }

    /// Sets the mode, 0 too: every handle begins anew.
    pub fn set_mode(&mut self, profile: impl Profile, id: u32, mode: u16) {
        let Some(mailbox) = self.mailbox_mut(id) else { return };
        mailbox.mode = mode;
        let last_seq = mailbox.first_unseen();
        for handle in self.handles.iter_mut().filter(|handle| handle.descriptor == id) {
            (handle.last_seq, handle.sender, handle.overrun) = (last_seq, false, false);
        }
        self.reclaim(profile, id);
        self.shrink(id);
    }

    /// Sets the mode of a standard stream of every task; says which mailboxes those are, one by one, ascending.
    pub fn set_stdio_mode(
        &mut self,
        profile: impl Profile,
        stream: &str,
        mode: u16,
        mut tell: impl FnMut(u32),
    ) {
        for at in 0..self.boxes.len() {
            let Mailbox { id, namespace, name, .. } = self.boxes[at];
            if Target::is_stdio(namespace, name.as_str(), stream) {
                self.set_mode(profile, id, mode);
                tell(id);
            }
        }
    }

    /// With fan-out: drops what every reader has read.
    pub(super) fn reclaim(&mut self, profile: impl Profile, id: u32) {
        while let Some(mailbox) = self.mailbox(id).filter(|mailbox| mailbox.fans_out()) {
            let Some(head) = self.queued(mailbox).next().map(|message| i64::from(message.seq)) else {
                return;
            };
            let mut readers = self.handles.iter().filter(|handle| {
                let counts = !(handle.tap && profile.strict(Switch::Taps));
                handle.descriptor == id && !handle.sender && counts
            });
            let Some(first) = readers.next() else { return };
            if first.last_seq < head || readers.any(|reader| reader.last_seq < head) {
                return;
            }
            self.pop_message(id);
        }
    }

    /// Takes away every mailbox whose creator and owner are gone and on which no handle is open.
    pub fn sweep(&mut self, lives: impl Fn(i128) -> bool) {
        for at in (0..self.boxes.len()).rev() {
            let Mailbox { id, owner, creator, .. } = self.boxes[at];
            let held = owner.is_some_and(&lives) || lives(creator.into());
            if held || self.handles.iter().any(|handle| handle.descriptor == id) {
                continue;
            }
            self.remove(at);
        }
    }

    /// Takes away a mailbox on which no handle is open; whether there was one.
    pub(crate) fn discard(&mut self, id: u32) -> bool {
        let unheld = |mailbox: &&Mailbox| self.handles.iter().all(|handle| handle.descriptor != mailbox.id);
        let mailbox = self.mailbox(id).filter(unheld);
        let Some(at) = mailbox.and_then(|mailbox| self.position_of(mailbox.id)) else { return false };
        self.remove(at);
        true
    }

    /// Takes away every mailbox with this id or a later one.
    pub(crate) fn remove_from(&mut self, id: u32) {
        while let Some(at) = self.boxes.iter().position(|mailbox| mailbox.id >= id) {
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) {
        while self.pop_message(self.boxes[at].id).is_some() {}
        let mut mailbox = self.boxes.remove(at);
        self.waiters.clear(&mut mailbox.waiters);
        self.taps.clear(&mut mailbox.taps);
    }
}
