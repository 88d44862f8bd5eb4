//! What can be done with values.

use super::entry::has_room;
use super::number::canonical;
use super::value::{Change, Value, is_key};
use half::f16;

use super::chain::Chain;
use super::entry::{Entry, flags};
use super::record::{Draft, Record};
use super::status::Status;
use super::store::Registry;
use super::strings::TextSource;
use crate::error::Shortage;
use crate::event::Emit;
use crate::hal::NonVolatile;
use crate::mailbox::HandleRef;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::table::Full;

impl Registry<'_> {
    /// The value of an OID.
    pub fn value(&self, oid: u16) -> Option<&Value> {
        self.values.iter().find(|value| value.entry.oid == oid)
    }

    pub(crate) fn value_mut(&mut self, oid: u16) -> Option<&mut Value> {
        self.values.iter_mut().find(|value| value.entry.oid == oid)
    }

    /// Registers a value with records that come from the last to the first. It is 0, or what was stored.
    ///
    /// # Errors
    /// [`Status::Exists`], [`Status::NoSpace`].
    pub fn add_value<T: TextSource>(
        &mut self,
        profile: impl Profile,
        entry: Entry,
        drafts: impl FnMut(&mut Pool<'_, Record>) -> Option<Draft<T>>,
        store: &impl NonVolatile,
        out: &mut impl Emit,
    ) -> Result<Entry, Status> {
        if self.value(entry.oid).is_some() {
            return Err(Status::Exists);
        }
        has_room(&self.values, out)?;
        let (desc_head, records) = self.keep(profile, drafts, out)?;
        let entry = Entry { desc_head, records, ..entry };
        let key = self.texts(&entry).key;
        let stored =
            if entry.flags & flags::PERSIST != 0 && is_key(profile, key) { store.load(key) } else { None };
        let value = Value { entry, bits: stored.unwrap_or(0), ..Value::default() };
        self.values.push(value).map_err(|Full| Status::NoSpace)?;
        Ok(entry)
    }

    /// Gives a value the number that its image wants it to begin with: no change.
    pub(crate) fn initialize(&mut self, oid: u16, bits: u16) {
        if let Some(value) = self.value_mut(oid) {
            (value.bits, value.changed) = (bits, 0);
        }
    }

    /// Registers a value of a guest.
    ///
    /// # Errors
    /// As [`Registry::add_value`].
    pub fn add_guest_value(
        &mut self,
        profile: impl Profile,
        entry: Entry,
        chain: Chain<'_>,
        store: &impl NonVolatile,
        out: &mut impl Emit,
    ) -> Result<Entry, Status> {
        let mut waiting = self.addresses(chain, out)?;
        let added = self.add_value(profile, entry, |records| chain.next(records, &mut waiting), store, out);
        self.records.clear(&mut waiting);
        added
    }

    /// The value as `caller` reads it.
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`].
    pub fn get(&self, oid: u16, caller: u16) -> Result<u16, Status> {
        let value = self.value(oid).ok_or(Status::NoEntry)?;
        may_touch(&value.entry, caller)?;
        Ok(canonical(value.bits))
    }

    /// Sets a value. Who is told of it is not decided here.
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`], then [`Status::Busy`].
    pub fn set(
        &mut self,
        profile: impl Profile,
        (oid, new): (u16, u16),
        (caller, now): (u16, u64),
        store: &mut impl NonVolatile,
        out: &mut impl Emit,
    ) -> Result<Change, Status> {
        let value = *self.value(oid).ok_or(Status::NoEntry)?;
        may_touch(&value.entry, caller)?;
        if value.entry.flags & flags::READ_ONLY != 0 {
            return Err(Status::NotPermitted);
        }
        let texts = self.texts(&value.entry);
        let (epsilon, key, rate_ms) = (texts.epsilon, texts.key, u64::from(texts.rate_ms));
        if rate_ms > 0 && value.changed > 0 && now.saturating_sub(value.changed) < rate_ms {
            return Err(Status::Busy);
        }
        let (old, new) = (value.bits, canonical(new));
        let [number, before, smallest] = [new, old, epsilon].map(|bits| f16::from_bits(bits).to_f64());
        let difference = number - before;
        let difference = if difference < 0.0 { -difference } else { difference };
        if smallest != 0.0 && difference < smallest {
            return Ok(Change::TooSmall);
        }
        if let Some(value) = self.value_mut(oid) {
            (value.bits, value.changed) = (new, now);
        }
        let persists = value.entry.flags & flags::PERSIST != 0 && is_key(profile, key);
        if persists && store.store(key, new).is_err() {
            out.lacks(Shortage::Store);
        }
        Ok(Change::Changed { old, new })
    }

    /// Has a value stored from its next change on, or not.
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`], then [`Status::Invalid`] for a mode above 2.
    pub fn persist(&mut self, oid: u16, mode: u8, caller: u16, out: &mut impl Emit) -> Result<(), Status> {
        let value = *self.value(oid).ok_or(Status::NoEntry)?;
        if value.entry.owner != caller {
            return Err(Status::NotPermitted);
        }
        if mode > 2 {
            return Err(Status::Invalid);
        }
        let mut entry = value.entry;
        if mode == 0 {
            entry.flags &= !flags::PERSIST;
        } else {
            entry.flags |= flags::PERSIST;
            let known =
                self.records.refs(&entry.records).any(|record| matches!(record, Record::Persist { .. }));
            if !known {
                let record = Record::Persist { key: 0, debounce: 0 };
                match self.records.push_front(&mut entry.records, record) {
                    Ok(()) => {
                        entry.desc_head = self.descriptor_bytes;
                        self.descriptor_bytes += record.size();
                    }
                    Err(Full) => out.lacks(Shortage::Registry),
                }
            }
        }
        if let Some(value) = self.value_mut(oid) {
            value.entry = entry;
        }
        Ok(())
    }

    /// Who is told of changes, in the order in which they asked.
    pub fn subscribers(&self, value: &Value) -> impl Iterator<Item = HandleRef> {
        self.subscribers.iter(&value.subscribers)
    }

    /// Tells `subscriber` of changes from now on.
    ///
    /// # Errors
    /// [`Status::NoEntry`]; [`Status::NoSpace`] if there is no room.
    pub fn subscribe(&mut self, oid: u16, subscriber: HandleRef, out: &mut impl Emit) -> Result<(), Status> {
        let value = self.values.iter_mut().find(|value| value.entry.oid == oid).ok_or(Status::NoEntry)?;
        self.subscribers.push(&mut value.subscribers, subscriber).map_err(|Full| {
            out.lacks(Shortage::Registry);
            Status::NoSpace
        })
    }

    /// Tells `subscriber` no more, of this value or of any.
    pub fn unsubscribe(&mut self, oid: Option<u16>, subscriber: HandleRef) {
        for value in self.values.iter_mut().filter(|value| oid.is_none_or(|oid| value.entry.oid == oid)) {
            self.subscribers.retain(&mut value.subscribers, |other| *other != subscriber);
        }
    }
}

/// Whether `caller` may read or set it: the owner always, others if it is open to all.
fn may_touch(entry: &Entry, caller: u16) -> Result<(), Status> {
    if entry.owner == caller || entry.auth == 0 { Ok(()) } else { Err(Status::NotPermitted) }
}
