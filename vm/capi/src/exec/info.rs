//! How an executive is.

use super::handle::{Exec, machine};
use super::numbers::{RaiseNumber, ShortageNumber};
use crate::pointer::place;
use crate::rc::Rc;

/// How an executive is.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecInfo {
    /// How many tasks there are, those that have ended but were not taken away included.
    pub tasks: u32,
    /// The active task; 0: none.
    pub current: u32,
    /// 1: all tasks are paused.
    pub paused: u32,
    /// What has made the reference throw an exception. If there is something, nothing that came after it has a meaning.
    pub raised: RaiseNumber,
    /// The first thing that there was no room for.
    pub shortage: ShortageNumber,
    /// Events that were lost because too few were fetched.
    pub lost_events: u32,
    /// Bytes for the console that were lost because too few were fetched.
    pub lost_output: u32,
    /// Frames for the bus that were lost because too few were fetched.
    pub lost_frames: u32,
}

/// Reads how an executive is.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_info_get(exec: *mut Exec, info: *mut ExecInfo) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let devices = machine.devices_mut();
        let [lost_events, lost_output, lost_frames] =
            [devices.events.lost(), devices.printed.lost(), devices.frames.lost()];
        place(info)?.put(ExecInfo {
            tasks: machine.tasks().len() as u32,
            current: machine.current().unwrap_or(0).into(),
            paused: machine.is_paused().into(),
            raised: machine.raised().into(),
            shortage: machine.shortage().into(),
            lost_events,
            lost_output,
            lost_frames,
        })
    })
}
