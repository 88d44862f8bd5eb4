//! Loading images, whole or in pieces (document 6.1.2).

use super::handle::{Plane, machine, pid};
use crate::pointer::{items, place};
use crate::rc::Rc;

/// Loads an image that is there as a whole, and writes the PID of its task to `pid`. In any state but while another image
/// is being loaded.
///
/// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ENOSPC: no arena is free, or the image does not fit.
/// VM_EBUSY: another image is being loaded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_load_hxe(vm: *mut Plane, hxe_ptr: *const u8, len: usize, pid: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let pid = place(pid)?;
        let loaded = machine.load(items(hxe_ptr, len)?)?;
        pid.put(loaded.get().into())
    })
}

/// Makes a task, which is loading, and writes its PID to `pid`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: no arena is free. VM_EBUSY: another image is being loaded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_load_begin(vm: *mut Plane, pid: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        place(pid)?.put(machine.load_begin()?.get().into())
    })
}

/// Takes the next `n` bytes of the image, 0 or more. It is refused at the first byte that leaves no way for it to be valid
/// or to fit; the task is gone then.
///
/// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ENOSPC: it does not fit. VM_ESRCH: no such task.
/// VM_EBUSY: the task is not loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_load_write(vm: *mut Plane, pid: u32, chunk: *const u8, n: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { Ok(machine(vm)?.load_write(self::pid(pid)?, items(chunk, n)?)?) })
}

/// Ends the image: what only the end can tell is judged, and the task is ready, with pc at its entry point, sp at the top of
/// its stack and all registers 0. If the image is refused, the task is gone.
///
/// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ESRCH: no such task. VM_EBUSY: the task is not
/// loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_load_end(vm: *mut Plane, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(vm)?.load_end(self::pid(pid)?)?) })
}

/// Gives up an image: the task is gone, its arena free.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EBUSY: the task is not loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_load_abort(vm: *mut Plane, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(vm)?.load_abort(self::pid(pid)?)?) })
}

/// Takes a task down, in any state: its arena is free, its PID names nobody.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_unload(vm: *mut Plane, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(vm)?.unload(self::pid(pid)?)?) })
}
