//! Calls of the host on values and commands. It acts in the name of a PID, or else of the owner.

use crate::event::CommandResult;
use crate::executive::{Executive, System};
use crate::registry::{Entry, Status};
use crate::task::Return;

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// A value, in binary16.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::registry::Status;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let value = [1, 1, 0, 0, 0x3C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    /// # let program = minivm::asm::assemble("again: JMP again")?;
    /// # let parts = minivm::hxe::ImageParts { version: 2, sections: vec![(1, 1, value.into())], ..program.into() };
    /// # let image = minivm::hxe::write(&parts);
    /// executive.load(&image)?; // It declares value 1 of group 1, which begins with 1.0.
    /// assert_eq!(executive.value(0x101, None), Ok(0x3C00));
    /// assert_eq!(executive.value(0x102, None), Err(Status::NoEntry));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`].
    pub fn value(&self, oid: u16, pid: Option<u16>) -> Result<u16, Status> {
        let value = self.registry.value(oid).ok_or(Status::NoEntry)?;
        self.registry.get(oid, pid.unwrap_or(value.entry.owner))
    }

    /// Sets a value, in binary16; gives it as it is then.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let value = [1, 1, 0, 0, 0x3C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    /// # let program = minivm::asm::assemble("again: JMP again")?;
    /// # let parts = minivm::hxe::ImageParts { version: 2, sections: vec![(1, 1, value.into())], ..program.into() };
    /// # let image = minivm::hxe::write(&parts);
    /// executive.load(&image)?; // It declares value 1 of group 1, which begins with 1.0.
    /// assert_eq!(executive.set_value_as(0x101, 0x4000, None), Ok(0x4000));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Status::NoEntry`], then [`Status::NotPermitted`], then [`Status::Busy`].
    pub fn set_value_as(&mut self, oid: u16, bits: u16, pid: Option<u16>) -> Result<u16, Status> {
        let value = self.registry.value(oid).ok_or(Status::NoEntry)?;
        let caller = pid.unwrap_or(value.entry.owner);
        self.set_value(oid, bits, caller)?;
        let value = self.registry.value(oid).ok_or(Status::NoEntry)?;
        Ok(crate::registry::canonical(value.bits))
    }

    /// The OIDs of values, in the order of registration, of one owner or all, of one group or all.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let value = [1, 1, 0, 0, 0x3C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    /// # let program = minivm::asm::assemble("again: JMP again")?;
    /// # let parts = minivm::hxe::ImageParts { version: 2, sections: vec![(1, 1, value.into())], ..program.into() };
    /// # let image = minivm::hxe::write(&parts);
    /// executive.load(&image)?; // It declares value 1 of group 1, which begins with 1.0.
    /// assert!(executive.value_oids(None, None).eq([0x101]));
    /// assert_eq!(executive.value_oids(None, Some(2)).count(), 0);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn value_oids(&self, pid: Option<u16>, group: Option<u8>) -> impl Iterator<Item = u16> {
        oids(self.registry.values.iter().map(|value| &value.entry), pid, group)
    }

    /// The OIDs of commands, in the order of registration, of one owner or all, of one group or all.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// assert_eq!(executive.command_oids(None, None).count(), 0);
    /// ```
    pub fn command_oids(&self, pid: Option<u16>, group: Option<u8>) -> impl Iterator<Item = u16> {
        oids(self.registry.commands.iter().map(|command| &command.entry), pid, group)
    }

    /// Calls a command. If its handler runs in its task, the answer does not wait for it.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::{host::CommandCall, registry::Status};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let call = CommandCall { oid: 0x101, pid: None, token: None, waits: true };
    /// assert_eq!(executive.call_command_as(call).0, Status::NoEntry);
    /// ```
    pub fn call_command_as(&mut self, call: CommandCall<'_>) -> (Status, CommandResult) {
        let CommandCall { oid, pid, token, waits } = call;
        let refused = |status| (status, CommandResult::Nothing);
        let Some(command) = self.registry.command(oid) else { return refused(Status::NoEntry) };
        let caller = pid.unwrap_or(command.entry.owner);
        if !waits && command.entry.flags & crate::registry::flags::ASYNC == 0 {
            return refused(Status::NoAsync);
        }
        let has_token = || token.is_some() && token == self.config.pin;
        match self.registry.may_call(self.profile, oid, caller, has_token) {
            Err(status) => refused(status),
            Ok((command, call)) => {
                let done = self.run_command(&command, call, Return::Nobody);
                let begun = (Status::Ok, CommandResult::Nothing);
                // Without waiting nobody is told what becomes of it.
                if waits { done.unwrap_or(begun) } else { begun }
            }
        }
    }
}

/// A call of a command by the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandCall<'t> {
    /// Which command.
    pub oid: u16,
    /// In whose name; absent: its owner's.
    pub pid: Option<u16>,
    /// What opens a command with flag `PIN`: [`Config::pin`](crate::Config::pin).
    pub token: Option<&'t str>,
    /// Whether the answer is what the command came to; else the command must have flag `ASYNC`.
    pub waits: bool,
}

fn oids<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    pid: Option<u16>,
    group: Option<u8>,
) -> impl Iterator<Item = u16> {
    let meant = move |entry: &&Entry| {
        pid.is_none_or(|pid| entry.owner == pid) && group.is_none_or(|group| entry.group() == group)
    };
    entries.filter(meant).map(|entry| entry.oid)
}
