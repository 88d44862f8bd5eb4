//! The standard streams of tasks, which are mailboxes.

use core::fmt::Write;

use executive::host::HostMessage;
use executive::text::Name;

use super::handle::{Exec, Machine, machine};
use super::numbers::pid;
use crate::pointer::{items, items_mut, place};
use crate::rc::Rc;

/// The host's own name.
const HOST: u16 = 0;

/// The target of a stream of a task that there is.
fn target(machine: &Machine, pid: u32, stream: &str) -> Result<Name, Rc> {
    let pid = self::pid(pid)?;
    if machine.tasks().iter().all(|task| task.pid != pid) {
        return Err(Rc::VmEsrch);
    }
    let mut target = Name::default();
    // It has room for that.
    let _written = write!(target, "svc:stdio.{stream}@{pid}");
    Ok(target)
}

/// Writes to the standard input of a task, as one message.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EMSGSIZE: it is longer than the stream can hold. VM_EAGAIN: there is
/// no room for it now. VM_ENFILE, VM_EMFILE: there is none for a mailbox or a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_stdin_write(exec: *mut Exec, pid: u32, bytes: *const u8, len: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let message = HostMessage { data: items(bytes, len)?, ..HostMessage::default() };
        let target = target(machine, pid, "in")?;
        let sent = machine.mailbox_send(HOST, None, Some(target.as_str()), message)?;
        if sent.taken { Ok(()) } else { Err(Rc::VmEagain) }
    })
}

/// Reads the oldest message of a standard stream of a task, 1 output or 2 errors, and writes the number of its bytes to
/// `count`. What does not fit is lost; 64 bytes are always enough, if the stream was not made larger.
///
/// VM_EINVAL: a bad pointer, no such stream. VM_ESRCH: no such task. VM_EAGAIN: there is none. VM_ENFILE, VM_EMFILE: there is
/// no room for a mailbox or a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_stream_read(
    exec: *mut Exec,
    pid: u32,
    stream: u32,
    buffer: *mut u8,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let buffer = items_mut(buffer, capacity)?;
        let count = place(count)?;
        let stream = match stream {
            1 => "out",
            2 => "err",
            _ => return Err(Rc::VmEinval),
        };
        let target = target(machine, pid, stream)?;
        let handle = machine.mailbox_open(HOST, target.as_str())?;
        let received = machine.mailbox_receive(HOST, handle, buffer);
        machine.mailbox_close(HOST, handle)?;
        count.put(received?.ok_or(Rc::VmEagain)?.length)
    })
}
