//! Making an executive of what the caller lends.

use core::ffi::{c_char, c_void};
use core::{array, mem};

use executive::Parts;
use executive::hal::{NoCommands, NonVolatile};
use minivm::control;

use super::handle::{Exec, Machine};
use super::numbers;
use super::rooms::{EXEC_MAX_STORED, Kept, config};
use super::store::Stored;
use super::text::optional;
use crate::arena::{self, Arena};
use crate::pointer::{Span, check_apart, checked, items, place};
use crate::rc::Rc;
use crate::storage::{self, Stored as _};

/// What an executive is made of.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ExecParts {
    /// Room for tasks. The array is not needed afterwards; what it names is.
    pub arenas: *const Arena,
    /// How many, 1 to VM_MAX_TASKS: so many tasks there may be at once.
    pub arenas_len: usize,
    /// Who has the next turn, an exec_scheduler.
    pub scheduler: u32,
    /// What was stored before a reset, as exec_stored_get gave it, for values that are kept. The array is not needed
    /// afterwards.
    pub stored: *const Stored,
    /// How many, 0 to EXEC_MAX_STORED.
    pub stored_len: usize,
    /// The token that opens commands with flag PIN, up to EXEC_MAX_TEXT bytes and a zero; null: nothing opens them. It is
    /// lent as long as the executive is used.
    pub pin: *const c_char,
}

/// How many bytes of storage an executive takes; at most sizeof(exec_storage). They are aligned like that.
#[unsafe(no_mangle)]
pub extern "C" fn exec_storage_size() -> usize {
    storage::size::<Exec>()
}

/// Makes an executive in storage of `size` bytes, in VM_PROFILE_REFERENCE or VM_PROFILE_STRICT, of what `parts` names, and
/// writes a pointer to it to `exec`. It has no tasks, and its clock is at 1 ms.
///
/// VM_EINVAL: a pointer that is null or misaligned, a profile or scheduler that there is not, a bad number of arenas, an
/// impossible length, a bad text, lent memory that overlaps. VM_ENOSPC: storage or data memory is too small, or more is
/// stored than there may be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_create(
    storage: *mut c_void,
    size: usize,
    profile: u32,
    parts: *const ExecParts,
    exec: *mut *mut Exec,
) -> Rc {
    Rc::of(|| {
        let (at, own) = storage::room::<Exec>(storage, size)?;
        let profile = numbers::profile(profile)?;
        let exec = place(exec)?;
        // SAFETY: by contract it points to one.
        let parts = unsafe { checked(parts)?.read() };
        let policy = numbers::scheduler(parts.scheduler)?;
        // SAFETY: by contract there are so many.
        let stored = unsafe { items(parts.stored, parts.stored_len)? };
        if stored.len() > EXEC_MAX_STORED {
            return Err(Rc::VmEnospc);
        }
        // SAFETY: by contract it is lent as long as the executive is used.
        let pin = unsafe { optional(parts.pin)? };
        let token = pin.map_or(Ok(Span::default()), |pin| Span::of(pin.as_ptr(), pin.len()))?;
        check_apart(&[own], &[token, Span::of(parts.stored, stored.len())?])?;
        // SAFETY: by contract there are so many, and what they name is lent as long as the executive is used.
        let mut lent = unsafe { arena::lent([own, token], parts.arenas, parts.arenas_len)? };
        // SAFETY: the storage is aligned and large enough, and by contract the caller's; so is what `exec` points to. The
        // rooms, which the machine refers to, lie beside it in the storage, and nobody else ever refers to them.
        unsafe {
            (&raw mut (*at).memories).write(lent.memories);
            let arenas = array::from_fn(|place| {
                let (code, metadata) = mem::take(&mut lent.texts[place]);
                control::Arena::with_memory(code, &mut (*at).memories[place], metadata)
            });
            let mut empty = Kept::empty(&raw mut (*at).kept);
            empty.rooms.tasks = &mut empty.rooms.tasks[..parts.arenas_len];
            for &Stored { key, bits } in stored {
                // There is room for as many.
                let _stored = empty.store.store(key, bits);
            }
            let made_of = Parts {
                profile,
                policy,
                devices: empty.devices,
                files: empty.files,
                store: empty.store,
                commands: NoCommands,
            };
            let machine = Machine::new(made_of, config(parts.arenas_len, pin), arenas, empty.rooms);
            (&raw mut (*at).machine).write(machine);
            (&raw mut (*at).mark).write(Exec::MARK);
            exec.put(at)
        }
    })
}
