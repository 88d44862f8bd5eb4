//! What values that are kept have stored, for a caller that can keep it over a reset.

use super::handle::{Exec, shared};
use crate::pointer::{items_mut, place};
use crate::rc::Rc;

/// What is stored under a key.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The key.
    pub key: u16,
    /// The number, in binary16.
    pub bits: u16,
}

/// Reads what is stored to `stored`, ascending by key, and how much there is to `count`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there is more than `capacity`; `count` is written, `stored` is not. EXEC_MAX_STORED
/// are always enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_stored_get(
    exec: *const Exec,
    stored: *mut Stored,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let entries = shared(exec)?.non_volatile().entries();
        let room = items_mut(stored, capacity)?;
        place(count)?.put(entries.len())?;
        let room = room.get_mut(..entries.len()).ok_or(Rc::VmEnospc)?;
        room.iter_mut().zip(entries).for_each(|(place, &(key, bits))| *place = Stored { key, bits });
        Ok(())
    })
}
