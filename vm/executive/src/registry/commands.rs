//! What can be done with commands.

use super::chain::Chain;
use super::command::Command;
use super::entry::has_room;
use super::entry::{Entry, flags};
use super::record::{Draft, Record};
use super::status::Status;
use super::store::Registry;
use super::strings::TextSource;
use crate::event::{Emit, Invocation};
use crate::pool::Pool;
use crate::profile::{Profile, Switch};
use crate::table::Full;

impl Registry<'_> {
    /// The command of an OID.
    pub fn command(&self, oid: u16) -> Option<&Command> {
        self.commands.iter().find(|command| command.entry.oid == oid)
    }

    /// Registers a command with records that come from the last to the first.
    ///
    /// # Errors
    /// [`Status::Exists`], [`Status::NoSpace`].
    pub fn add_command<T: TextSource>(
        &mut self,
        profile: impl Profile,
        command: Command,
        drafts: impl FnMut(&mut Pool<'_, Record>) -> Option<Draft<T>>,
        out: &mut impl Emit,
    ) -> Result<Entry, Status> {
        if self.command(command.entry.oid).is_some() {
            return Err(Status::Exists);
        }
        has_room(&self.commands, out)?;
        let (desc_head, records) = self.keep(profile, drafts, out)?;
        let entry = Entry { desc_head, records, ..command.entry };
        self.commands.push(Command { entry, ..command }).map_err(|Full| Status::NoSpace)?;
        Ok(entry)
    }

    /// Registers a command of a guest.
    ///
    /// # Errors
    /// As [`Registry::add_command`].
    pub fn add_guest_command(
        &mut self,
        profile: impl Profile,
        entry: Entry,
        chain: Chain<'_>,
        out: &mut impl Emit,
    ) -> Result<Entry, Status> {
        let mut waiting = self.addresses(chain, out)?;
        let command = Command { entry, handler: 0 };
        let added = self.add_command(profile, command, |records| chain.next(records, &mut waiting), out);
        self.records.clear(&mut waiting);
        added
    }

    /// Whether `caller` may call a command, and how that is reported.
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`].
    pub fn may_call(
        &self,
        profile: impl Profile,
        oid: u16,
        caller: u16,
        has_token: impl FnOnce() -> bool,
    ) -> Result<(Command, Invocation), Status> {
        let command = *self.command(oid).ok_or(Status::NoEntry)?;
        let Entry { flags: bits, auth, owner, .. } = command.entry;
        let barred = auth > 0 && !profile.strict(Switch::CommandOwner);
        if owner != caller || barred || bits & flags::PIN != 0 && !has_token() {
            return Err(Status::NotPermitted);
        }
        Ok((command, Invocation { pid: caller, oid, owner, flags: bits, auth }))
    }

    /// The help text of a command: that of its first name.
    ///
    /// # Errors
    /// [`Status::NoEntry`] if there is no such command, or it has no name.
    pub fn help(&self, oid: u16) -> Result<&str, Status> {
        let command = self.command(oid).ok_or(Status::NoEntry)?;
        let help = self.records.iter(&command.entry.records).find_map(|record| match record {
            Record::Command { help, .. } => Some(help),
            _ => None,
        });
        help.map(|help| self.strings.get(help)).ok_or(Status::NoEntry)
    }
}
