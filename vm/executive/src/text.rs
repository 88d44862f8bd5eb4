//! Text of the guest, as the reference's host language reads it.

use minivm::memory::Bytes;

/// Bytes of a guest up to a NUL or the end of memory. What is not UTF-8 in them is no text.
#[derive(Clone, Copy, Debug)]
pub struct GuestText<'a>(&'a [u8]);

impl<'a> GuestText<'a> {
    /// The text at `address` of data memory.
    ///
    /// ```
    /// use executive::text::GuestText;
    /// let text = GuestText::at(b"ab\xFFc\0d", 0);
    /// assert!(text.chars().eq("abc".chars()));
    /// ```
    pub fn at(memory: &'a (impl Bytes + ?Sized), address: u16) -> Self {
        let bytes = memory.run(address);
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        GuestText(&bytes[..end])
    }

    /// The text at `address`; nothing if it has no NUL.
    pub fn terminated(memory: &'a (impl Bytes + ?Sized), address: u16) -> Option<Self> {
        let text = GuestText::at(memory, address);
        (usize::from(address) + text.0.len() < memory.size()).then_some(text)
    }

    /// A text of the host.
    pub fn of_host(text: &'a str) -> Self {
        GuestText(text.as_bytes())
    }

    /// Its bytes as they are, valid or not.
    pub fn raw(self) -> &'a [u8] {
        self.0
    }

    /// Its valid parts.
    pub fn parts(self) -> impl Iterator<Item = &'a str> {
        self.0.utf8_chunks().map(|chunk| chunk.valid())
    }

    /// Its characters.
    pub fn chars(self) -> impl Iterator<Item = char> {
        self.parts().flat_map(str::chars)
    }

    /// Whether nothing of it is valid.
    pub fn is_empty(self) -> bool {
        self.chars().next().is_none()
    }

    /// Its valid parts, copied to the start of `buffer`; nothing if they do not fit.
    pub fn copy_to(self, buffer: &mut [u8]) -> Option<&str> {
        let mut length = 0;
        for part in self.parts() {
            let end = length + part.len();
            buffer.get_mut(length..end)?.copy_from_slice(part.as_bytes());
            length = end;
        }
        core::str::from_utf8(&buffer[..length]).ok()
    }
}

/// Whether Python's `str.strip` takes it away.
pub const fn is_blank(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\x1C'..=' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{2028}'
        | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

/// Why a text is no PID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPid {
    /// Python's `int` would not take it.
    Malformed,
    /// It has a digit outside ASCII, which Python's `int` would take.
    ForeignDigit,
}

/// The PID of a text: blanks around it, a sign, decimal digits with single underscores between them.
///
/// ```
/// use executive::text::{NoPid, pid};
/// assert_eq!((pid(" +1_0 "), pid("-007"), pid("1__0")), (Ok(10), Ok(-7), Err(NoPid::Malformed)));
/// ```
///
/// # Errors
/// [`NoPid`].
pub fn pid(text: &str) -> Result<i128, NoPid> {
    let text = text.trim_matches(is_blank);
    if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) {
        return Err(NoPid::ForeignDigit);
    }
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let mut number = 0i128;
    for group in digits.split('_') {
        if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoPid::Malformed);
        }
        for digit in group.bytes() {
            let shifted = number.checked_mul(10).and_then(|ten| ten.checked_add((digit - b'0').into()));
            number = shifted.ok_or(NoPid::Malformed)?;
        }
    }
    Ok(if negative { -number } else { number })
}

/// A name of at most 32 characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name {
    bytes: [u8; Name::CAPACITY],
    length: u8,
}

impl Name {
    /// In bytes.
    pub const CAPACITY: usize = 128;

    /// Adds a character; what does not fit is dropped.
    pub fn push(&mut self, c: char) {
        let start = usize::from(self.length);
        if let Some(target) = self.bytes.get_mut(start..start + c.len_utf8()) {
            c.encode_utf8(target);
            self.length += c.len_utf8() as u8;
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.length.into()]).unwrap_or_default()
    }
}

impl Default for Name {
    fn default() -> Self {
        Name { bytes: [0; Name::CAPACITY], length: 0 }
    }
}

impl FromIterator<char> for Name {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let mut name = Name::default();
        characters.into_iter().for_each(|c| name.push(c));
        name
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&str>::deserialize(deserializer).map(|text| text.chars().collect())
    }
}

impl core::fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.chars().for_each(|c| self.push(c));
        Ok(())
    }
}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pids_are_read_as_python_reads_them() {
        let malformed = ["", " ", "+", "-", "_1", "1_", "1__2", "0x1", "1 2", "--1", "1.0", "a"];
        assert!(malformed.iter().all(|text| pid(text) == Err(NoPid::Malformed)));
        assert_eq!(pid("\u{A0}-1_2\u{3000}"), Ok(-12));
        assert_eq!(pid("0000000000000000000000000009"), Ok(9));
        assert_eq!(pid("9999999999999999999999999999"), Ok(9_999_999_999_999_999_999_999_999_999));
        assert_eq!(pid("1\u{661}"), Err(NoPid::ForeignDigit));
    }

    #[test]
    fn a_text_without_end_ends_with_memory() {
        assert!(GuestText::at(b"abc", 1).chars().eq("bc".chars()));
        assert!(GuestText::terminated(b"abc", 1).is_none());
        assert!(GuestText::terminated(b"abc\0", 1).is_some());
        assert!(GuestText::at(b"\xED\xA0\x80\xF0\x9F\x98", 0).is_empty());
    }
}
