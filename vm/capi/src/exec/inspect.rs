//! Registers and data memory of the tasks of an executive.

use minivm::control::RegisterId;
use minivm::memory::SIZE;

use super::handle::{Exec, machine, shared};
use super::numbers::pid;
use crate::pointer::{items, items_mut, place};
use crate::rc::Rc;

/// Reads a register of a task by its vm_reg.
///
/// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_reg_get(exec: *const Exec, pid: u32, reg: u32, value: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let (machine, place) = (shared(exec)?, place(value)?);
        let id = RegisterId::try_from(reg)?;
        let registers = machine.registers(self::pid(pid)?).ok_or(Rc::VmEsrch)?;
        let read = match id {
            RegisterId::Pc => registers.pc,
            RegisterId::Sp => registers.sp,
            RegisterId::Psw => registers.psw.into(),
            RegisterId::Wp => registers.reg_base.into(),
            RegisterId::General(general) => registers.regs[general.index()],
        };
        place.put(read)
    })
}

/// Sets a register of a task by its vm_reg, but for wp. In the reference that makes the task the active one.
///
/// VM_EINVAL: a bad pointer, no such register, wp, psw above 15, sp outside the stack. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_reg_set(exec: *mut Exec, pid: u32, reg: u32, value: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let pid = self::pid(pid)?;
        Ok(match RegisterId::try_from(reg)? {
            RegisterId::General(general) => machine.set_register(pid, general.index() as u8, value),
            special => machine.set_special(pid, special, value),
        }?)
    })
}

/// The address of so many bytes that lie within data memory; none lie anywhere.
fn within(address: u32, length: usize) -> Result<Option<u16>, Rc> {
    let end = (address as usize).checked_add(length).filter(|&end| end <= SIZE);
    end.ok_or(Rc::VmEfault)?;
    Ok(u16::try_from(address).ok())
}

/// Reads data memory of a task.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EFAULT: not all of it is memory; nothing is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mem_read(
    exec: *const Exec,
    pid: u32,
    address: u32,
    bytes: *mut u8,
    len: usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = shared(exec)?;
        let bytes = items_mut(bytes, len)?;
        // At the end of memory there is nothing, of which nothing is read.
        let address = within(address, len)?.unwrap_or(0);
        Ok(machine.peek(self::pid(pid)?, address, bytes).map(drop)?)
    })
}

/// Writes data memory of a task.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EFAULT: not all of it is memory; nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_mem_write(
    exec: *mut Exec,
    pid: u32,
    address: u32,
    bytes: *const u8,
    len: usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let bytes = items(bytes, len)?;
        let address = within(address, len)?.unwrap_or(0);
        Ok(machine.poke(self::pid(pid)?, address, bytes)?)
    })
}
