//! Messages of the host through handles.

use executive::host::HostMessage;

use super::handle::{Exec, machine};
use super::numbers::pid;
use crate::pointer::{checked, items, items_mut, place};
use crate::rc::Rc;

/// A message that the host sends.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MessageOut {
    /// Its bytes.
    pub data: *const u8,
    /// How many.
    pub length: usize,
    /// Flags, kept as they are.
    pub flags: u32,
    /// Channel, kept as it is.
    pub channel: u32,
}

/// A message that the host has received.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageIn {
    /// How many bytes of it are in the buffer.
    pub length: usize,
    /// Flags as sent; 8 is added if others were lost before.
    pub flags: u32,
    /// Channel as sent.
    pub channel: u32,
    /// The PID that sent it; 0: the host.
    pub sender: u32,
}

/// Sends a message through a handle. Tasks that wait for it can run then.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle. VM_EMSGSIZE: the message is larger
/// than the mailbox. VM_EAGAIN: there is no room for it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_send(exec: *mut Exec, pid: u32, handle: u32, message: *const MessageOut) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let MessageOut { data, length, flags, channel } = checked(message)?.read();
        let message = HostMessage { data: items(data, length)?, flags, channel };
        if handle == 0 {
            return Err(Rc::VmEbadf);
        }
        let sent = machine.mailbox_send(self::pid(pid)?, Some(handle), None, message)?;
        if sent.taken { Ok(()) } else { Err(Rc::VmEagain) }
    })
}

/// Receives a message through a handle into `buffer`. What does not fit is lost: exec_mailbox_peek says how long it is.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle. VM_EAGAIN: there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_receive(
    exec: *mut Exec,
    pid: u32,
    handle: u32,
    buffer: *mut u8,
    capacity: usize,
    message: *mut MessageIn,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let buffer = items_mut(buffer, capacity)?;
        let message = place(message)?;
        let received = machine.mailbox_receive(self::pid(pid)?, handle, buffer)?.ok_or(Rc::VmEagain)?;
        let executive::host::HostReceived { flags, channel, src, length } = received;
        message.put(MessageIn { length, flags, channel, sender: src.into() })
    })
}
