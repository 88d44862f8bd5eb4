//! Values: numbers in binary16 that tasks offer under an OID.

use core::ffi::c_char;

use super::handle::{Exec, machine, shared};
use super::numbers::{half, pid};
use super::text::{EXEC_NAME, name};
use crate::pointer::{checked_mut, items_mut, place};
use crate::rc::Rc;

/// A value.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecValue {
    /// Group above id.
    pub oid: u32,
    /// The PID that offers it.
    pub owner: u32,
    /// The number, in binary16.
    pub bits: u32,
    /// 1: nobody sets it. 2: it is kept in the store.
    pub flags: u32,
    /// 0: open to all.
    pub auth: u32,
    /// Its name; empty: it has none.
    pub name: [c_char; EXEC_NAME],
    /// In what it is measured; empty: not said.
    pub unit: [c_char; EXEC_NAME],
}

/// Reads the values to `values`, in the order in which they were registered, and how many there are to `count`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `values` is not. 32 are always
/// enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_values(
    exec: *const Exec,
    values: *mut ExecValue,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let registry = shared(exec)?.registry();
        let room = items_mut(values, capacity)?;
        place(count)?.put(registry.values.len())?;
        let room = room.get_mut(..registry.values.len()).ok_or(Rc::VmEnospc)?;
        for (place, value) in room.iter_mut().zip(registry.values.iter()) {
            let texts = registry.texts(&value.entry);
            *place = ExecValue {
                oid: value.entry.oid.into(),
                owner: value.entry.owner.into(),
                bits: value.bits.into(),
                flags: value.entry.flags.into(),
                auth: value.entry.auth.into(),
                name: name(texts.name),
                unit: name(texts.unit()),
            };
        }
        Ok(())
    })
}

/// Reads a value by its OID in the name of a PID; 0: of its owner. `bits` is binary16.
///
/// VM_EINVAL: a bad pointer or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such value. VM_EPERM: not for this PID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_value_get(exec: *const Exec, pid: u32, oid: u32, bits: *mut u16) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let (machine, place) = (shared(exec)?, place(bits)?);
        let caller = Some(self::pid(pid)?).filter(|&pid| pid != 0);
        place.put(machine.value(half(oid)?, caller)?)
    })
}

/// Sets a value by its OID to `*bits`, binary16, in the name of a PID; 0: of its owner. `bits` is what it is then: a change
/// may be too small to count.
///
/// VM_EINVAL: a bad pointer or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such value. VM_EPERM: not for this PID,
/// or for nobody. VM_EBUSY: it changed a moment ago.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_value_set(exec: *mut Exec, pid: u32, oid: u32, bits: *mut u16) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let caller = Some(self::pid(pid)?).filter(|&pid| pid != 0);
        let wanted = checked_mut(bits)?.read();
        let set = machine(exec)?.set_value_as(half(oid)?, wanted, caller)?;
        place(bits)?.put(set)
    })
}
