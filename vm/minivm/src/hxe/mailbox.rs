//! Mailboxes declared as JSON.
//!
//! The reference reads them with Python's `json` and `int`, so texts of digits, booleans and fractions pass for numbers.
//! That is repeated here as far as numbers of 64 bits go.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value as Json};

use super::image::{Image, Section};
use super::metadata::MODE_READ_WRITE;
use super::store::Store;

/// A declared mailbox, in either form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredMailbox {
    /// Name, with its namespace.
    pub target: String,
    /// Capacity in bytes; nothing = the default.
    pub capacity: Option<i64>,
    /// Mode bits.
    pub mode: u16,
    /// The task it belongs to, if that is said.
    pub owner_pid: Option<i64>,
    /// Who is to be bound to it.
    pub bindings: Vec<Binding>,
}

/// A task that is to be bound to a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The task.
    pub pid: i64,
    /// Flags.
    pub flags: u16,
}

/// A JSON section is not in the form that is wanted.
pub(super) struct Malformed;

const MODES: [(&str, u16); 12] = [
    ("RDONLY", 1),
    ("READONLY", 1),
    ("RO", 1),
    ("WRONLY", 2),
    ("WRITEONLY", 2),
    ("WO", 2),
    ("RDWR", 3),
    ("RW", 3),
    ("TAP", 4),
    ("FANOUT", 8),
    ("FANOUT_DROP", 16),
    ("FANOUT_BLOCK", 32),
];

impl<S: Store> Image<'_, S> {
    /// The mailboxes of a section, in either form.
    pub fn mailboxes(&self, section: &Section) -> Vec<DeclaredMailbox> {
        if self.is_json(section) {
            return self.json_mailboxes(section).unwrap_or_default();
        }
        let declared = self.legacy_mailboxes(section).map(|mailbox| DeclaredMailbox {
            target: String::from_utf8(self.text(mailbox.target).collect()).unwrap_or_default(),
            capacity: mailbox.capacity.map(i64::from),
            mode: mailbox.mode,
            owner_pid: None,
            bindings: Vec::new(),
        });
        declared.collect()
    }

    pub(super) fn json_mailboxes(&self, section: &Section) -> Result<Vec<DeclaredMailbox>, Malformed> {
        let mut bytes: Vec<u8> = self.bytes(section).collect();
        bytes.truncate(bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1));
        let text = core::str::from_utf8(&bytes).map_err(|_| Malformed)?;
        let blank = |c: char| c.is_whitespace() || ('\x1C'..='\x1F').contains(&c);
        let document: Json = serde_json::from_str(text.trim_matches(blank)).map_err(|_| Malformed)?;
        let entries = match &document {
            Json::Object(object) => {
                let version = object.get("version").unwrap_or(&Json::Null);
                if !matches!(version, Json::Null | Json::Bool(true)) && version.as_f64() != Some(1.0) {
                    return Err(Malformed);
                }
                match first_truthy(object, &["mailboxes", "entries"]) {
                    Some(entries) => entries.as_array().ok_or(Malformed)?.as_slice(),
                    None => &[],
                }
            }
            Json::Array(entries) => entries,
            _ => return Err(Malformed),
        };
        entries.iter().map(mailbox).collect()
    }
}

fn mailbox(entry: &Json) -> Result<DeclaredMailbox, Malformed> {
    let entry = entry.as_object().ok_or(Malformed)?;
    let target = first_truthy(entry, &["target", "name"]).and_then(Json::as_str).ok_or(Malformed)?;
    let target = python_strip(target);
    if target.is_empty() {
        return Err(Malformed);
    }
    Ok(DeclaredMailbox {
        target: target.to_string(),
        capacity: capacity(first_present(entry, &["capacity", "queue_depth"]))?,
        mode: mode(first_present(entry, &["mode_mask", "mode", "flags"]))?,
        owner_pid: match entry.get("owner_pid") {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) if text.is_empty() => None,
            Some(value) => Some(python_int(value)?),
        },
        bindings: bindings(entry.get("bindings"))?,
    })
}

/// Nothing, an empty text and every zero stand for the default.
fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}

fn capacity(value: &Json) -> Result<Option<i64>, Malformed> {
    if is_default(value) {
        return Ok(None);
    }
    let capacity = python_int(value)?;
    if capacity < 0 { Err(Malformed) } else { Ok(Some(capacity)) }
}

fn mode(value: &Json) -> Result<u16, Malformed> {
    if is_default(value) {
        return Ok(MODE_READ_WRITE);
    }
    let Json::String(text) = value else {
        let mask = python_int(value)?;
        return if mask < 0 { Err(Malformed) } else { Ok(mask as u16) };
    };
    let mut mask = 0;
    for name in text.split(['|', ',']).map(python_strip).filter(|name| !name.is_empty()) {
        let known = MODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        mask |= known.ok_or(Malformed)?.1;
    }
    Ok(if mask == 0 { MODE_READ_WRITE } else { mask })
}

fn bindings(value: Option<&Json>) -> Result<Vec<Binding>, Malformed> {
    let list = match value {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(value) => value.as_array().ok_or(Malformed)?,
    };
    let binding = |entry: &Json| {
        let entry = entry.as_object().ok_or(Malformed)?;
        let pid = python_int(entry.get("pid").ok_or(Malformed)?)?;
        let flags = entry.get("flags").map_or(Ok(0), python_int)?;
        Ok(Binding { pid, flags: flags as u16 })
    };
    list.iter().map(binding).collect()
}

/// The first of these members that is true to Python: not null, false, zero or empty.
fn first_truthy<'j>(object: &'j Map<String, Json>, keys: &[&str]) -> Option<&'j Json> {
    let truthy = |value: &&Json| match value {
        Json::Array(list) => !list.is_empty(),
        Json::Object(members) => !members.is_empty(),
        value => !is_default(value),
    };
    keys.iter().filter_map(|&key| object.get(key)).find(truthy)
}

/// The first of these members that is there at all.
fn first_present<'j>(object: &'j Map<String, Json>, keys: &[&str]) -> &'j Json {
    keys.iter().find_map(|&key| object.get(key)).unwrap_or(&Json::Null)
}

fn python_strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1C'..='\x1F').contains(&c))
}

/// Python's `int(value)`, within 64 bits.
fn python_int(value: &Json) -> Result<i64, Malformed> {
    match value {
        Json::Bool(value) => Ok((*value).into()),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Ok(integer),
            (None, Some(real)) if real.abs() < 9.2e18 => Ok(real as i64),
            _ => Err(Malformed),
        },
        Json::String(text) => python_int_of_text(python_strip(text)),
        _ => Err(Malformed),
    }
}

/// Digits with an optional sign; single underscores may stand between digits.
fn python_int_of_text(text: &str) -> Result<i64, Malformed> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let well_formed =
        digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !well_formed {
        return Err(Malformed);
    }
    text.replace('_', "").parse().map_err(|_| Malformed)
}
