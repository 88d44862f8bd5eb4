//! The states of tasks as a client sees them that asks for them again and again.
//!
//! The design document's diagram of states (4.2) has arrows that a client must see one by one: the reference's executive
//! refuses to serve a task any more if one poll says `ready` and the next `returned`, because only a task that runs can
//! return (E42). A task may have done both in one step. So a poll never goes further than one arrow: the state between
//! is told first, and the poll after it tells where the task is.

use std::collections::BTreeMap;

use serde_json::Value;

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
            let known =
                |state: &'static str| if state == "paused" { ["paused", "stopped"] } else { [state; 2] };
            let before = self.0.get(&pid).map(String::as_str);
            if NO_ARROW
                .iter()
                .any(|&(from, to)| to == state && before.is_some_and(|it| known(from).contains(&it)))
            {
                task["state"] = "running".into();
            }
            told.insert(pid, task["state"].as_str().unwrap_or_default().to_owned());
        }
        self.0 = told;
        tasks
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
        let told: Vec<String> =
            ["ready", "returned", "returned", "returned"].into_iter().map(&mut poll).collect();
        assert_eq!(told, ["ready", "running", "returned", "returned"]);
    }
}
