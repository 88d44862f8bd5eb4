//! Running the active task, and what is remembered of its last instruction.

use super::handle::{Plane, machine, shared};
use crate::pointer::place;
use crate::rc::Rc;
use crate::result::StepResult;

/// Retires one instruction of the active task, or up to autorun_quanta. The task has to be ready.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EBUSY: it is stopped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_step(vm: *mut Plane, result: *mut StepResult) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        place(result)?.put(machine.step()?.into())
    })
}

/// Retires up to `n` instructions of the active task; ends early at an SVC, a BRK, a fault and at its last RET. The task
/// has to be ready.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EBUSY: it is stopped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_clock(vm: *mut Plane, n: u32, result: *mut StepResult) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        place(result)?.put(machine.clock(n)?.into())
    })
}

/// Reads the byte address of the instruction executed last, whichever task it was of; 0 before the first. In any state.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_get_last_pc(vm: *const Plane, pc: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(pc)?.put(shared(vm)?.last_pc()) })
}

/// Reads the first word of the instruction executed last; 0 before the first. In any state.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_get_last_opcode(vm: *const Plane, opcode: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(opcode)?.put(shared(vm)?.last_opcode()) })
}

/// Reads R0 to R15 before the instruction executed last to 16 words. In any state.
///
/// VM_EINVAL: a bad pointer. VM_ENOSYS: the configuration does not keep them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_get_last_regs(vm: *const Plane, regs: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(regs.cast())?.put(shared(vm)?.last_regs().ok_or(Rc::VmEnosys)?) })
}
