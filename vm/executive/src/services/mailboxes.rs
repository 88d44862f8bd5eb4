//! Module 5: mailboxes.

use super::call::{Call, Service};
use crate::error::Raise;
use crate::event::{Delivery, Emit, Event};
use crate::executive::{Executive, System};
use crate::mailbox::{BadTarget, Failure, Received, Sent, Target};
use crate::profile::Switch;
use crate::text::GuestText;
use crate::wait::{FOR_EVER, Wait};

const WOULD_BLOCK: u32 = 1;
const NO_DATA: u32 = 3;
const NO_FUNCTION: u32 = 0xFF;

/// Functions 0 open, 1 bind, 2 send, 3 receive, 4 peek, 5 tap, 6 close.
pub(super) struct Mailboxes;

impl Service for Mailboxes {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        let done = match call.function {
            0 => executive.open_mailbox(call),
            1 => executive.bind_mailbox(call),
            2 => executive.send_message(call),
            3 => executive.receive_message(call),
            4 => executive.peek_mailbox(call),
            5 => executive.tap_mailbox(call),
            6 => executive.close_mailbox(call),
            _ => {
                executive.answer(call, NO_FUNCTION);
                Ok(())
            }
        };
        if let (Err(failure), None) = (done, executive.raised) {
            let Call { pid, function, .. } = call;
            let status = failure.status();
            executive.answer(call, status);
            executive.outbox.emit(Event::MailboxError { pid, function, status });
        }
    }
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// The target whose name is at R1. A bad PID in it raises in the reference.
    fn target_at_r1(&mut self, call: Call) -> Result<Target, Failure> {
        let text = GuestText::at(self.machine.bytes(call.vm), self.half(call, 1));
        Target::parse(self.profile, text, call.pid.into()).map_err(|bad| {
            if bad == BadTarget::BadPid && !self.strict(Switch::Suffix) {
                self.raise(Raise::BadTarget);
            }
            bad.failure(&mut self.outbox)
        })
    }

    fn open_mailbox(&mut self, call: Call) -> Result<(), Failure> {
        let target = self.target_at_r1(call)?;
        let handle = self.open_handle(call.pid, &target)?;
        self.answer_with(call, 0, handle);
        Ok(())
    }

    fn bind_mailbox(&mut self, call: Call) -> Result<(), Failure> {
        let target = self.target_at_r1(call)?;
        let (capacity, mode) = (self.half(call, 2), self.half(call, 3));
        let settings = (capacity.into(), mode);
        let id = self.mail.bind(self.profile, &target, settings, call.pid.into(), &mut self.outbox)?;
        self.answer_with(call, 0, id);
        Ok(())
    }

    fn send_message(&mut self, call: Call) -> Result<(), Failure> {
        let [handle, ptr, length, flags, channel] = [1, 2, 3, 4, 5].map(|register| self.half(call, register));
        let (handle, flags, channel) = (handle.into(), flags.into(), channel.into());
        let payload = self.machine.slice(call.vm, ptr, length);
        let (key, length) = ((call.pid, handle), payload.len() as u32);
        let message = (payload, flags, channel);
        let Sent { descriptor, taken } =
            self.mail.send(self.profile, key, message, self.clock, &mut self.outbox)?;
        if !taken {
            self.answer(call, WOULD_BLOCK);
            return Ok(());
        }
        self.answer_with(call, 0, length);
        let (pid, src) = (call.pid, call.pid);
        let delivery = Delivery { pid, descriptor, handle, status: 0, length, flags, channel, src };
        self.outbox.emit(Event::MailboxSend(delivery));
        self.serve(descriptor);
        Ok(())
    }

    fn receive_message(&mut self, call: Call) -> Result<(), Failure> {
        let [handle, ptr, max, timeout, info] = [1, 2, 3, 4, 5].map(|register| self.half(call, register));
        let received = self.mail.receive(self.profile, call.pid, handle.into())?;
        if let Some(received) = received {
            self.hand_over(call, (ptr, max, info), received);
            return Ok(());
        }
        if timeout == 0 {
            self.answer_with(call, NO_DATA, 0);
            self.deliver_info(call.at, info, &Delivery { status: NO_DATA, ..Delivery::default() }, true);
            return Ok(());
        }
        let descriptor = self.mail.handle(call.pid, handle.into()).map_or(0, |handle| handle.descriptor);
        let deadline = (timeout != FOR_EVER).then(|| self.clock.saturating_add(timeout.into()));
        let (pid, handle) = (call.pid, handle.into());
        self.block(Wait { pid, descriptor, handle, ptr, max, timeout, deadline, info });
        Ok(())
    }

    fn hand_over(&mut self, call: Call, (ptr, max, info): (u16, u16, u16), received: Received) {
        let handle = self.half(call, 1).into();
        let delivery = self.delivery(call.pid, handle, received.descriptor, 0, max, Some(&received));
        self.deliver_payload(call.at, ptr, delivery.length, &received);
        self.mail.release(received);
        let Delivery { length, flags, channel, src, .. } = delivery;
        for (register, value) in (0..).zip([0, length, flags, channel, src.into()]) {
            self.machine.set_reg(call.vm, register, value);
        }
        self.deliver_info(call.at, info, &delivery, true);
        self.outbox.emit(Event::MailboxRecv(delivery));
    }

    fn peek_mailbox(&mut self, call: Call) -> Result<(), Failure> {
        let peek = self.mail.peek(call.pid, self.half(call, 1).into())?;
        for (register, value) in (0..).zip([0, peek.depth, peek.used as u32, peek.next_length]) {
            self.machine.set_reg(call.vm, register, value);
        }
        Ok(())
    }

    fn tap_mailbox(&mut self, call: Call) -> Result<(), Failure> {
        let on = self.word(call, 2) & 1 != 0;
        self.mail.tap(call.pid, self.half(call, 1).into(), on, &mut self.outbox)?;
        self.answer(call, 0);
        Ok(())
    }

    fn close_mailbox(&mut self, call: Call) -> Result<(), Failure> {
        self.close_handle(call.pid, self.half(call, 1).into())?;
        self.answer(call, 0);
        Ok(())
    }
}
