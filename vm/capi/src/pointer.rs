//! Pointers of C, checked as far as they can be and taken for what they are.
//!
//! Each function here relies on the caller's part of the contract in the crate's documentation, section Safety.

use core::slice;

use crate::rc::Rc;

/// A pointer to an object that is there: neither null nor misaligned.
pub(crate) fn checked<T>(pointer: *const T) -> Result<*const T, Rc> {
    if pointer.is_null() || !pointer.is_aligned() { Err(Rc::VmEinval) } else { Ok(pointer) }
}

/// The same to write to.
pub(crate) fn checked_mut<T>(pointer: *mut T) -> Result<*mut T, Rc> {
    checked(pointer).map(|_| pointer)
}

/// Where a result goes: a pointer that was looked at before there is a result, which would be lost otherwise.
pub(crate) struct Place<T>(*mut T);

/// The place of a result.
pub(crate) fn place<T>(pointer: *mut T) -> Result<Place<T>, Rc> {
    checked_mut(pointer).map(Place)
}

impl<T> Place<T> {
    /// Writes the result.
    pub(crate) unsafe fn put(self, value: T) -> Result<(), Rc> {
        // SAFETY: it is neither null nor misaligned, so by contract it points to a T of the caller's.
        unsafe { self.0.write(value) };
        Ok(())
    }
}

/// The objects from a pointer on. None of them may be anywhere, at null too.
pub(crate) unsafe fn items<'a, T>(pointer: *const T, count: usize) -> Result<&'a [T], Rc> {
    if count == 0 {
        return Ok(&[]);
    }
    Span::of(pointer, count)?;
    // SAFETY: it is neither null nor misaligned, and the span is one that an object can have; by contract it points to
    // so many, which nobody writes while the call, or the machine that they were lent to, uses them.
    Ok(unsafe { slice::from_raw_parts(checked(pointer)?, count) })
}

/// The same to write to.
pub(crate) unsafe fn items_mut<'a, T>(pointer: *mut T, count: usize) -> Result<&'a mut [T], Rc> {
    if count == 0 {
        return Ok(&mut []);
    }
    Span::of(pointer, count)?;
    // SAFETY: as in `items`, and by contract nobody else uses them for that time.
    Ok(unsafe { slice::from_raw_parts_mut(checked_mut(pointer)?, count) })
}

/// Where something lies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The place of so many objects.
    pub fn of<T>(pointer: *const T, count: usize) -> Result<Span, Rc> {
        let start = pointer.addr();
        let size = count.checked_mul(size_of::<T>()).filter(|&size| size <= isize::MAX as usize);
        let end = size.and_then(|size| start.checked_add(size)).ok_or(Rc::VmEinval)?;
        Ok(Span { start, end })
    }

    /// Whether a byte lies in both.
    pub fn meets(self, other: Span) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }
}

/// That what is lent to be written lies apart from everything else that is lent.
pub(crate) fn check_apart(written: &[Span], read: &[Span]) -> Result<(), Rc> {
    let meets_another =
        |(at, span): (usize, &Span)| written[at + 1..].iter().chain(read).any(|other| span.meets(*other));
    if written.iter().enumerate().any(meets_another) { Err(Rc::VmEinval) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_share_a_byte_meet() {
        let bytes = [0_u8; 8];
        let span = |from: usize, count| Span::of(&raw const bytes[from], count).unwrap();
        assert!(span(0, 5).meets(span(4, 4)) && span(4, 4).meets(span(0, 5)));
        assert!(!span(0, 4).meets(span(4, 4)));
        assert!(!span(4, 0).meets(span(0, 8)));
        assert!(check_apart(&[span(0, 4), span(4, 2)], &[span(6, 2), span(6, 2)]).is_ok());
        assert_eq!(check_apart(&[span(0, 4), span(3, 2)], &[]), Err(Rc::VmEinval));
        assert_eq!(check_apart(&[span(0, 4)], &[span(1, 1)]), Err(Rc::VmEinval));
    }

    #[test]
    fn no_object_is_as_large_as_that() {
        let word = 0_u32;
        assert_eq!(Span::of(&raw const word, usize::MAX / 4).unwrap_err(), Rc::VmEinval);
        assert_eq!(Span::of(&raw const word, usize::MAX).unwrap_err(), Rc::VmEinval);
    }
}
