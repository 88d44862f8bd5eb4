//! Looking into tasks, and changing them: registers and memory.

use minivm::control::RegisterId;

use super::handle::{Plane, machine, pid, shared};
use crate::pointer::{items, items_mut, place};
use crate::rc::Rc;

/// Reads a register of the active task, by its vm_reg.
///
/// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no task is active.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_reg_get(vm: *const Plane, reg_id: u32, value: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = shared(vm)?;
        place(value)?.put(machine.reg(RegisterId::try_from(reg_id)?)?)
    })
}

/// Sets a register of the active task, by its vm_reg. Setting pc of a stopped task makes it ready again, if the policy allows
/// it.
///
/// VM_EINVAL: a bad pointer, no such register, psw above 15, sp outside the stack. VM_ESRCH: no task is active. VM_EPERM: the
/// policy forbids it; wp cannot be set at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_reg_set(vm: *mut Plane, reg_id: u32, value: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        Ok(machine.set_reg(RegisterId::try_from(reg_id)?, value)?)
    })
}

/// Reads a register of any task that is ready or stopped. The active task stays active.
///
/// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no such task. VM_EBUSY: it is loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_reg_get_for(vm: *const Plane, pid: u32, reg_id: u32, value: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let (machine, place) = (shared(vm)?, place(value)?);
        let id = RegisterId::try_from(reg_id)?;
        place.put(machine.reg_for(self::pid(pid)?, id)?)
    })
}

/// Sets a register of any task that is ready or stopped, as vm_reg_set does. The active task stays active.
///
/// VM_EINVAL, VM_EPERM: as vm_reg_set. VM_ESRCH: no such task. VM_EBUSY: it is loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_reg_set_for(vm: *mut Plane, pid: u32, reg_id: u32, value: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let id = RegisterId::try_from(reg_id)?;
        Ok(machine.set_reg_for(self::pid(pid)?, id, value)?)
    })
}

/// Reads `len` bytes of data memory of the active task, at `addr`.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EFAULT: they do not lie within its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_mem_read(vm: *const Plane, addr: u32, bytes: *mut u8, len: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = shared(vm)?;
        Ok(machine.read(addr, items_mut(bytes, len)?)?)
    })
}

/// Writes `len` bytes to data memory of the active task, at `addr`.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EPERM: the policy forbids it. VM_EFAULT: they do not lie within
/// its memory; then none is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_mem_write(vm: *mut Plane, addr: u32, bytes: *const u8, len: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        Ok(machine.write(addr, items(bytes, len)?)?)
    })
}
