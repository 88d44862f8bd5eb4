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

/// What is made in storage.
pub(crate) trait Stored: Sized {
    /// What its storage is declared as.
    type Storage;
    /// The word by which storage in which one was made is known.
    const MARK: u32;
    const FITS: () = assert!(
        size_of::<Self>() <= size_of::<Self::Storage>() && align_of::<Self>() <= align_of::<Self::Storage>(),
        "the declared storage is too small"
    );

    /// Reads that word.
    ///
    /// # Safety
    /// `at` points to as many bytes as `Self` has.
    unsafe fn mark(at: *const Self) -> u32;
}

/// Storage that is large enough, and where it lies.
pub(crate) fn room<T: Stored>(storage: *mut c_void, size: usize) -> Result<(*mut T, Span), Rc> {
    let () = T::FITS;
    let at = checked_mut(storage.cast::<T>())?;
    let span = Span::of(storage.cast::<u8>(), size)?;
    if size < size_of::<T>() { Err(Rc::VmEnospc) } else { Ok((at, span)) }
}

/// A machine of the caller's.
pub(crate) unsafe fn made<T: Stored>(at: *const T) -> Result<*mut T, Rc> {
    checked_mut(at.cast_mut())?;
    // SAFETY: it is neither null nor misaligned, so by contract it points to storage of a machine.
    if unsafe { T::mark(at) } == T::MARK { Ok(at.cast_mut()) } else { Err(Rc::VmEinval) }
}
