//! An outcome: the image with every field, or why and where it was rejected.

use std::collections::BTreeMap;

use ::minivm::hxe::Defect;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::case::Case;
use crate::hex;
use crate::subject::Difference;

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
    pub capacity: Option<i64>,
    pub mode: u16,
    pub owner_pid: Option<i64>,
    pub bindings: Vec<Binding>,
}

/// A task to be bound to a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the format document names them")]
pub struct Binding {
    pub pid: i64,
    pub flags: u16,
}

fn defect_name<S: Serializer>(defect: &Defect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(defect.name())
}

fn defect_from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Defect, D::Error> {
    let name = String::deserialize(deserializer)?;
    super::defect_from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown error `{name}`")))
}

impl Outcome {
    pub(super) fn check(&self, case: &Case) -> Result<(), String> {
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
            _ => Ok(()),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Every field by its path, e.g. `values[0].name`.
pub(super) fn fields(outcome: &Outcome) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    flatten(String::new(), &outcome.to_json(), &mut fields);
    fields
}

fn flatten(path: String, value: &Json, fields: &mut Vec<(String, String)>) {
    match value {
        Json::Object(members) => {
            let separator = if path.is_empty() { "" } else { "." };
            members.iter().for_each(|(key, value)| flatten(format!("{path}{separator}{key}"), value, fields));
        }
        Json::Array(items) => {
            fields.push((format!("{path}.length"), items.len().to_string()));
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| flatten(format!("{path}[{index}]"), value, fields));
        }
        Json::String(text) => fields.push((path, text.clone())),
        other => fields.push((path, other.to_string())),
    }
}

pub(super) fn differences(expected: &Outcome, got: &Outcome) -> Vec<Difference> {
    if expected == got {
        return Vec::new();
    }
    let [expected, got]: [BTreeMap<String, String>; 2] =
        [expected, got].map(|it| fields(it).into_iter().collect());
    let mut paths: Vec<&String> = expected.keys().chain(got.keys()).collect();
    paths.sort();
    paths.dedup();
    let value =
        |fields: &BTreeMap<String, String>, path: &String| fields.get(path).cloned().unwrap_or("-".into());
    paths
        .into_iter()
        .filter_map(|path| Difference::of(path, value(&expected, path), value(&got, path), String::clone))
        .collect()
}
