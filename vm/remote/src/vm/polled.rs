//! What a client sees that asks for the tasks again and again, as the reference's executive does.
//!
//! **States.** The design document's diagram of states (4.2) has arrows that such a client must see one by one: the
//! reference's executive refuses to serve a task any more if one poll says `ready` and the next `returned`, because only a
//! task that runs can return (E42). A task may have done both in one step. So a poll never goes further than one arrow:
//! `running` is told first, and the poll after it tells where the task is.
//!
//! **Deadlines.** The reference's executive keeps a table of its own of all deadlines that it is told, and when one comes
//! or goes, it stops its clock for good (E43). Deadlines are the VM's own business: who waits wakes by itself. So they are
//! told under another name, `expires`, and `deadline` is null, as for those who wait for ever.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The states between which the diagram has no arrow; a running task can come to any state.
const NO_ARROW: [(&str, &str); 8] = [
    ("ready", "returned"),
    ("waiting_mbx", "sleeping"),
    ("waiting_mbx", "returned"),
    ("sleeping", "waiting_mbx"),
    ("sleeping", "returned"),
    ("paused", "waiting_mbx"),
    ("paused", "sleeping"),
    ("paused", "returned"),
];

/// The keys of deadlines, and what they are told as.
const DEADLINES: [(&str, &str); 3] =
    [("deadline", "expires"), ("sleep_deadline", "sleep_expires"), ("wait_deadline", "wait_expires")];

/// The state of each task as the last poll told it.
#[derive(Debug, Default)]
pub struct Polled(BTreeMap<u64, String>);

impl Polled {
    /// What a poll tells of these tasks.
    pub fn path(&mut self, mut tasks: Value) -> Value {
        let mut told = BTreeMap::new();
        for task in tasks["tasks"].as_array_mut().into_iter().flatten() {
            let pid = task["pid"].as_u64().unwrap_or(0);
            let state = task["state"].as_str().unwrap_or_default();
            // To the other protocol a stopped task is a paused one.
            let before = match self.0.get(&pid).map(String::as_str) {
                Some("stopped") => Some("paused"),
                before => before,
            };
            if NO_ARROW.iter().any(|&(from, to)| before == Some(from) && to == state) {
                task["state"] = "running".into();
            }
            told.insert(pid, task["state"].as_str().unwrap_or_default().to_owned());
        }
        self.0 = told;
        tasks
    }
}

/// Tells all deadlines in a reply under their other names.
pub fn rename_deadlines(keys: &mut Map<String, Value>) {
    for (name, other) in DEADLINES {
        if let Some(deadline) = keys.get_mut(name).map(Value::take).filter(|deadline| !deadline.is_null()) {
            keys.insert(other.to_owned(), deadline);
        }
    }
    keys.values_mut().for_each(rename_deadlines_in);
}

fn rename_deadlines_in(value: &mut Value) {
    match value {
        Value::Object(keys) => rename_deadlines(keys),
        Value::Array(values) => values.iter_mut().for_each(rename_deadlines_in),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_poll_goes_no_further_than_one_arrow() {
        let mut polled = Polled::default();
        let mut poll = |state: &str| {
            let told = polled.path(json!({"tasks": [{"pid": 1, "state": state}]}));
            told["tasks"][0]["state"].as_str().unwrap().to_owned()
        };
        let states = ["ready", "returned", "returned", "stopped", "sleeping", "waiting_mbx", "ready"];
        let told: Vec<String> = states.into_iter().map(&mut poll).collect();
        assert_eq!(told, ["ready", "running", "returned", "stopped", "running", "waiting_mbx", "ready"]);
    }

    #[test]
    fn deadlines_have_another_name() {
        let mut reply =
            Map::from_iter([("events".to_owned(), json!([{"deadline": 1.5}, {"deadline": null}]))]);
        rename_deadlines(&mut reply);
        assert_eq!(reply["events"], json!([{"deadline": null, "expires": 1.5}, {"deadline": null}]));
    }
}
