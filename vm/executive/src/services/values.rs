//! Module 7: values.

use super::call::{Call, Service};
use crate::event::{Emit, Event};
use crate::executive::{Executive, System};
use crate::mailbox::{HandleRef, Target};
use crate::profile::Switch;
use crate::registry::{Chain, Change, Entry, Kind, Registry, Status};
use crate::text::GuestText;

/// In the place of a group: all of them.
pub(crate) const ALL_GROUPS: u8 = 0xFF;

/// Functions 0 register, 1 look up, 2 get, 3 set, 4 list, 5 subscribe, 6 persist.
pub(super) struct Values;

impl Service for Values {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        let status = match call.function {
            0 => executive.register_value(call),
            1 => executive.look_up(call, |registry, oid| registry.value(oid).is_some()),
            2 => executive.get_value(call),
            3 => executive.set_guest_value(call),
            4 => executive.list_values(call),
            5 => executive.subscribe(call),
            6 => {
                let (oid, mode) = (executive.half(call, 1), executive.half(call, 2) as u8);
                executive.registry.persist(oid, mode, call.pid, &mut executive.outbox)
            }
            _ => Err(Status::Invalid),
        };
        match status {
            // The number itself is in R0 then.
            Ok(()) if call.function == 2 => {}
            Ok(()) => executive.answer(call, 0),
            Err(status) => executive.answer(call, status.code().into()),
        }
    }
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// The OID of a group in R1 and an id in R2.
    pub(super) fn oid_of_arguments(&self, call: Call) -> u16 {
        self.half(call, 1) << 8 | self.half(call, 2) & 0xFF
    }

    /// What a task registers: group in R1, id in R2, flags in R3. It is open to all.
    pub(super) fn entry_of_arguments(&self, call: Call) -> Entry {
        let (oid, flags) = (self.oid_of_arguments(call), self.half(call, 3) as u8);
        Entry { oid, flags, auth: 0, owner: call.pid, ..Entry::default() }
    }

    /// Answers with the OID of group and id, if `exists` says so.
    pub(super) fn look_up(
        &mut self,
        call: Call,
        exists: impl FnOnce(&Registry<'_>, u16) -> bool,
    ) -> Result<(), Status> {
        let oid = self.oid_of_arguments(call);
        if !exists(&self.registry, oid) {
            return Err(Status::NoEntry);
        }
        self.machine.set_reg(call.vm, 1, oid.into());
        Ok(())
    }

    fn register_value(&mut self, call: Call) -> Result<(), Status> {
        let entry = self.entry_of_arguments(call);
        let chain = Chain::at(self.machine.bytes(call.vm), self.half(call, 4), Kind::Value);
        let chain = chain.ok_or(Status::Invalid)?;
        let entry =
            self.registry.add_guest_value(self.profile, entry, chain, &self.store, &mut self.outbox)?;
        self.machine.set_reg(call.vm, 1, entry.oid.into());
        self.outbox.emit(Event::ValueRegistered(entry.registration()));
        Ok(())
    }

    fn get_value(&mut self, call: Call) -> Result<(), Status> {
        let bits = self.registry.get(self.half(call, 1), call.pid)?;
        self.answer(call, bits.into());
        Ok(())
    }

    fn set_guest_value(&mut self, call: Call) -> Result<(), Status> {
        let (oid, bits) = (self.half(call, 1), self.half(call, 2));
        self.set_value(oid, bits, call.pid)?;
        if !self.strict(Switch::OneNotice) {
            self.notify_again(oid);
        }
        Ok(())
    }

    /// Sets a value and tells those who asked for it.
    pub(crate) fn set_value(&mut self, oid: u16, bits: u16, caller: u16) -> Result<(), Status> {
        let at = (caller, self.clock);
        let change = self.registry.set(self.profile, (oid, bits), at, &mut self.store, &mut self.outbox)?;
        if let (Change::Changed { old, new }, Some(value)) = (change, self.registry.value(oid)) {
            let Entry { flags, auth, owner, .. } = value.entry;
            self.outbox.emit(Event::ValueChanged { pid: owner, caller, oid, old, new, flags, auth });
            self.notify(oid, old, new);
        }
        Ok(())
    }

    /// Tells each subscriber of a change; one that cannot take it is none any more.
    fn notify(&mut self, oid: u16, old: u16, new: u16) {
        let message = words([oid, old, new]);
        let mut position = 0;
        while let Some(subscriber) = self.subscriber(oid, position) {
            if self.post(subscriber, &message) {
                position += 1;
                continue;
            }
            self.registry.unsubscribe(Some(oid), subscriber);
            // A handle that is closed already is no reason to do more.
            let _closed = self.close_handle(subscriber.pid, subscriber.number);
        }
    }

    /// The second, shorter message of the reference.
    fn notify_again(&mut self, oid: u16) {
        let Some(value) = self.registry.value(oid) else { return };
        let message = words([oid, value.bits]);
        let mut position = 0;
        while let Some(subscriber) = self.subscriber(oid, position) {
            self.post(subscriber, &message);
            position += 1;
        }
    }

    fn subscriber(&self, oid: u16, position: usize) -> Option<HandleRef> {
        let value = self.registry.value(oid)?;
        self.registry.subscribers(value).nth(position)
    }

    /// Sends a message of the executive through a handle; whether it was taken.
    pub(crate) fn post(&mut self, through: HandleRef, message: &[u8]) -> bool {
        let key = (through.pid, through.number);
        let sent = self.mail.send(self.profile, key, (message, 0, 0), self.clock, &mut self.outbox);
        let taken = sent.ok().filter(|sent| sent.taken);
        if let Some(sent) = taken.filter(|_| self.strict(Switch::Wakes)) {
            self.serve(sent.descriptor);
        }
        taken.is_some()
    }

    fn list_values(&mut self, call: Call) -> Result<(), Status> {
        let (group, ptr, max) = (self.half(call, 1), u32::from(self.half(call, 2)), self.half(call, 3));
        let group = group as u8;
        let mut count = 0;
        for value in self.registry.values.iter() {
            let entry = &value.entry;
            let address = ptr + 2 * count;
            let listed = entry.owner == call.pid && (group == ALL_GROUPS || entry.group() == group);
            if listed && count < max.into() && address + 2 <= 0x1_0000 {
                self.machine.write(call.vm, address, &entry.oid.to_le_bytes());
                count += 1;
            }
        }
        self.machine.set_reg(call.vm, 1, count);
        Ok(())
    }

    /// The target whose name is at the address in a register.
    pub(super) fn target_in(&mut self, call: Call, register: u8) -> Result<Target, Status> {
        let text = GuestText::at(self.machine.bytes(call.vm), self.half(call, register));
        let target = Target::parse(self.profile, text, call.pid.into());
        target.map_err(|bad| {
            bad.failure(&mut self.outbox);
            Status::Invalid
        })
    }

    fn subscribe(&mut self, call: Call) -> Result<(), Status> {
        let oid = self.half(call, 1);
        let target = self.target_in(call, 2)?;
        let number = self.open_handle(call.pid, &target).map_err(|_| Status::Invalid)?;
        let subscribed = self.registry.subscribe(oid, HandleRef { pid: call.pid, number }, &mut self.outbox);
        if subscribed.is_err() && self.strict(Switch::FailedSub) {
            // It was opened just now.
            let _closed = self.close_handle(call.pid, number);
        }
        subscribed?;
        self.machine.set_reg(call.vm, 1, number);
        Ok(())
    }
}

/// Little-endian half words, one behind the other: six bytes of three, four of two.
fn words<const N: usize>(words: [u16; N]) -> heapless::Vec<u8, 6> {
    words.into_iter().flat_map(u16::to_le_bytes).take(6).collect()
}
