//! What an expectation states of an outcome: JSON that is laid over the outcome of a machine.
//!
//! A mapping states the keys that it names; of a list of tasks, mailboxes, values, … a mapping states the elements of these
//! PIDs, ids or OIDs. A list states every element, of registers the first ones; a text in a list of events states the type.

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::case::{Call, Case};
use crate::event::Event;
use crate::keys::Expect;
use crate::outcome::{CallResult, ERRORS, Io, Outcome, Peek, Raised, Step, Value};
use crate::state::{Command, Final, Handle, Mailbox, Message, Registered, Task, Wait};

/// What is stated of an outcome.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    /// Of each result, as the machine protocol has it.
    results: Vec<Json>,
    /// What raises in the last call that is made.
    raised: Option<String>,
    /// Of the state.
    state: Vec<Json>,
}

/// What is stated of the result of a call by what stands behind it.
///
/// # Errors
/// The call cannot come to that.
pub(crate) fn result(call: &Call, behind: Option<&Json>) -> Result<Json, String> {
    let stated = match behind {
        None => json!({"ok": {}}),
        Some(Json::String(text)) if text == "ok" => json!({"ok": {}}),
        Some(Json::String(text)) if ERRORS.iter().any(|error| error.name() == text) => json!({"error": text}),
        Some(Json::Object(map))
            if map.keys().any(|key| ["ok", "error", "events", "io"].contains(&key.as_str())) =>
        {
            let mut map = map.clone();
            if !map.contains_key("error") {
                map.entry("ok").or_insert_with(|| json!({}));
            }
            Json::Object(map)
        }
        Some(other) => json!({"ok": other}),
    };
    completed_result(call, &stated, &CallResult { ok: Some(plain(call)), ..CallResult::default() })
        .map_err(|why| format!("{}: {why}", call.name()))?;
    Ok(stated)
}

impl Stated {
    /// What the layers state of the outcome of a case, whose calls say something of their results themselves.
    ///
    /// # Errors
    /// No outcome could be so.
    pub fn read(case: &Case, of_calls: &[Json], layers: &[&Expect]) -> Result<Self, String> {
        let mut stated = Stated { results: of_calls.to_vec(), raised: None, state: Vec::new() };
        for layer in layers {
            for (number, behind) in layer.results.iter().flat_map(|results| &results.0) {
                let at = number.checked_sub(1).filter(|at| *at < stated.results.len());
                let at = at.ok_or_else(|| format!("expect.results: there is no call {number}"))?;
                stated.results[at] = result(&case.calls[at], Some(behind))?;
            }
            stated.raised = layer.raised.clone().or(stated.raised);
            stated.state.extend(layer.state.clone());
        }
        if stated.raised.is_some() {
            stated.results.pop();
            if !stated.state.is_empty() {
                return Err("expect.state: there is none behind a raise".into());
            }
        }
        stated.state(&Final::default()).map_err(|why| format!("expect.state: {why}"))?;
        Ok(stated)
    }

    /// The outcome that is expected of a machine that came out with `got`.
    pub fn complete(&self, case: &Case, got: &Outcome) -> Outcome {
        let results = case.calls.iter().zip(&self.results).enumerate().map(|(at, (call, stated))| {
            let nothing = CallResult { ok: Some(plain(call)), ..CallResult::default() };
            let got = got.results.get(at).unwrap_or(&nothing);
            // What is stated fits the plain result, so it is there if it does not fit this one.
            completed_result(call, stated, got)
                .or_else(|_| completed_result(call, stated, &nothing))
                .unwrap_or(nothing)
        });
        let results: Vec<CallResult> = results.collect();
        if let Some(kind) = &self.raised {
            let raised = Raised { call: results.len(), kind: kind.clone() };
            return Outcome { results, raised: Some(raised), state: None };
        }
        let state = got.state.as_deref().cloned().unwrap_or_default();
        Outcome { results, raised: None, state: Some(Box::new(self.state(&state).unwrap_or_default())) }
    }

    fn state(&self, got: &Final) -> Result<Final, String> {
        let mut state = json(got);
        for stated in &self.state {
            lay_over(&mut state, stated, "");
        }
        read(state)
    }
}

fn completed_result(call: &Call, stated: &Json, got: &CallResult) -> Result<CallResult, String> {
    let mut result = json(got);
    let Json::Object(map) = &mut result else { return Err("no result".into()) };
    if stated.get("error").is_some() {
        map.remove("ok");
    } else if map.remove("error").is_some() {
        map.insert("ok".into(), json(&plain(call)));
    }
    // Beside another status there is nothing else that a message or a value would have.
    let may_be_status = matches!(plain(call), Value::Received { .. } | Value::Value { .. });
    let other = |status: &Json| map.get("ok").and_then(|ok| ok.get("status")) != Some(status);
    let status = stated.get("ok").and_then(|ok| ok.get("status"));
    if may_be_status && status.is_some_and(other) {
        map.insert("ok".into(), json!({}));
    }
    // Nothing is stated by an empty mapping, whatever the form of what the call gives.
    let open = stated.get("ok").is_some_and(|ok| *ok == json!({}));
    let ok = map.get("ok").cloned();
    lay_over(&mut result, stated, "");
    if let (true, Some(ok)) = (open, ok) {
        result["ok"] = ok;
    }
    let completed: CallResult = read(result)?;
    match &completed.ok {
        Some(value) if std::mem::discriminant(value) == std::mem::discriminant(&plain(call)) => Ok(completed),
        // A message, or none; a value, or a status.
        Some(Value::Status { .. }) if matches!(plain(call), Value::Received { .. } | Value::Value { .. }) => {
            Ok(completed)
        }
        Some(_) => Err("it cannot give that".into()),
        None => Ok(completed),
    }
}

