//! Machines in storage that the caller lends.

use core::ffi::c_void;

use crate::pointer::{Span, checked_mut};
use crate::rc::Rc;

/// Bytes for a plain VM. Declare one, or lend any memory that is as large and aligned like it.
#[repr(C)]
pub struct MiniVmStorage {
    /// The machine's own.
    pub words: [u64; 32],
}

/// Bytes for a control plane. Declare one, or lend any memory that is as large and aligned like it.
#[repr(C)]
pub struct PlaneStorage {
    /// The machine's own.
    pub words: [u64; 320],
}

/// Bytes for an executive. Declare one, or lend any memory that is as large and aligned like it.
#[repr(C)]
pub struct ExecStorage {
    /// The executive's own.
    pub words: [u64; 6656],
}

/// What is made in storage.
pub(crate) trait Stored: Sized {
    /// What its storage is declared as.
    type Storage;
    /// The word by which storage in which one was made is known.
    const MARK: u32;
    const FITS: () =
        assert!(size::<Self>() <= size_of::<Self::Storage>(), "the declared storage is too small");

    /// Reads that word.
    ///
    /// # Safety
    /// `at` points to as many bytes as `Self` has.
    unsafe fn mark(at: *const Self) -> u32;
}

/// How many bytes of storage one takes, wherever that begins: C99 has no way to ask for more than the alignment of a word.
pub(crate) const fn size<T: Stored>() -> usize {
    size_of::<T>() + align_of::<T>().saturating_sub(align_of::<T::Storage>())
}

/// Where one is made in storage that is large enough, and where that lies.
pub(crate) fn room<T: Stored>(storage: *mut c_void, size: usize) -> Result<(*mut T, Span), Rc> {
    let () = T::FITS;
    let first = checked_mut(storage.cast::<T::Storage>())?.cast::<u8>();
    let span = Span::of(first, size)?;
    if size < self::size::<T>() {
        return Err(Rc::VmEnospc);
    }
    let aligned = const { align_of::<T>() <= align_of::<T::Storage>() };
    let gap = if aligned { 0 } else { first.align_offset(align_of::<T>()) };
    Ok((first.wrapping_add(gap).cast(), span))
}

/// A machine of the caller's.
pub(crate) unsafe fn made<T: Stored>(at: *const T) -> Result<*mut T, Rc> {
    checked_mut(at.cast_mut())?;
    // SAFETY: it is neither null nor misaligned, so by contract it points to storage of a machine.
    if unsafe { T::mark(at) } == T::MARK { Ok(at.cast_mut()) } else { Err(Rc::VmEinval) }
}
