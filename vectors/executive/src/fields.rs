//! The state of a case and of an outcome, field by field.

use std::borrow::Cow;

use oracle::hex;
use oracle::subject::{Path, State, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::case::Case;
use crate::outcome::Outcome;

/// The state that the case starts from: an executive without tasks.
pub(crate) fn start(case: &Case) -> State {
    let mut state = State::default();
    walk(&mut state, "config", &[], &json(&case.config));
    state
}

/// What an outcome says beside its results, the most telling field first.
pub(crate) fn end(outcome: &Outcome) -> State {
    let mut state = State::default();
    if let Some(raised) = &outcome.raised {
        walk(&mut state, "raised", &[], &json(raised));
    }
    let Some(it) = &outcome.state else { return state };
    let mut push = |name: &str, value: Json| walk(&mut state, name, &[], &value);
    push("current", json(&it.current));
    push("paused", json(&it.paused));
    push("tasks", json(&it.tasks));
    push("waits", json(&it.waits));
    push("mailboxes", json(&it.mailboxes));
    push("handles", json(&it.handles));
    push("next_handles", json(&it.next_handles));
    push("values", json(&it.values));
    push("commands", json(&it.commands));
    push("files", json(&it.files));
    push("fds", json(&it.fds));
    push("next_fd", json(&it.next_fd));
    push("persisted", json(&it.persisted));
    push("pending", json(&it.pending));
    push("strings", json(&it.strings));
    push("descriptor_bytes", json(&it.descriptor_bytes));
    push("stdio_modes", json(&it.stdio_modes));
    push("next_pid", json(&it.next_pid));
    push("now", json(&it.now));
    state
}

/// Data as JSON. It is plain: writing it to memory does not fail.
fn json(data: &impl Serialize) -> Json {
    serde_json::to_value(data).unwrap_or_default()
}

/// Keys by which the elements of a list are told apart, instead of by their position.
const NAMES: [&str; 4] = ["id", "oid", "pid", "handle"];

/// What is looked at first in a task.
const FIRST: [&str; 4] = ["state", "exit_status", "fault", "pc"];

fn walk(state: &mut State, family: &str, index: &[u64], value: &Json) {
    let path = || Path { family: Cow::Owned(family.to_owned()), index: index.to_vec() };
    match value {
        Json::Object(map) => {
            let first = FIRST.iter().filter_map(|key| map.get_key_value(*key));
            let rest = map.iter().filter(|(key, _)| !FIRST.contains(&key.as_str()));
            for (key, value) in first.chain(rest) {
                walk(state, &format!("{family}.{key}"), index, value);
            }
        }
        Json::Array(list) if family.ends_with(".mem") => {
            for run in list.iter().filter_map(Json::as_array) {
                let [Json::Number(address), Json::String(bytes)] = &run[..] else { continue };
                let index = index.iter().copied().chain(address.as_u64()).collect();
                let path = Path { family: Cow::Owned(format!("{family}[#x]")), index };
                state.push(path, Value::bytes(&hex::decode(bytes).unwrap_or_default()));
            }
        }
        Json::Array(list) if list.iter().any(Json::is_object) => {
            for (position, element) in (0..).zip(list) {
                let names = element.as_object().map(names).unwrap_or_default();
                let names = if names.is_empty() { vec![position] } else { names };
                let marks = vec!["#"; names.len()].join(".");
                let index: Vec<u64> = index.iter().copied().chain(names).collect();
                walk(state, &format!("{family}[{marks}]"), &index, element);
            }
        }
        Json::Number(number) if family.ends_with(".psw") => {
            // Z is bit 0, then C, N and V (machine protocol).
            let value = number.as_u64().unwrap_or_default() as u32;
            state.push(path(), Value::Flags { value, letters: "ZCNV".into() });
        }
        Json::Number(number) => match number.as_i64() {
            Some(number) => state.push(path(), Value::Integer(number)),
            None => state.push(path(), Value::text(number.to_string())),
        },
        Json::Array(list) => state.push(path(), Value::List(list.iter().map(scalar).collect())),
        other => state.push(path(), scalar(other)),
    }
}

/// What the element of a list is told apart by.
fn names(element: &Map<String, Json>) -> Vec<u64> {
    NAMES.iter().filter_map(|name| element.get(*name)?.as_u64()).collect()
}

fn scalar(value: &Json) -> Value {
    match value {
        Json::String(text) => Value::text(text.clone()),
        other => Value::text(other.to_string()),
    }
}
