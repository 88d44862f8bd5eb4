//! Module 8: commands.

use super::call::{Call, Service};
use crate::event::{CommandResult, Emit, Event, Invocation};
use crate::executive::{Executive, System};
use crate::hal::HostCommands;
use crate::mailbox::HandleRef;
use crate::profile::Switch;
use crate::registry::{Chain, Command, Kind, Status, flags};
use crate::task::Return;
use crate::text::GuestText;

/// Functions 0 register, 1 look up, 2 call, 3 call without waiting, 4 help.
pub(super) struct Commands;

impl Service for Commands {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        let status = match call.function {
            0 => executive.register_command(call),
            1 => executive.look_up(call, |registry, oid| registry.command(oid).is_some()),
            2 => executive.call_command(call),
            3 => executive.call_without_waiting(call),
            4 => executive.help(call),
            _ => Err(Status::Invalid),
        };
        match status {
            // The handler has the registers of the task, or its results are there.
            Ok(()) if call.function == 2 || call.function == 3 => {}
            Ok(()) => executive.answer(call, 0),
            Err(status) => executive.answer(call, status.code().into()),
        }
    }
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    fn register_command(&mut self, call: Call) -> Result<(), Status> {
        let entry = self.entry_of_arguments(call);
        let chain = Chain::at(self.machine.bytes(call.vm), self.half(call, 4), Kind::Command);
        let chain = chain.ok_or(Status::Invalid)?;
        let entry = self.registry.add_guest_command(self.profile, entry, chain, &mut self.outbox)?;
        self.machine.set_reg(call.vm, 1, entry.oid.into());
        self.outbox.emit(Event::CommandRegistered(entry.registration()));
        Ok(())
    }

    /// Whether the token at R2 opens commands.
    fn has_token(&self, call: Call) -> bool {
        let address = self.half(call, 2);
        let token = GuestText::at(self.machine.bytes(call.vm), address);
        self.config.pin.is_some_and(|pin| address != 0 && token.chars().eq(pin.chars()))
    }

    fn call_command(&mut self, call: Call) -> Result<(), Status> {
        let oid = self.half(call, 1);
        let (command, how) = self.registry.may_call(self.profile, oid, call.pid, || self.has_token(call))?;
        let Some((status, result)) = self.run_command(&command, how, Return::Call) else { return Ok(()) };
        self.answer(call, status.code().into());
        match result {
            CommandResult::Nothing => {}
            CommandResult::Integer(number) => self.machine.set_reg(call.vm, 1, number as u32),
            CommandResult::Fail => self.machine.set_reg(call.vm, 1, 0),
        }
        Ok(())
    }

    fn call_without_waiting(&mut self, call: Call) -> Result<(), Status> {
        let oid = self.half(call, 1);
        let target = self.target_in(call, 3)?;
        let number = self.open_handle(call.pid, &target).map_err(|_| Status::Invalid)?;
        let handle = HandleRef { pid: call.pid, number };
        let prepared = self
            .registry
            .may_call_async(oid)
            .and_then(|()| self.registry.may_call(self.profile, oid, call.pid, || self.has_token(call)));
        let (command, how) = match prepared {
            Ok(prepared) => prepared,
            Err(status) => {
                // It was opened just now.
                let _closed = self.close_handle(call.pid, number);
                return Err(status);
            }
        };
        let runs_in_task = self.runs_in_task(&command);
        if runs_in_task {
            self.answer_with(call, 0, number);
        }
        if let Some((status, result)) = self.run_command(&command, how, Return::Message(handle)) {
            self.send_result(handle, oid, status, result);
        }
        if !runs_in_task {
            self.answer_with(call, 0, number);
        }
        Ok(())
    }

    /// Tells a mailbox what a command came to. A message that it cannot take is lost.
    pub(crate) fn send_result(&mut self, handle: HandleRef, oid: u16, status: Status, result: CommandResult) {
        let mut message = [0; 8];
        message[..2].copy_from_slice(&oid.to_le_bytes());
        message[2..4].copy_from_slice(&u16::from(status.code()).to_le_bytes());
        let length = match result {
            CommandResult::Integer(number) => {
                message[4..].copy_from_slice(&(number as u32).to_le_bytes());
                8
            }
            _ => 4,
        };
        self.post(handle, &message[..length]);
    }

    fn runs_in_task(&self, command: &Command) -> bool {
        self.strict(Switch::Handlers) && command.handler != 0
    }

    /// Runs a command. Nothing comes back if its handler has begun in its task.
    pub(crate) fn run_command(
        &mut self,
        command: &Command,
        call: Invocation,
        returns: Return,
    ) -> Option<(Status, CommandResult)> {
        self.outbox.emit(Event::CommandInvoked(call));
        let (status, result) = if self.runs_in_task(command) {
            if self.enter_handler(call, command.handler, returns) {
                return None;
            }
            (Status::Failed, CommandResult::Nothing)
        } else if self.strict(Switch::Handlers) {
            (Status::Ok, CommandResult::Nothing)
        } else {
            match self.commands.run(command.handler).unwrap_or_default() {
                CommandResult::Fail => (Status::Failed, CommandResult::Fail),
                result => (Status::Ok, result),
            }
        };
        self.outbox.emit(Event::CommandCompleted { call, status: status.code(), result });
        Some((status, result))
    }

    fn help(&mut self, call: Call) -> Result<(), Status> {
        let (oid, ptr, max) = (self.half(call, 1), self.half(call, 2), self.half(call, 3));
        let help = self.registry.help(oid)?;
        let mut length = 0;
        if max > 0 {
            length = help.len().min(usize::from(max) - 1).min(0xFFFF - usize::from(ptr));
            self.machine.write(call.vm, ptr.into(), &help.as_bytes()[..length]);
            self.machine.write(call.vm, u32::from(ptr) + length as u32, &[0]);
        }
        self.machine.set_reg(call.vm, 1, length as u32);
        Ok(())
    }
}

impl crate::registry::Registry<'_> {
    /// Whether a command may be called without waiting.
    fn may_call_async(&self, oid: u16) -> Result<(), Status> {
        let command = self.command(oid).ok_or(Status::NoEntry)?;
        if command.entry.flags & flags::ASYNC == 0 { Err(Status::NoAsync) } else { Ok(()) }
    }
}
