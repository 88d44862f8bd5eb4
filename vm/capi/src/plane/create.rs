//! Making a control plane of what the caller lends.

use core::ffi::c_void;
use core::{array, mem};

use minivm::control;

use super::config::MemCfg;
use super::handle::{Machine, Plane};
use crate::arena::{self, Arena};
use crate::numbers;
use crate::pointer::{Span, place};
use crate::rc::Rc;
use crate::storage::{self, Stored};

/// How many bytes of storage a control plane takes; at most sizeof(vm_storage). They are aligned like that.
#[unsafe(no_mangle)]
pub extern "C" fn vm_storage_size() -> usize {
    storage::size::<Plane>()
}

/// Makes a control plane in storage of `size` bytes, in a vm_profile, of 1 to VM_MAX_TASKS arenas, and writes a pointer to
/// it to `vm`. It has no tasks, and all options are off. The array of arenas is not needed afterwards; what they name is.
///
/// VM_EINVAL: a pointer that is null or misaligned, a profile that there is not, a bad number of arenas, an impossible
/// length, lent memory that overlaps. VM_ENOSPC: storage or data memory is too small.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_create(
    storage: *mut c_void,
    size: usize,
    profile: u32,
    arenas: *const Arena,
    count: usize,
    vm: *mut *mut Plane,
) -> Rc {
    Rc::of(|| {
        let (at, own) = storage::room::<Plane>(storage, size)?;
        let profile = numbers::profile(profile)?;
        let vm = place(vm)?;
        // SAFETY: by contract there are so many, and what they name is lent as long as the plane is used.
        let mut lent = unsafe { arena::lent([own, Span::default()], arenas, count)? };
        // SAFETY: the storage is aligned and large enough, and by contract the caller's; so is what `vm` points to. The
        // rooms, which the machine refers to, lie beside it in the storage, and nobody else ever refers to them.
        unsafe {
            (&raw mut (*at).rooms).write(lent.memories);
            let arenas = array::from_fn(|place| {
                let (code, metadata) = mem::take(&mut lent.texts[place]);
                control::Arena::with_memory(code, &mut (*at).rooms[place], metadata)
            });
            let machine = Machine::new(profile, arenas);
            (&raw mut (*at).machine).write(machine);
            (&raw mut (*at).arenas).write(count as u32);
            (*at).machine.init(&MemCfg::default().for_arenas(count as u32))?;
            (&raw mut (*at).mark).write(Plane::MARK);
            vm.put(at)
        }
    })
}
