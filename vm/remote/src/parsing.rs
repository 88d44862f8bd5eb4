//! From a line to a typed request. Each protocol has one table of its commands, and both are read here.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::lenient::Int;
use crate::refusal::Refusal;

/// The version of both protocols.
pub const VERSION: i64 = 1;

/// The commands of a protocol, one variant each; what the tables of `commands!` become.
pub trait Commands: DeserializeOwned {
    /// The name of each, as it stands in `cmd`.
    const NAMES: &'static [&'static str];
}

/// Declares the requests of a protocol: variant, name, and the keys that it takes beside `cmd`.
macro_rules! commands {
    ($(#[$meta:meta])* $table:ident: $($(#[doc = $doc:literal])+ $variant:ident $name:literal {
        $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)?
    })*) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Deserialize)]
        #[serde(tag = "cmd")]
        #[allow(missing_docs, reason = "the keys are the protocol's, and the commands say what they do")]
        pub enum $table {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant { $($(#[$attribute])* $field: $type,)* },)*
        }

        impl $crate::parsing::Commands for $table {
            const NAMES: &'static [&'static str] = &[$($name,)*];
        }
    };
}

pub(crate) use commands;

/// A line as an object, with the name of its command in lower case.
///
/// # Errors
/// It is none, it names no command, or it speaks another version of the protocol.
pub fn object(line: &[u8]) -> Result<(String, Map<String, Value>), Refusal> {
    let value: Value = serde_json::from_slice(line).map_err(|_| Refusal::NotJson)?;
    let Value::Object(mut object) = value else { return Err(Refusal::NotAnObject) };
    if let Some(version) = object.get("version").filter(|version| !version.is_null()) {
        let Int(version) =
            serde_json::from_value(version.clone()).map_err(|why| Refusal::malformed("version", why))?;
        if version != VERSION {
            return Err(Refusal::Version(version));
        }
    }
    let name = match object.get("cmd") {
        Some(Value::String(name)) => name.trim().to_lowercase(),
        Some(Value::Null) | None => String::new(),
        Some(other) => return Err(Refusal::UnknownCommand(other.to_string())),
    };
    if name.is_empty() {
        return Err(Refusal::NoCommand);
    }
    object.insert("cmd".to_owned(), name.as_str().into());
    Ok((name, object))
}

/// An object as a request.
///
/// # Errors
/// There is no such command, or an argument is missing or is not what it should be.
pub fn request<C: Commands>(name: &str, object: Map<String, Value>) -> Result<C, Refusal> {
    if !C::NAMES.contains(&name) {
        return Err(Refusal::UnknownCommand(name.to_owned()));
    }
    serde_json::from_value(Value::Object(object)).map_err(|why| Refusal::malformed(name, why))
}
