//! What an image declares: values, commands and mailboxes.

use minivm::hxe::{
    Command as DeclaredCommand, Image, Section, SectionKind, Store, Text, Value as DeclaredValue,
};

use crate::event::{Emit, Event};
use crate::executive::{Executive, System};
use crate::hal::NonVolatile;
use crate::load::Whole;
use crate::mailbox::READ_WRITE;
use crate::mailbox::{BadTarget, Failure, Target};
use crate::profile::Switch;
use crate::registry::{Command, Draft, Entry, Record, Status, TextSource, flags, is_key, unit};
use crate::text::{GuestText, is_blank};

/// The group of what all programs get from the standard library.
const SHARED_GROUP: u8 = 0xF0;

/// A text of an image, which may be missing.
struct Declared<'i, S> {
    image: &'i Image<'i, S>,
    text: Option<Text>,
}

impl<S> Clone for Declared<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Declared<'_, S> {}

impl<S: Store> TextSource for Declared<'_, S> {
    fn bytes(self) -> impl Iterator<Item = u8> {
        self.text.into_iter().flat_map(move |text| self.image.text(text))
    }
}

impl<S: Store> Declared<'_, S> {
    fn is_empty(self) -> bool {
        self.bytes().next().is_none()
    }
}

/// A number of a declaration in binary16. Of NaN nothing is kept, its sign neither.
const fn declared(bits: u16) -> u16 {
    if bits & 0x7FFF > 0x7C00 { 0x7E00 } else { bits }
}

/// The records that a value's declaration stands for, from the last to the first.
fn value_drafts<'i, S: Store>(
    image: &'i Image<'i, S>,
    value: &DeclaredValue,
    key: Option<u16>,
) -> impl Iterator<Item = Draft<Declared<'i, S>>> {
    let text = |text| Declared { image, text };
    let (group, name, unit_text) = (text(value.group_name), text(value.name), text(value.unit));
    let [epsilon, min, max] = [value.epsilon, value.min, value.max].map(declared);
    let unit = Record::Unit { unit: unit(unit_text.bytes()), epsilon, rate_ms: 0 };
    let drafts = [
        key.map(|key| Draft::Plain(Record::Persist { key, debounce: 0 })),
        (min != 0 || max != 0).then_some(Draft::Plain(Record::Range { min, max })),
        (!unit_text.is_empty() || epsilon & 0x7FFF != 0).then_some(Draft::Plain(unit)),
        (!name.is_empty()).then_some(Draft::Name(name)),
        (!group.is_empty()).then_some(Draft::Group(group)),
    ];
    drafts.into_iter().flatten()
}

