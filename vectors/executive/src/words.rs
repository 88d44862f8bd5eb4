//! Calls as vectors write them: a line with the name and the arguments, e.g. `reg_set 1 3 0x1000` or
//! `mailbox_send 0102 target=app:log flags=3`.
//!
//! Arguments stand in the order of the protocol, or behind their names. What is left out has its default.

use std::fmt::{self, Display, Formatter};

use oracle::hex;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use vectors_hxe::scripts::{Named, bytes, number};

use crate::case::{Call, arguments};

/// The arguments that are bytes, and those that are texts.
const BYTES: [&str; 3] = ["image", "bytes", "data"];
const TEXTS: [&str; 2] = ["target", "stream"];

/// The call of a line.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(line: &str, named: &Named<'_>) -> Result<Call, String> {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let keys =
        arguments(name).ok_or_else(|| format!("`{line}`: the calls are {}", Call::NAMES.join(", ")))?;
    let mut keys_left = keys.iter().map(|key| plain(key));
    let mut call = Map::from_iter([("call".to_owned(), Json::from(name))]);
    for word in words {
        let (key, text) = match word.split_once('=') {
            Some((key, text)) => (key, text),
            None => {
                let next = keys_left.find(|key| !call.contains_key(*key));
                (next.ok_or_else(|| format!("`{line}`: too many arguments for {name}"))?, word)
            }
        };
        if !keys.iter().any(|known| plain(known) == key) {
            return Err(format!("`{word}`: {name} has no argument {key}"));
        }
        if call.insert(key.to_owned(), value(key, text, named)?).is_some() {
            return Err(format!("`{line}`: {key} is there twice"));
        }
    }
    Call::deserialize(Json::Object(call)).map_err(|error| format!("`{line}`: {error}"))
}

fn plain(key: &'static str) -> &'static str {
    key.trim_start_matches("r#")
}

fn value(key: &str, text: &str, named: &Named<'_>) -> Result<Json, String> {
    if TEXTS.contains(&key) {
        return Ok(text.into());
    }
    if BYTES.contains(&key) {
        return bytes(text, named).map(|bytes| hex::encode(&bytes).into());
    }
    match text {
        "true" | "false" => Ok((text == "true").into()),
        _ => number(text).map(Json::from),
    }
}

impl Display for Call {
    /// As vectors write it: the name and the arguments that are not their defaults, with bytes as hex. Texts that have
    /// blanks are shown, but not read again.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        // A call is plain data: writing it to memory does not fail.
        let Ok(Json::Object(call)) = serde_json::to_value(self) else { return Ok(()) };
        let mut in_order = true;
        for key in arguments(self.name()).unwrap_or_default().iter().map(|key| plain(key)) {
            let without = call.iter().filter(|(name, _)| *name != key).map(|(k, v)| (k.clone(), v.clone()));
            if Call::deserialize(Json::Object(without.collect())).is_ok_and(|it| it == *self) {
                in_order = false;
                continue;
            }
            let text = match &call[key] {
                Json::String(text) if text.is_empty() && BYTES.contains(&key) => "-".to_owned(),
                Json::String(text) => text.clone(),
                Json::Number(number) if number.as_u64().is_some_and(|it| it >= 100) => {
                    format!("{:#x}", number.as_u64().unwrap_or_default())
                }
                other => other.to_string(),
            };
            if in_order { write!(f, " {text}")? } else { write!(f, " {key}={text}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_can_be_written_and_read() {
        let mut names: Vec<&str> = Vec::new();
        for case in crate::sweep::cases() {
            for call in case.calls {
                let line = call.to_string();
                let has_blanks = |text: &str| text.is_empty() || text.contains(char::is_whitespace);
                let text = match &call {
                    Call::MailboxOpen { target, .. } | Call::MailboxBind { target, .. } => target.as_str(),
                    Call::MailboxSend { target: Some(target), .. } => target.as_str(),
                    _ => "-",
                };
                if !has_blanks(text) {
                    assert_eq!(parse(&line, &|_| None).as_ref(), Ok(&call), "{line}");
                }
                names.push(call.name());
            }
        }
        assert!(Call::NAMES.iter().all(|name| names.contains(name)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let complaint = |line: &str| parse(line, &|_| None).unwrap_err();
        assert!(complaint("jump 3").starts_with("`jump 3`: the calls are load, step,"));
        assert_eq!(complaint("step"), "`step`: missing field `n`");
        assert_eq!(complaint("step x"), "`x` is no number of 32 bits");
        assert_eq!(complaint("step 1 2 3"), "`step 1 2 3`: too many arguments for step");
        assert_eq!(complaint("step 1 n=2"), "`step 1 n=2`: n is there twice");
        assert_eq!(complaint("kill pet=2"), "`pet=2`: kill has no argument pet");
        assert!(complaint("load abc").starts_with("`abc`: no image of this name, and no bytes: an odd"));
    }
}
