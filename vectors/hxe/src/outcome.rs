//! An outcome: the image with every field, or why and where it was rejected.

use std::fmt::{self, Display, Formatter};
use std::num::IntErrorKind;

use minivm::hxe::{Defect, Integer};
use oracle::hex;
use oracle::subject::{Path, State, Value as Shown};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use crate::case::Case;

/// What a loader says to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// It is valid.
    Accepted(Box<Accepted>),
    /// It is not.
    Rejected {
        /// Why.
        #[serde(serialize_with = "defect_name", deserialize_with = "defect_from_name")]
        error: Defect,
        /// How many bytes had been taken when it was certain.
        offset: u32,
    },
}

/// All that an image says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The header.
    pub header: Header,
    /// Code.
    #[serde(with = "hex")]
    pub code: Vec<u8>,
    /// Read-only data.
    #[serde(with = "hex")]
    pub rodata: Vec<u8>,
    /// The metadata table.
    pub sections: Vec<Section>,
    /// Declared values, in the order of the sections.
    pub values: Vec<Value>,
    /// Declared commands.
    pub commands: Vec<Command>,
    /// Declared mailboxes.
    pub mailboxes: Vec<Mailbox>,
}

/// The header's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Header {
    pub version: u16,
    pub flags: u16,
    pub entry: u32,
    pub code_len: u32,
    pub ro_len: u32,
    pub bss_size: u32,
    pub req_caps: u32,
    pub crc32: u32,
    /// Nothing in version 1, and where it is blank.
    pub app_name: Option<String>,
    pub meta_offset: u32,
    pub meta_count: u32,
}

/// An entry of the metadata table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Section {
    pub kind: u32,
    pub offset: u32,
    pub size: u32,
    pub count: u32,
}

/// A declared value; numbers are raw binary16.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Value {
    pub group: u8,
    pub id: u8,
    pub flags: u8,
    pub auth: u8,
    pub init: u16,
    pub name: Option<String>,
    pub unit: Option<String>,
    pub epsilon: u16,
    pub min: u16,
    pub max: u16,
    pub persist_key: u16,
    pub group_name: Option<String>,
}

/// A declared command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Command {
    pub group: u8,
    pub id: u8,
    pub flags: u8,
    pub auth: u8,
    pub handler: u32,
    pub name: Option<String>,
    pub help: Option<String>,
    pub group_name: Option<String>,
    pub reserved: u16,
}

/// A declared mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Mailbox {
    pub target: String,
    pub capacity: Option<Whole>,
    pub mode: u16,
    pub owner_pid: Option<Whole>,
    pub bindings: Vec<Binding>,
}

impl Mailbox {
    fn check(&self) -> Result<(), String> {
        let pids = self.bindings.iter().map(|binding| &binding.pid);
        self.capacity.iter().chain(&self.owner_pid).chain(pids).try_for_each(Whole::check)
    }
}

/// A task to be bound to a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Binding {
    pub pid: Whole,
    pub flags: u16,
}

/// An integer of any size: a number if it fits 64 bits with a sign, else the text of its decimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Whole {
    /// It fits.
    Word(i64),
    /// It does not.
    Long(String),
}

impl Display for Whole {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Whole::Word(value) => value.fmt(f),
            Whole::Long(digits) => f.write_str(digits),
        }
    }
}

impl Default for Whole {
    fn default() -> Self {
        Whole::Word(0)
    }
}

impl From<&Integer> for Whole {
    fn from(integer: &Integer) -> Self {
        let digits = integer.to_string();
        digits.parse().map_or(Whole::Long(digits), Whole::Word)
    }
}

impl Whole {
    fn check(&self) -> Result<(), String> {
        let Whole::Long(text) = self else { return Ok(()) };
        let is_larger = text.parse::<i64>().is_err_and(|error| {
            matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow)
        });
        let is_padded = text.starts_with(['0', '+']) || text.starts_with("-0");
        if is_larger && !is_padded && text[1..].bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(());
        }
        Err(format!("`{}`: neither a number nor the digits of one beyond 64 bits", text.escape_debug()))
    }
}

/// The defect of this name.
pub(crate) fn defect_named(name: &str) -> Option<Defect> {
    Defect::ALL.iter().copied().find(|defect| defect.name() == name)
}

fn defect_name<S: Serializer>(defect: &Defect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(defect.name())
}

fn defect_from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Defect, D::Error> {
    let name = String::deserialize(deserializer)?;
    defect_named(&name).ok_or_else(|| D::Error::custom(format!("unknown error `{name}`")))
}

impl Outcome {
    pub(crate) fn check(&self, case: &Case) -> Result<(), String> {
        match self {
            Outcome::Rejected { offset, .. } if *offset as usize > case.image.len() => {
                Err(format!("offset: {offset} of {} bytes", case.image.len()))
            }
            Outcome::Accepted(image) if image.code.len() != image.header.code_len as usize => {
                Err(format!("code: {} bytes, but code_len is {}", image.code.len(), image.header.code_len))
            }
            Outcome::Accepted(image) if image.rodata.len() != image.header.ro_len as usize => {
                Err(format!("rodata: {} bytes, but ro_len is {}", image.rodata.len(), image.header.ro_len))
            }
            Outcome::Accepted(image) => image.mailboxes.iter().try_for_each(Mailbox::check),
            Outcome::Rejected { .. } => Ok(()),
        }
    }

    pub(crate) fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The fields that tell most: what an image is refused for names the check that is wrong, also if the other side accepts
/// it.
const FIRST: [&str; 3] = ["error", "result", "offset"];

/// The outcome, field by field: by path, e.g. `values[0].name`.
pub(crate) fn state(outcome: &Outcome) -> State {
    let mut state = State::default();
    let json = outcome.to_json();
    for first in FIRST {
        if let Some(value) = json.get(first) {
            state.push(Path::of(first), shown(value));
        }
    }
    if let Json::Object(members) = json {
        let rest = members.iter().filter(|(key, _)| !FIRST.contains(&key.as_str()));
        rest.for_each(|(key, value)| flatten(key, &[], value, &mut state));
    }
    state
}

fn flatten(family: &str, index: &[u64], value: &Json, state: &mut State) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                flatten(&format!("{family}.{key}"), index, value, state);
            }
        }
        Json::Array(items) => {
            let length = Path { family: format!("{family}.length").into(), index: index.to_vec() };
            state.push(length, Shown::integer(items.len()));
            for (at, item) in (0..).zip(items) {
                flatten(&format!("{family}[#]"), &[index, &[at]].concat(), item, state);
            }
        }
        value => state.push(Path { family: family.to_owned().into(), index: index.to_vec() }, shown(value)),
    }
}

fn shown(value: &Json) -> Shown {
    match value {
        Json::String(text) => Shown::text(text),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Shown::text(number.to_string()), Shown::Integer)
        }
        other => Shown::text(other.to_string()),
    }
}
