//! JSON as the reference reads it, with Python's `json`.
//!
//! That takes more than JSON is: NaN and infinities, integers of 4300 digits, and texts with half of a surrogate pair. It
//! takes less in one point: what nests deeper than Python's stack goes is refused. How deep that is depends on the Python
//! and on who calls; the limits here are those of Python 3.11 for a program that loads an image at its top level. Nothing
//! in here calls itself before the depth is known, so no image can exhaust the stack.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::integer::Integer;

/// How many objects and lists may be open at once.
const NESTING_MAX: usize = 991;

/// A document is not JSON, or not in the form that is wanted.
pub(super) struct Malformed;

/// A value.
pub(super) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction and exponent.
    Integer(Integer),
    /// Any other number; NaN and infinities too.
    Real(f64),
    /// UTF-8, but for halves of surrogate pairs, which take three bytes each as if they were characters.
    Text(Vec<u8>),
    /// A list.
    List(Vec<Json>),
    /// Members by their keys. Of equal keys the last one counts.
    Object(BTreeMap<Vec<u8>, Json>),
}

impl Json {
    /// The document in a text.
    ///
    /// # Errors
    /// It is not JSON, or nests too deeply, or has an integer of more digits than Python takes.
    pub(super) fn read(text: &str) -> Result<Json, Malformed> {
        Reader { bytes: text.as_bytes(), at: 0, open: Vec::new() }.document()
    }

    /// The text, if it is one and has no half of a surrogate pair.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(bytes) => core::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// How many calls Python makes within each other to copy a value by `dataclasses.asdict`, as the reference does with
    /// what an image declares: two for an object or a list around what is in it, three for anything else, keys included.
    pub(super) fn calls_to_copy(&self) -> usize {
        match self {
            Json::List(items) => 2 + items.iter().map(Json::calls_to_copy).max().unwrap_or(0),
            Json::Object(members) if members.is_empty() => 2,
            Json::Object(members) => 2 + members.values().map(Json::calls_to_copy).max().unwrap_or(0).max(3),
            _ => 3,
        }
    }
}

/// An object or a list that is not closed yet.
enum Open {
    List(Vec<Json>),
    /// With the key that a value is to follow for.
    Object(BTreeMap<Vec<u8>, Json>, Vec<u8>),
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    open: Vec<Open>,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Json, Malformed> {
        loop {
            if let Some(value) = self.begin()?
                && let Some(document) = self.put(value)?
            {
                return if self.at == self.bytes.len() { Ok(document) } else { Err(Malformed) };
            }
        }
    }

    /// Begins a value. One that is not complete at once is left open, at its first item or behind its first key.
    fn begin(&mut self) -> Result<Option<Json>, Malformed> {
        self.pass_blanks();
        let opened = match self.peek() {
            Some(b'[') => Open::List(Vec::new()),
            Some(b'{') => Open::Object(BTreeMap::new(), Vec::new()),
            Some(b'"') => return self.text().map(|text| Some(Json::Text(text))),
            _ => return self.word_or_number().map(Some),
        };
        self.at += 1;
        if self.open.len() == NESTING_MAX {
            return Err(Malformed);
        }
        self.pass_blanks();
        match opened {
            Open::List(items) if self.take(b']') => return Ok(Some(Json::List(items))),
            Open::Object(members, _) if self.take(b'}') => return Ok(Some(Json::Object(members))),
            Open::List(_) => self.open.push(opened),
            Open::Object(members, _) => {
                let key = self.key()?;
                self.open.push(Open::Object(members, key));
            }
        }
        Ok(None)
    }

    /// Puts a complete value where it belongs, and whatever is complete with it; the document, if that is.
    fn put(&mut self, mut value: Json) -> Result<Option<Json>, Malformed> {
        loop {
            self.pass_blanks();
            value = match self.open.pop() {
                None => return Ok(Some(value)),
                Some(Open::List(mut items)) => {
                    items.push(value);
                    if self.take(b',') {
                        self.open.push(Open::List(items));
                        return Ok(None);
                    }
                    self.want(b']')?;
                    Json::List(items)
                }
                Some(Open::Object(mut members, key)) => {
                    members.insert(key, value);
                    if self.take(b',') {
                        self.pass_blanks();
                        let key = self.key()?;
                        self.open.push(Open::Object(members, key));
                        return Ok(None);
                    }
                    self.want(b'}')?;
                    Json::Object(members)
                }
            };
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Vec<u8>, Malformed> {
        let key = self.text()?;
        self.pass_blanks();
        self.want(b':')?;
        Ok(key)
    }

    fn text(&mut self) -> Result<Vec<u8>, Malformed> {
        self.want(b'"')?;
        let mut text = Vec::new();
        loop {
            match self.next()? {
                b'"' => return Ok(text),
                b'\\' => self.escape(&mut text)?,
                0..0x20 => return Err(Malformed),
                byte => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), Malformed> {
        text.push(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.unit()?;
                push_code_point(text, self.paired(unit)?);
                return Ok(());
            }
            _ => return Err(Malformed),
        });
        Ok(())
    }

    /// Four digits of an escape.
    fn unit(&mut self) -> Result<u32, Malformed> {
        (0..4).try_fold(0, |unit, _| {
            let digit = char::from(self.next()?).to_digit(16).ok_or(Malformed)?;
            Ok(unit << 4 | digit)
        })
    }

    /// The code point of an escape: of it and the next one, if they are a surrogate pair.
    fn paired(&mut self, unit: u32) -> Result<u32, Malformed> {
        if (0xD800..0xDC00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let behind = self.at;
            self.at += 2;
            let low = self.unit()?;
            if (0xDC00..0xE000).contains(&low) {
                return Ok(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
            }
            self.at = behind;
        }
        Ok(unit)
    }

    fn word_or_number(&mut self) -> Result<Json, Malformed> {
        let words: [(&[u8], Json); 6] = [
            (b"null", Json::Null),
            (b"true", Json::Bool(true)),
            (b"false", Json::Bool(false)),
            (b"NaN", Json::Real(f64::NAN)),
            (b"Infinity", Json::Real(f64::INFINITY)),
            (b"-Infinity", Json::Real(f64::NEG_INFINITY)),
        ];
        for (word, value) in words {
            if self.bytes[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.number()
    }

    fn number(&mut self) -> Result<Json, Malformed> {
        let start = self.at;
        let is_negative = self.take(b'-');
        let digits = self.at;
        if !self.take(b'0') {
            self.pass_digits()?;
        }
        let whole = self.at;
        if self.take(b'.') {
            self.pass_digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'-') || self.take(b'+');
            self.pass_digits()?;
        }
        let text = |from, to| core::str::from_utf8(&self.bytes[from..to]).map_err(|_| Malformed);
        Ok(if self.at == whole {
            Json::Integer(Integer::of_digits(is_negative, text(digits, whole)?).ok_or(Malformed)?)
        } else {
            Json::Real(text(start, self.at)?.parse().map_err(|_| Malformed)?)
        })
    }

    /// Passes over digits, of which there must be one.
    fn pass_digits(&mut self) -> Result<(), Malformed> {
        let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        if digits > 0 { Ok(()) } else { Err(Malformed) }
    }

    fn pass_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, Malformed> {
        let byte = self.peek().ok_or(Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    /// Takes this byte, if it is the next one.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn want(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) { Ok(()) } else { Err(Malformed) }
    }
}

/// Adds a code point, which may be half of a surrogate pair.
fn push_code_point(text: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => text.extend(character.encode_utf8(&mut [0; 4]).bytes()),
        None => text
            .extend([0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F].map(|byte| byte as u8)),
    }
}
