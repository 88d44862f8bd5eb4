//! Waiting for messages, and being woken.

use crate::error::{Raise, Shortage};
use crate::event::{Delivery, Emit, Event};
use crate::executive::{Executive, System};
use crate::mailbox::{Failure, Received};
use crate::profile::Switch;
use crate::task::State;
use crate::wait::{TIMEOUT, Wait};

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// Has the active task wait.
    pub(crate) fn block(&mut self, wait: Wait) {
        let Wait { pid, descriptor, handle, timeout, deadline, .. } = wait;
        self.mail.join(descriptor, pid, &mut self.outbox);
        match self.waits.iter().position(|other| other.pid == pid) {
            Some(at) => self.waits[at] = wait,
            None => {
                if self.waits.push(wait).is_err() {
                    self.outbox.lacks(Shortage::Mailboxes);
                }
            }
        }
        self.outbox.emit(Event::MailboxWait { pid, descriptor, handle, timeout, deadline });
        self.halt(pid, State::Waiting);
    }

    /// Gives messages of a mailbox to those who wait at it.
    pub(crate) fn serve(&mut self, descriptor: u32) {
        let by_taps = self.strict(Switch::Taps);
        self.serve_those(descriptor, |tap| !by_taps || !tap, true);
        if by_taps {
            self.serve_those(descriptor, |tap| tap, false);
        }
    }

    /// Serves waiters in order. Without fan-out the first one for whom there is nothing ends it, if `stops`.
    fn serve_those(&mut self, descriptor: u32, meant: impl Fn(bool) -> bool, stops: bool) {
        let Some(mailbox) = self.mail.mailbox(descriptor) else { return };
        let stops = stops && !mailbox.fans_out();
        let count = self.mail.waiters(mailbox).count();
        let mut passed = 0;
        for _ in 0..count {
            let waiter =
                self.mail.mailbox(descriptor).and_then(|mailbox| self.mail.waiters(mailbox).nth(passed));
            let Some(pid) = waiter else { return };
            let Some(wait) = self.waits.iter().find(|wait| wait.pid == pid).copied() else {
                self.mail.leave(descriptor, pid);
                continue;
            };
            let tap = self.mail.handle(pid, wait.handle).is_some_and(|handle| handle.tap);
            if !meant(tap) {
                passed += 1;
                continue;
            }
            match self.mail.receive(self.profile, pid, wait.handle) {
                Ok(Some(received)) => {
                    self.mail.leave(descriptor, pid);
                    self.complete(pid, 0, Some(received));
                }
                Ok(None) if stops => return,
                Ok(None) => passed += 1,
                Err(_) => {
                    self.mail.leave(descriptor, pid);
                    self.forget_wait(pid);
                }
            }
        }
    }

    fn forget_wait(&mut self, pid: u16) -> Option<Wait> {
        let at = self.waits.iter().position(|wait| wait.pid == pid)?;
        Some(self.waits.remove(at))
    }

    /// Ends a wait. The task may be gone (reference).
    pub(crate) fn complete(&mut self, pid: u16, status: u32, received: Option<Received>) {
        let Some(wait) = self.forget_wait(pid) else {
            received.into_iter().for_each(|received| self.mail.release(received));
            return;
        };
        self.mail.leave(wait.descriptor, pid);
        let delivery = self.delivery(pid, wait.handle, wait.descriptor, status, wait.max, received.as_ref());
        if let Some(at) = self.position(pid) {
            let vm = self.tasks[at].vm;
            let mut regs = self.machine.regs(vm);
            if let Some(received) = &received {
                self.deliver_payload(at, wait.ptr, delivery.length, received);
            }
            let Delivery { status, length, flags, channel, src, .. } = delivery;
            regs[..5]
                .copy_from_slice(&[status, length, flags, channel, src.into()].map(|word| word & 0xFFFF));
            self.machine.set_regs(vm, regs);
            self.tasks[at].window = None;
            self.deliver_info(at, wait.info, &delivery, false);
        }
        received.into_iter().for_each(|received| self.mail.release(received));
        self.outbox.emit(match status {
            TIMEOUT => Event::MailboxTimeout(delivery),
            _ => Event::MailboxWake(delivery),
        });
        if self.position(pid).is_some_and(|at| !self.tasks[at].has_ended() || !self.overlays()) {
            self.make_ready(pid);
        }
    }

    /// How a message is reported to the one who receives it, cut to `max` bytes.
    pub(crate) fn delivery(
        &self,
        pid: u16,
        handle: u32,
        descriptor: u32,
        status: u32,
        max: u16,
        received: Option<&Received>,
    ) -> Delivery {
        let nothing = Delivery { pid, descriptor, handle, status, ..Delivery::default() };
        received.map_or(nothing, |Received { message, .. }| Delivery {
            length: message.payload.len().min(max.into()),
            flags: message.flags,
            channel: message.channel,
            src: message.src,
            ..nothing
        })
    }

    /// Writes the first `length` bytes of a message to the memory of a task.
    pub(crate) fn deliver_payload(&mut self, at: usize, ptr: u16, length: u32, received: &Received) {
        let vm = self.tasks[at].vm;
        let (mut address, mut left) = (u32::from(ptr), length as usize);
        let mut within = true;
        for piece in self.mail.payload(&received.message) {
            let piece = &piece[..piece.len().min(left)];
            within &= self.machine.write(vm, address, piece);
            address += piece.len() as u32;
            left -= piece.len();
        }
        self.grows(!within);
    }

    /// Memory of a task would have to grow.
    pub(crate) fn grows(&mut self, beyond: bool) {
        if beyond && !self.strict(Switch::Clip) {
            self.raise(Raise::MemoryGrowth);
        }
    }

    /// Writes five words on a message to the memory of a task, if it wants them and they fit. `live`: what falls on its
    /// registers changes them, also in the reference.
    pub(crate) fn deliver_info(&mut self, at: usize, info: u16, delivery: &Delivery, live: bool) {
        let Delivery { status, length, flags, channel, src, .. } = *delivery;
        if info == 0 || u32::from(info) + 20 > 0x1_0000 {
            return;
        }
        let mut bytes = [0; 20];
        for (slot, word) in bytes.chunks_exact_mut(4).zip([status, length, flags, channel, src.into()]) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        self.write_memory(at, info, &bytes, live);
    }

    /// Ends every wait whose time is over, in the order of blocking; then every sleep, in the order of falling asleep.
    pub(crate) fn expire(&mut self) {
        let now = self.clock;
        let over = |wait: &&Wait| wait.deadline.is_some_and(|deadline| now >= deadline);
        while let Some(wait) = self.waits.iter().find(over).copied() {
            self.complete(wait.pid, TIMEOUT, None);
        }
        while self.strict(Switch::Sleep) {
            let asleep = self.tasks.iter().filter_map(|task| Some((task.sleep?, task.pid)));
            let next = asleep.filter(|(sleep, _)| now >= sleep.deadline).min_by_key(|(sleep, _)| sleep.order);
            let Some((_, pid)) = next else { break };
            self.wake_sleeper(pid);
        }
    }

    fn wake_sleeper(&mut self, pid: u16) {
        if let Some(at) = self.position(pid) {
            self.tasks[at].sleep = None;
            self.outbox.emit(Event::SleepComplete { pid });
            self.make_ready(pid);
        }
    }

    /// Closes a handle, and ends the wait at it (strict).
    ///
    /// # Errors
    /// [`Failure::BadHandle`].
    pub(crate) fn close_handle(&mut self, pid: u16, number: u32) -> Result<(), Failure> {
        self.mail.close(self.profile, pid, number)?;
        let waits = self.waits.iter().any(|wait| (wait.pid, wait.handle) == (pid, number));
        if waits && self.strict(Switch::ClosedWaiter) {
            self.complete(pid, Failure::BadHandle.status(), None);
        }
        if self.strict(Switch::Cleanup) {
            self.sweep_mailboxes();
        }
        Ok(())
    }
}
