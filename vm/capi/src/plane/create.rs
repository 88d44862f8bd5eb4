//! Making a control plane of what the caller lends.

use core::ffi::c_void;
use core::{array, mem};

use minivm::control;

use super::config::MemCfg;
use super::handle::{Machine, Plane, VM_MAX_TASKS};
use crate::numbers;
use crate::pointer::{Span, check_apart, checked_mut, items, items_mut, put};
use crate::rc::Rc;
use crate::room::Room;
use crate::storage::{self, Stored};

/// Room for one task.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Arena {
    /// Room for its code.
    pub code: *mut u8,
    /// How many bytes. Images with more code are refused.
    pub code_len: usize,
    /// Its data memory.
    pub memory: *mut u8,
    /// How many bytes: VM_MEMORY_SIZE, or more, of which the rest is left alone.
    pub memory_len: usize,
    /// Room for the metadata of its image.
    pub metadata: *mut u8,
    /// How many bytes. Images with more metadata are refused.
    pub metadata_len: usize,
}

impl Arena {
    fn spans(&self) -> Result<[Span; 3], Rc> {
        Ok([
            Span::of(self.code, self.code_len)?,
            Span::of(self.memory, self.memory_len)?,
            Span::of(self.metadata, self.metadata_len)?,
        ])
    }

    /// Its code, its memory and its metadata.
    unsafe fn lent(&self) -> Result<[&'static mut [u8]; 3], Rc> {
        // SAFETY: the caller of this function says so.
        unsafe {
            Ok([
                items_mut(self.code, self.code_len)?,
                items_mut(self.memory, self.memory_len)?,
                items_mut(self.metadata, self.metadata_len)?,
            ])
        }
    }
}

/// How many bytes of storage a control plane takes; at most sizeof(vm_storage). They are aligned like that.
#[unsafe(no_mangle)]
pub extern "C" fn vm_storage_size() -> usize {
    size_of::<Plane>()
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
        checked_mut(vm)?;
        if count == 0 || count > VM_MAX_TASKS {
            return Err(Rc::VmEinval);
        }
        // SAFETY: by contract there are so many.
        let arenas = unsafe { items(arenas, count)? };
        check_lent(own, arenas)?;
        let mut rooms = [const { Room(None) }; VM_MAX_TASKS];
        let mut others: [(&mut [u8], &mut [u8]); VM_MAX_TASKS] = Default::default();
        for (place, arena) in arenas.iter().enumerate() {
            // SAFETY: by contract they are lent as long as the plane is used; they were seen to lie apart.
            let [code, memory, metadata] = unsafe { arena.lent()? };
            rooms[place] = Room(Some(memory.first_chunk_mut().ok_or(Rc::VmEnospc)?));
            others[place] = (code, metadata);
        }
        // SAFETY: the storage is aligned and large enough, and by contract the caller's; so is what `vm` points to. The
        // rooms, which the machine refers to, lie beside it in the storage, and nobody else ever refers to them.
        unsafe {
            (&raw mut (*at).rooms).write(rooms);
            let arenas = array::from_fn(|place| {
                let (code, metadata) = mem::take(&mut others[place]);
                control::Arena::with_memory(code, &mut (*at).rooms[place], metadata)
            });
            let machine = Machine::new(profile, arenas);
            (&raw mut (*at).machine).write(machine);
            (&raw mut (*at).arenas).write(count as u32);
            (*at).machine.init(&MemCfg::default().for_arenas(count as u32))?;
            (&raw mut (*at).mark).write(Plane::MARK);
            put(vm, at)
        }
    })
}

/// That everything lent lies apart, and is large enough.
fn check_lent(storage: Span, arenas: &[Arena]) -> Result<(), Rc> {
    let mut spans = [Span::default(); 1 + 3 * VM_MAX_TASKS];
    spans[0] = storage;
    for (arena, place) in arenas.iter().zip(spans[1..].chunks_exact_mut(3)) {
        place.copy_from_slice(&arena.spans()?);
    }
    check_apart(&spans, &[])
}
