//! Calls and results for people.

use oracle::digest;

use crate::case::Call;
use crate::outcome::{CallResult, Value};

/// Bytes that are shown as they are; of more, only what they are.
const SHOWN: usize = 24;
/// Hex digits of memory that are shown as they are.
const SHOWN_DIGITS: usize = 128;

/// A call as vectors write it, but long bytes as what they are.
pub(crate) fn call(call: &Call) -> String {
    let shorter = |call: Call, bytes: &[u8]| {
        format!("{call} with {} bytes: {}", bytes.len(), vectors_hxe::in_words(bytes))
    };
    match call {
        Call::Load { image } if image.len() > SHOWN => format!("load {}", vectors_hxe::in_words(image)),
        Call::Poke { pid, address, bytes } if bytes.len() > SHOWN => {
            shorter(Call::Poke { pid: *pid, address: *address, bytes: Vec::new() }, bytes)
        }
        _ => call.to_string(),
    }
}

/// A result: what the call gave, what happened, what devices were told.
pub(crate) fn result(result: &CallResult) -> String {
    let mut parts = Vec::new();
    parts.extend(result.error.clone());
    parts.extend(result.ok.as_ref().map(value));
    parts.extend(result.events.iter().map(|event| in_words(event, "type")));
    parts.extend(result.io.iter().map(|io| in_words(io, "io")));
    parts.join("; ")
}

fn value(value: &Value) -> String {
    match value {
        Value::Nothing => "ok".into(),
        // Which of the bytes count is not known, so their digest stands for them.
        Value::Bytes(digits) if digits.len() > SHOWN_DIGITS => {
            format!("{} bytes with digest {}", digits.len() / 2, digest::of("bytes", digits))
        }
        other => json(other),
    }
}

fn json(data: &impl serde::Serialize) -> String {
    // Plain data: writing it to memory does not fail.
    serde_json::to_string(data).unwrap_or_default()
}

/// Data with a tag: the tag, and the rest as JSON.
fn in_words(data: &impl serde::Serialize, tag: &str) -> String {
    match serde_json::to_value(data) {
        Ok(serde_json::Value::Object(mut map)) => {
            let name = map.remove(tag).unwrap_or_default();
            format!("{} {}", name.as_str().unwrap_or_default(), json(&map))
        }
        _ => String::new(),
    }
}
