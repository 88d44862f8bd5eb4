//! Text between C and the executive.

use core::ffi::c_char;
use core::{slice, str};

use crate::pointer::checked;
use crate::rc::Rc;

/// The longest text that a call takes, in bytes without the zero at its end.
pub const EXEC_MAX_TEXT: usize = 255;

/// How many bytes the executive gives for a name, with the zero at its end. A longer name is cut.
pub const EXEC_NAME: usize = 32;

/// A text of C: UTF-8, with a zero at its end.
///
/// # Safety
/// The pointer is the caller's, and the text lives as long as what is given here is used.
pub(super) unsafe fn text<'a>(pointer: *const c_char) -> Result<&'a str, Rc> {
    let first = checked(pointer.cast::<u8>())?;
    let mut length = 0;
    // SAFETY: by contract there are bytes up to the zero, and none behind that is read.
    while unsafe { first.add(length).read() } != 0 {
        length += 1;
        if length > EXEC_MAX_TEXT {
            return Err(Rc::VmEinval);
        }
    }
    // SAFETY: these bytes have just been read.
    str::from_utf8(unsafe { slice::from_raw_parts(first, length) }).map_err(|_| Rc::VmEinval)
}

/// The same; null: none.
///
/// # Safety
/// As of `text`.
pub(super) unsafe fn optional<'a>(pointer: *const c_char) -> Result<Option<&'a str>, Rc> {
    // SAFETY: the caller of this function says so.
    if pointer.is_null() { Ok(None) } else { unsafe { text(pointer).map(Some) } }
}

/// A name for C, cut between two characters, with zeros behind it.
pub(super) fn name(text: &str) -> [c_char; EXEC_NAME] {
    let mut name = [0; EXEC_NAME];
    let end = text.floor_char_boundary(EXEC_NAME - 1);
    name.iter_mut().zip(text[..end].bytes()).for_each(|(place, byte)| *place = byte as c_char);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_a_zero() {
        let bytes = |text| name(text).map(|byte| byte as u8);
        assert_eq!(bytes("ab")[..3], *b"ab\0");
        let cut = bytes(&"\u{E9}".repeat(16));
        assert_eq!((cut[28..30].iter().as_slice(), cut[30], cut[31]), ("\u{E9}".as_bytes(), 0, 0));
    }
}
