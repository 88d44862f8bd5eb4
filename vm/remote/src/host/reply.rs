//! Replies.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// What a call gives to its client: the keys of a reply, beside its status.
pub type Reply = Result<Map<String, Value>, Refusal>;

/// The object that `json!` makes, as the keys of a reply.
macro_rules! reply {
    ($($json:tt)+) => {
        match serde_json::json!({$($json)+}) {
            serde_json::Value::Object(keys) => Ok(keys),
            _ => Ok(serde_json::Map::new()),
        }
    };
}

pub(crate) use reply;
