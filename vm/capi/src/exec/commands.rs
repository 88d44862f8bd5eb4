//! Commands: functions that tasks offer under an OID.

use core::ffi::c_char;

use executive::host::CommandCall;
use executive::registry::Status;

use super::handle::{Exec, machine, shared};
use super::numbers::{half, pid};
use super::text::{EXEC_NAME, name, optional};
use crate::pointer::{items_mut, place};
use crate::rc::Rc;

/// A command.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecCommand {
    /// Group above id.
    pub oid: u32,
    /// The PID that offers it.
    pub owner: u32,
    /// 1: it wants the token. 2: it may be called without waiting.
    pub flags: u32,
    /// 0: open to all.
    pub auth: u32,
    /// Its name; empty: it has none.
    pub name: [c_char; EXEC_NAME],
}

/// Reads the commands to `commands`, in the order in which they were registered, and how many there are to `count`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `commands` is not. 32 are always
/// enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_commands(
    exec: *const Exec,
    commands: *mut ExecCommand,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let registry = shared(exec)?.registry();
        let room = items_mut(commands, capacity)?;
        place(count)?.put(registry.commands.len())?;
        let room = room.get_mut(..registry.commands.len()).ok_or(Rc::VmEnospc)?;
        for (place, command) in room.iter_mut().zip(registry.commands.iter()) {
            let entry = &command.entry;
            *place = ExecCommand {
                oid: entry.oid.into(),
                owner: entry.owner.into(),
                flags: entry.flags.into(),
                auth: entry.auth.into(),
                name: name(registry.texts(entry).name),
            };
        }
        Ok(())
    })
}

/// Calls a command by its OID in the name of a PID; 0: of its owner. `token` opens a command with flag 1; null: none. If its
/// handler is a function of its task (strict), it runs in the steps to come, and EXEC_EVENT_KIND_COMMAND_COMPLETED tells of its end.
///
/// VM_EINVAL: a bad pointer, text or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such command. VM_EPERM: not for
/// this PID, or without the token. VM_EIO: it has failed, or its task cannot run a handler now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_command_call(exec: *mut Exec, pid: u32, oid: u32, token: *const c_char) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let pid = Some(self::pid(pid)?).filter(|&pid| pid != 0);
        let call = CommandCall { oid: half(oid)?, pid, token: optional(token)?, waits: true };
        match machine.call_command_as(call).0 {
            Status::Ok => Ok(()),
            status => Err(status.into()),
        }
    })
}
