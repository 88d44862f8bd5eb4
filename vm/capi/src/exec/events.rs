//! Fetching what tasks have put out, and what has happened.

use super::devices::Frame;
use super::event::ExecEvent;
use super::handle::{Exec, machine};
use crate::pointer::{items_mut, place};
use crate::rc::Rc;

/// Takes the oldest event. The executive keeps the first 32 that were not fetched.
///
/// VM_EINVAL: a bad pointer. VM_EAGAIN: there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_event_poll(exec: *mut Exec, event: *mut ExecEvent) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        place(event)?.put(machine.devices_mut().events.pop().ok_or(Rc::VmEagain)?)
    })
}

/// Takes the oldest frame that a task has put on the bus. The executive keeps the first 16 that were not fetched.
///
/// VM_EINVAL: a bad pointer. VM_EAGAIN: there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_frame_poll(exec: *mut Exec, frame: *mut Frame) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        place(frame)?.put(machine.devices_mut().frames.pop().ok_or(Rc::VmEagain)?)
    })
}

/// Takes the oldest bytes for the console, up to `capacity` of one task, and writes their number to `count` and the task to
/// `pid`. The executive keeps the first 512 that were not fetched.
///
/// VM_EINVAL: a bad pointer. VM_EAGAIN: there are none. VM_ENOSPC: `capacity` is 0, and there are some.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_output_poll(
    exec: *mut Exec,
    bytes: *mut u8,
    capacity: usize,
    count: *mut usize,
    pid: *mut u32,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let printed = &mut machine(exec)?.devices_mut().printed;
        let room = items_mut(bytes, capacity)?;
        let count = place(count)?;
        let pid = place(pid)?;
        let task = printed.first().ok_or(Rc::VmEagain)?.pid;
        let mut length = 0;
        while let (Some(place), Some(next)) = (room.get_mut(length), printed.first())
            && next.pid == task
        {
            *place = next.byte;
            printed.pop();
            length += 1;
        }
        if length == 0 {
            return Err(Rc::VmEnospc);
        }
        count.put(length)?;
        pid.put(task.into())
    })
}