/// The records that a command's declaration stands for, from the last to the first.
fn command_drafts<'i, S: Store>(
    image: &'i Image<'i, S>,
    command: &DeclaredCommand,
) -> impl Iterator<Item = Draft<Declared<'i, S>>> {
    let text = |text| Declared { image, text };
    let (group, name, help) = (text(command.group_name), text(command.name), text(command.help));
    let drafts = [
        (!name.is_empty() || !help.is_empty()).then_some(Draft::Command(name, help)),
        (!group.is_empty()).then_some(Draft::Group(group)),
    ];
    drafts.into_iter().flatten()
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// Registers the values of an image, then its commands.
    pub(crate) fn register_metadata(&mut self, pid: u16, image: &Image<'_, Whole<'_>>) -> Result<(), Status> {
        let declaring = |kind| image.sections().filter(move |section| section.declares() == Some(kind));
        for section in declaring(SectionKind::Values) {
            image.values(&section).try_for_each(|value| self.declare_value(pid, image, &value))?;
        }
        for section in declaring(SectionKind::Commands) {
            image.commands(&section).try_for_each(|command| self.declare_command(pid, image, &command))?;
        }
        Ok(())
    }

    fn is_shared(&self, group: u8) -> bool {
        group == SHARED_GROUP && self.strict(Switch::SharedGroup)
    }

    fn declare_value(
        &mut self,
        pid: u16,
        image: &Image<'_, Whole<'_>>,
        value: &DeclaredValue,
    ) -> Result<(), Status> {
        let oid = u16::from_be_bytes([value.group, value.id]);
        if self.is_shared(value.group) && self.registry.value(oid).is_some() {
            return Ok(());
        }
        let key = Some(value.persist_key).filter(|&key| is_key(self.profile, key));
        let persist = if key.is_some() { flags::PERSIST } else { 0 };
        let entry =
            Entry { oid, flags: value.flags | persist, auth: value.auth, owner: pid, ..Entry::default() };
        let mut drafts = value_drafts(image, value, key);
        let entry =
            self.registry.add_value(self.profile, entry, |_| drafts.next(), &self.store, &mut self.outbox)?;
        let stored = key.and_then(|key| self.store.load(key)).is_some();
        if !(stored && self.strict(Switch::StoredWins)) {
            self.registry.initialize(oid, declared(value.init));
        }
        self.outbox.emit(Event::ValueRegistered(entry.registration()));
        Ok(())
    }

    fn declare_command(
        &mut self,
        pid: u16,
        image: &Image<'_, Whole<'_>>,
        command: &DeclaredCommand,
    ) -> Result<(), Status> {
        let oid = u16::from_be_bytes([command.group, command.id]);
        if self.is_shared(command.group) && self.registry.command(oid).is_some() {
            return Ok(());
        }
        let entry = Entry { oid, flags: command.flags, auth: command.auth, owner: pid, ..Entry::default() };
        let mut drafts = command_drafts(image, command);
        let command = Command { entry, handler: command.handler };
        let entry = self.registry.add_command(self.profile, command, |_| drafts.next(), &mut self.outbox)?;
        self.outbox.emit(Event::CommandRegistered(entry.registration()));
        Ok(())
    }

    /// Binds the mailboxes of an image. One for which there is no descriptor is left out.
    pub(crate) fn bind_declared(&mut self, pid: u16, image: &Image<'_, Whole<'_>>) -> Result<(), Failure> {
        let sections =
            || image.sections().filter(|section| section.declares() == Some(SectionKind::Mailboxes));
        if self.strict(Switch::Cleanup) {
            // A failed load leaves nothing, so nothing is bound before all targets are known to be good.
            let mut bad = None;
            let mut check = |target: &str, owner: i64| {
                bad =
                    bad.or(self.declared_target(target, owner).err().filter(|bad| *bad != BadTarget::Empty));
            };
            sections().for_each(|section| {
                each_mailbox(image, &section, pid, |target, owner, _| check(target, owner))
            });
            if let Some(bad) = bad {
                return Err(bad.failure(&mut self.outbox));
            }
        }
        for section in sections() {
            let mut result = Ok(());
            each_mailbox(image, &section, pid, |target, owner, settings| {
                if result.is_ok() {
                    result = self.bind_one(target, owner, settings);
                }
            });
            result?;
        }
        Ok(())
    }

    fn declared_target(&self, target: &str, owner: i64) -> Result<Target, BadTarget> {
        let target = GuestText::of_host(target.trim_matches(is_blank));
        Target::parse(self.profile, target, owner)
    }

    fn bind_one(&mut self, target: &str, owner: i64, settings: (u64, u16)) -> Result<(), Failure> {
        let target = match self.declared_target(target, owner) {
            Ok(target) => target,
            Err(BadTarget::Empty) => return Ok(()),
            Err(bad) => return Err(bad.failure(&mut self.outbox)),
        };
        match self.mail.bind(self.profile, &target, settings, owner, &mut self.outbox) {
            Ok(_) | Err(Failure::NoDescriptor) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// Tells each mailbox of a section: its target, whose it is, its capacity (0: the default) and its mode. A capacity or an
/// owner beyond 64 bits counts as the nearest that is not: no message is that long, and no task has such a PID.
#[cfg(feature = "std")]
fn each_mailbox(
    image: &Image<'_, Whole<'_>>,
    section: &Section,
    pid: u16,
    mut tell: impl FnMut(&str, i64, (u64, u16)),
) {
    for mailbox in image.mailboxes(section) {
        let capacity = mailbox.capacity.map_or(0, |capacity| capacity.clamped().unsigned_abs());
        let owner = mailbox.owner_pid.map_or(pid.into(), |owner| owner.clamped());
        let mode = if mailbox.mode == 0 { READ_WRITE } else { mailbox.mode };
        tell(&mailbox.target, owner, (capacity, mode));
    }
}

/// Tells each mailbox of a section in the binary form: its target, whose it is, its capacity (0: the default) and mode.
#[cfg(not(feature = "std"))]
fn each_mailbox(
    image: &Image<'_, Whole<'_>>,
    section: &Section,
    pid: u16,
    mut tell: impl FnMut(&str, i64, (u64, u16)),
) {
    for mailbox in image.legacy_mailboxes(section) {
        // Blanks and 32 characters fit; what is behind them is cut off anyway.
        let bytes: heapless::Vec<u8, 256> = image.text(mailbox.target).take(256).collect();
        let target = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let mode = if mailbox.mode == 0 { READ_WRITE } else { mailbox.mode };
        tell(target, pid.into(), (mailbox.capacity.unwrap_or(0).into(), mode));
    }
}
