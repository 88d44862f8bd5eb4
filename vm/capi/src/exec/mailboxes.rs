//! Mailboxes and handles. The host acts in the name of a PID, which need not be that of a task; 0 is its own.

use core::ffi::c_char;

use super::handle::{Exec, machine, shared};
use super::numbers::{half, pid};
use super::text::text;
use crate::pointer::place;
use crate::rc::Rc;

/// A mailbox as a handle sees it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxView {
    /// Messages in its queue.
    pub depth: u32,
    /// Bytes in its queue, 8 for each message included.
    pub used: u32,
    /// How many there may be.
    pub capacity: u32,
    /// The length of the message that this handle would get, in bytes; 0 if there is none.
    pub next_length: u32,
    /// Mode bits: 8 every reader gets every message, 32 a full mailbox of that kind takes nothing; others are kept.
    pub mode: u32,
}

/// Opens a handle on a mailbox, which is made if there is none, and writes its number to `handle`. Targets are as in
/// programs: `app:log`, `svc:stdio.out@3`, `pid:3`, `shared:x`.
///
/// VM_EINVAL: a bad pointer, text or target. VM_ESRCH: no PID has this number. VM_ENFILE: there are as many mailboxes as
/// there may be. VM_EMFILE: this PID has as many handles as it may.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mailbox_open(
    exec: *mut Exec,
    pid: u32,
    target: *const c_char,
    handle: *mut u32,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        place(handle)?.put(machine.mailbox_open(self::pid(pid)?, text(target)?)?)
    })
}

/// Closes a handle.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mailbox_close(exec: *mut Exec, pid: u32, handle: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(exec)?.mailbox_close(self::pid(pid)?, handle)?) })
}

/// Makes a mailbox or finds it, and sets what is not 0 of its capacity in bytes and its mode, both up to 65,535.
///
/// VM_EINVAL: a bad pointer, text, target or number. VM_ESRCH: no PID has this number. VM_ENFILE: there are as many
/// mailboxes as there may be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mailbox_bind(
    exec: *mut Exec,
    pid: u32,
    target: *const c_char,
    capacity: u32,
    mode: u32,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let (capacity, mode) = (half(capacity)?, half(mode)?);
        Ok(machine.mailbox_bind(self::pid(pid)?, text(target)?, capacity, mode).map(drop)?)
    })
}

/// Reads what a handle sees of its mailbox.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mailbox_peek(
    exec: *const Exec,
    pid: u32,
    handle: u32,
    view: *mut MailboxView,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let (machine, place) = (shared(exec)?, place(view)?);
        let seen = machine.mailbox_peek(self::pid(pid)?, handle)?;
        // A capacity has 16 bits, and no more bytes are in use.
        let (used, capacity) = (seen.used as u32, seen.capacity as u32);
        let mode = seen.mode.into();
        place.put(MailboxView { depth: seen.depth, used, capacity, next_length: seen.next_length, mode })
    })
}
