//! The machine protocol: one JSON object a line, both ways. Versions 1 and 2.
//!
//! The messages as types; [`server`](crate::server) speaks the one side, [`program`](crate::machines::program) the
//! other. Unknown keys, repeated keys and wrong types are errors that name the key. The versions differ in `hello`, whose
//! reply says in version 2 which profiles each subject has, and in what becomes of a subject or a profile that a machine
//! does not know: `unsupported` in version 1, an error that names it in version 2.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cases::Cases;
use crate::strict::{is_as_written, present, unique};

/// The versions that are spoken here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The first.
    #[default]
    One,
    /// Profiles by subject, and nothing dropped in silence.
    Two,
}

impl Version {
    /// The number, as in messages.
    pub const fn number(self) -> u64 {
        match self {
            Version::One => 1,
            Version::Two => 2,
        }
    }

    /// The version of this number, if it is spoken here.
    pub fn of(number: u64) -> Option<Version> {
        [Version::One, Version::Two].into_iter().find(|version| version.number() == number)
    }
}

/// The longest request accepted, in bytes. A case is at most a few hundred KiB.
pub const MAX_LINE: usize = 64 << 20;

/// A request, as far as its kind.
#[derive(Debug)]
pub enum Request<'a> {
    /// `{"op":"hello","protocol":1}`
    Hello {
        /// The version asked for.
        protocol: u64,
    },
    /// `{"op":"run",…}`
    Run(Run<'a>),
}

/// The request to run a case. The case is not parsed yet: whether it can be depends on its subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run<'a> {
    #[serde(rename = "op")]
    _op: IgnoredAny,
    /// Comes back as it came.
    pub id: String,
    /// The subject's name.
    pub subject: String,
    /// The profile's name.
    pub profile: String,
    /// The case.
    #[serde(borrow)]
    pub case: &'a RawValue,
}

impl<'a> Request<'a> {
    /// Parses a line.
    ///
    /// # Errors
    /// What is wrong, naming the key.
    pub fn parse(line: &'a str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Kind {
            op: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Hello {
            #[serde(rename = "op")]
            _op: IgnoredAny,
            protocol: u64,
        }
        let kind: Kind = parse_object(line)?;
        match kind.op.as_str() {
            "hello" => {
                let Hello { protocol, .. } = parse_object(line)?;
                Ok(Request::Hello { protocol })
            }
            "run" => parse_object(line).map(Request::Run),
            other => Err(format!("unknown op `{other}`: there are `hello` and `run`")),
        }
    }
}

/// Reads a JSON object.
///
/// # Errors
/// What is wrong and where: the key, then the column.
pub fn parse_object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    // serde would also read a list, as the fields in their order.
    if !text.trim_start().starts_with('{') {
        return Err("expected a JSON object".into());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value =
        serde_path_to_error::deserialize(&mut json).map_err(|error| match error.path().to_string() {
            path if path == "." => error.inner().to_string(),
            path => format!("{path}: {}", error.inner()),
        })?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Reads an outcome, which must be to the letter what is written for it.
///
/// # Errors
/// What is wrong and where.
pub fn parse_outcome<S: Cases>(text: &str) -> Result<S::Outcome, String> {
    let outcome = parse_object(text)?;
    is_as_written(text, &outcome)?;
    Ok(outcome)
}

/// The reply to `hello` in version 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelloOne {
    /// 1.
    pub protocol: u64,
    /// The machine's name.
    pub name: String,
    /// The machine's version.
    pub version: String,
    /// Subjects it knows.
    pub subjects: Vec<String>,
    /// Profiles it can run, of any subject.
    pub profiles: Vec<String>,
}

/// The reply to `hello` in version 2.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelloTwo {
    /// 2.
    pub protocol: u64,
    /// The machine's name.
    pub name: String,
    /// The machine's version.
    pub version: String,
    /// The profiles that it can run, by subject.
    #[serde(deserialize_with = "unique")]
    pub subjects: BTreeMap<String, Vec<String>>,
}

/// The reply to `run`. One of the last three is there; `id` is missing only beside `error`, if the request could not be
/// read.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply<'a> {
    /// The request's id.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What came out.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'a RawValue>,
    /// Why the machine does not run it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// What is wrong with the case, or with the request.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A line of input.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A whole line, without its end.
    Whole(Vec<u8>),
    /// What stood before the end of input, without a line end.
    Partial(Vec<u8>),
    /// More bytes than are accepted without a line end. They are dropped; the rest of the line is still to come.
    TooLong,
    /// End of input.
    End,
}

/// Reads a line of at most `limit` bytes.
///
/// # Errors
/// Those of the reader.
pub fn read_line(input: &mut impl BufRead, limit: usize) -> std::io::Result<Line> {
    let mut bytes = Vec::new();
    input.take(limit as u64 + 1).read_until(b'\n', &mut bytes)?;
    Ok(match bytes.last() {
        None => Line::End,
        Some(b'\n') => {
            bytes.pop();
            Line::Whole(bytes)
        }
        Some(_) if bytes.len() > limit => Line::TooLong,
        Some(_) => Line::Partial(bytes),
    })
}
