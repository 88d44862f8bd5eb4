//! Room for tasks, as the caller lends it.

use core::array;

use crate::pointer::{Span, check_apart, items, items_mut};
use crate::rc::Rc;
use crate::room::Room;

/// The most tasks that a control plane or an executive can have.
pub const VM_MAX_TASKS: usize = 8;

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
    /// How many bytes. A control plane refuses images with more metadata; an executive needs none.
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

/// What all arenas are; those that were not lent are empty.
pub(crate) struct Lent {
    pub memories: [Room; VM_MAX_TASKS],
    /// Code and metadata of each.
    pub texts: [(&'static mut [u8], &'static mut [u8]); VM_MAX_TASKS],
}

/// Takes arenas, which are seen to lie apart from each other and from `others`, and to be large enough.
///
/// # Safety
/// There are so many from the pointer on, and what they name is lent as long as what is made of it is used.
pub(crate) unsafe fn lent(others: [Span; 2], arenas: *const Arena, count: usize) -> Result<Lent, Rc> {
    if count == 0 || count > VM_MAX_TASKS {
        return Err(Rc::VmEinval);
    }
    // SAFETY: the caller of this function says that there are so many.
    let arenas = unsafe { items(arenas, count)? };
    check_lent(others, arenas)?;
    let mut lent = Lent { memories: array::from_fn(|_| Room(None)), texts: Default::default() };
    for (place, arena) in arenas.iter().enumerate() {
        // SAFETY: the caller of this function says that they are lent; they were seen to lie apart.
        let [code, memory, metadata] = unsafe { arena.lent()? };
        lent.memories[place] = Room(Some(memory.first_chunk_mut().ok_or(Rc::VmEnospc)?));
        lent.texts[place] = (code, metadata);
    }
    Ok(lent)
}

/// That everything lent lies apart. The second of `others` is only read.
fn check_lent([storage, read]: [Span; 2], arenas: &[Arena]) -> Result<(), Rc> {
    let mut spans = [Span::default(); 1 + 3 * VM_MAX_TASKS];
    spans[0] = storage;
    for (arena, place) in arenas.iter().zip(spans[1..].chunks_exact_mut(3)) {
        place.copy_from_slice(&arena.spans()?);
    }
    check_apart(&spans, &[read])
}