fn json(data: &impl serde::Serialize) -> Json {
    // Plain data: writing it to memory does not fail.
    serde_json::to_value(data).unwrap_or_default()
}

fn read<T: DeserializeOwned>(json: Json) -> Result<T, String> {
    T::deserialize(json).map_err(|error| error.to_string())
}

/// Lays what is stated over what a machine has, under a key.
fn lay_over(got: &mut Json, stated: &Json, key: &str) {
    match (&mut *got, stated) {
        (Json::Object(got), Json::Object(stated)) => {
            for (key, stated) in stated {
                lay_over(got.entry(key.clone()).or_insert(Json::Null), stated, key);
            }
        }
        (Json::Array(got), Json::Object(stated)) => {
            for (number, stated) in stated {
                let Some((name, plain)) = element(key) else { continue };
                let number: Json = number.parse::<u32>().map_or(Json::Null, Json::from);
                let place = match got.iter().position(|it| it[name] == number) {
                    Some(at) => at,
                    None => {
                        let mut new = plain;
                        new[name] = number;
                        got.push(new);
                        got.len() - 1
                    }
                };
                lay_over(&mut got[place], stated, "");
            }
        }
        (Json::Array(got), Json::Array(stated)) => {
            // Of registers the first ones are stated, of everything else all.
            if key != "regs" {
                got.truncate(stated.len());
            }
            for (at, stated) in stated.iter().enumerate() {
                if got.len() == at {
                    got.push(element(key).map_or(Json::Null, |(_, plain)| plain));
                }
                match told(key, stated) {
                    Some((tag, plain)) => {
                        if got[at].get(tag) != plain.get(tag) {
                            got[at] = plain;
                        }
                        if stated.is_object() {
                            lay_over(&mut got[at], stated, "");
                        }
                    }
                    None => lay_over(&mut got[at], stated, ""),
                }
            }
        }
        (got, stated) => *got = stated.clone(),
    }
}

/// What a list of events, or of what devices are told, states of an element: the key that tells its type, and a plain one of
/// this type.
fn told(key: &str, stated: &Json) -> Option<(&'static str, Json)> {
    let name = |tag: &str| stated.as_str().or_else(|| stated.get(tag)?.as_str());
    match key {
        "events" => Some(("type", Event::plain(name("type")?).map_or(Json::Null, |event| json(&event)))),
        "io" => Some(("io", Io::plain(name("io")?).map_or(Json::Null, |io| json(&io)))),
        _ => None,
    }
}

/// By what the elements of a list are named, and a plain one.
fn element(key: &str) -> Option<(&'static str, Json)> {
    Some(match key {
        "tasks" => ("pid", json(&Task::default())),
        "mailboxes" => ("id", json(&Mailbox::default())),
        "handles" => ("handle", json(&Handle::default())),
        "values" => ("oid", json(&Registered::default())),
        "commands" => ("oid", json(&Command::default())),
        "waits" => ("pid", json(&Wait::default())),
        "queue" => ("seq", json(&Message::default())),
        _ => return None,
    })
}

/// Something that the call could give.
fn plain(call: &Call) -> Value {
    match call {
        Call::Load { .. } => Value::Loaded { pid: 1, name: String::new() },
        Call::Step { .. } => Value::Step(Step::default()),
        Call::RegGet { .. } => Value::Number(0),
        Call::Peek { .. } => Value::Bytes(String::new()),
        Call::MailboxOpen { .. } => Value::Opened { handle: 0 },
        Call::MailboxBind { .. } => Value::Bound { descriptor: 0, capacity: 0, mode: 0 },
        Call::MailboxSend { .. } => Value::Sent { status: 0, length: 0, descriptor: 0 },
        Call::MailboxRecv { .. } => {
            Value::Received { status: 0, flags: 0, channel: 0, src: 0, data: String::new() }
        }
        Call::MailboxPeek { .. } => Value::Peek(Peek::default()),
        Call::MailboxStdio { .. } => Value::Updated { updated: Vec::new() },
        Call::ValGet { .. } | Call::ValSet { .. } => Value::Value { status: 0, f16: 0 },
        Call::ValList { .. } | Call::CmdList { .. } => Value::Oids(Vec::new()),
        Call::CmdCall { .. } => Value::Command { status: 0, result: None },
        Call::Advance { .. }
        | Call::Pause { .. }
        | Call::Resume { .. }
        | Call::Kill { .. }
        | Call::Sched { .. }
        | Call::RegSet { .. }
        | Call::Poke { .. }
        | Call::MailboxClose { .. }
        | Call::MailboxTap { .. } => Value::Nothing,
    }
}
