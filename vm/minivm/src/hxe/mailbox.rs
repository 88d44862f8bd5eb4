//! Mailboxes declared as JSON.
//!
//! The reference reads them with Python's `json` and `int`, so texts of digits, booleans and fractions pass for numbers,
//! and integers may be of any size. That is repeated here.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::image::{Image, Section};
use super::integer::Integer;
use super::json::{Json, Malformed};
use super::metadata::MODE_READ_WRITE;
use super::store::Store;

/// A declared mailbox, in either form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredMailbox {
    /// Name, with its namespace.
    pub target: String,
    /// Capacity in bytes; nothing = the default.
    pub capacity: Option<Integer>,
    /// Mode bits.
    pub mode: u16,
    /// The task it belongs to, if that is said.
    pub owner_pid: Option<Integer>,
    /// Who is to be bound to it.
    pub bindings: Vec<Binding>,
}

/// A task that is to be bound to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The task.
    pub pid: Integer,
    /// Flags.
    pub flags: u16,
}

/// How many calls Python has left to copy a mailbox. (Python 3.11, an image that is loaded at the top level of a program)
const CALLS_TO_COPY: usize = 988;

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
            capacity: mailbox.capacity.map(|capacity| i64::from(capacity).into()),
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
        let document = Json::read(text.trim_matches(blank))?;
        let entries = match &document {
            Json::Object(members) => {
                if !is_version_1(first_present(members, &["version"])) {
                    return Err(Malformed);
                }
                match first_truthy(members, &["mailboxes", "entries"]) {
                    Some(Json::List(entries)) => entries.as_slice(),
                    Some(_) => return Err(Malformed),
                    None => &[],
                }
            }
            Json::List(entries) => entries,
            _ => return Err(Malformed),
        };
        entries.iter().map(mailbox).collect()
    }
}

type Members = BTreeMap<Vec<u8>, Json>;

/// Nothing, or whatever equals 1.
fn is_version_1(version: &Json) -> bool {
    match version {
        Json::Null | Json::Bool(true) => true,
        Json::Integer(version) => *version == 1.into(),
        Json::Real(version) => *version == 1.0,
        _ => false,
    }
}

fn mailbox(entry: &Json) -> Result<DeclaredMailbox, Malformed> {
    let Json::Object(members) = entry else { return Err(Malformed) };
    let target = first_truthy(members, &["target", "name"]).and_then(Json::as_text).ok_or(Malformed)?;
    let target = python_strip(target);
    if target.is_empty() || entry.calls_to_copy() > CALLS_TO_COPY {
        return Err(Malformed);
    }
    Ok(DeclaredMailbox {
        target: target.to_string(),
        capacity: capacity(first_present(members, &["capacity", "queue_depth"]))?,
        mode: mode(first_present(members, &["mode_mask", "mode", "flags"]))?,
        owner_pid: match first_present(members, &["owner_pid"]) {
            Json::Null => None,
            Json::Text(text) if text.is_empty() => None,
            value => Some(python_int(value)?),
        },
        bindings: bindings(first_present(members, &["bindings"]))?,
    })
}

/// Nothing, an empty text and every zero stand for the default.
fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Text(text) => text.is_empty(),
        Json::Integer(integer) => *integer == 0.into(),
        Json::Real(real) => *real == 0.0,
        _ => false,
    }
}

fn capacity(value: &Json) -> Result<Option<Integer>, Malformed> {
    if is_default(value) { Ok(None) } else { natural(value).map(Some) }
}

fn mode(value: &Json) -> Result<u16, Malformed> {
    if is_default(value) {
        return Ok(MODE_READ_WRITE);
    }
    if !matches!(value, Json::Text(_)) {
        return Ok(natural(value)?.low_half());
    }
    let mut mask = 0;
    let names = value.as_text().ok_or(Malformed)?.split(['|', ',']);
    for name in names.map(python_strip).filter(|name| !name.is_empty()) {
        let name = name.to_uppercase();
        let known = MODES.iter().find(|(known, _)| *known == name);
        mask |= known.ok_or(Malformed)?.1;
    }
    Ok(if mask == 0 { MODE_READ_WRITE } else { mask })
}

fn bindings(value: &Json) -> Result<Vec<Binding>, Malformed> {
    let list = match value {
        Json::Null => return Ok(Vec::new()),
        Json::List(list) => list,
        _ => return Err(Malformed),
    };
    let binding = |entry: &Json| {
        let Json::Object(members) = entry else { return Err(Malformed) };
        let pid = python_int(first_present(members, &["pid"]))?;
        let flags = members.get(&b"flags"[..]).map_or(Ok(0), |flags| Ok(python_int(flags)?.low_half()))?;
        Ok(Binding { pid, flags })
    };
    list.iter().map(binding).collect()
}

/// The first of these members that is true to Python: not null, false, zero or empty.
fn first_truthy<'j>(members: &'j Members, keys: &[&str]) -> Option<&'j Json> {
    let truthy = |value: &&Json| match value {
        Json::List(items) => !items.is_empty(),
        Json::Object(members) => !members.is_empty(),
        value => !is_default(value),
    };
    keys.iter().filter_map(|&key| members.get(key.as_bytes())).find(truthy)
}

/// The first of these members that is there at all.
fn first_present<'j>(members: &'j Members, keys: &[&str]) -> &'j Json {
    keys.iter().find_map(|&key| members.get(key.as_bytes())).unwrap_or(&Json::Null)
}

fn python_strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1C'..='\x1F').contains(&c))
}

/// Python's `int(value)`.
fn python_int(value: &Json) -> Result<Integer, Malformed> {
    match value {
        Json::Bool(value) => Some(i64::from(*value).into()),
        Json::Integer(integer) => Some(integer.clone()),
        Json::Real(real) => Integer::of_real(*real),
        Json::Text(_) => value.as_text().and_then(|text| Integer::of_text(python_strip(text))),
        _ => None,
    }
    .ok_or(Malformed)
}

/// Python's `int(value)`, which must not be negative.
fn natural(value: &Json) -> Result<Integer, Malformed> {
    python_int(value).and_then(|integer| if integer.is_negative() { Err(Malformed) } else { Ok(integer) })
}
