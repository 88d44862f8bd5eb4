//! The names of the switches are written in three places, which must say the same: the ledger, the implementation in Rust
//! and the model in Python.

use std::collections::BTreeMap;
use std::fs;

use oracle::Subject;
use serde::Deserialize;
use vectors_cockpit::Cockpit;

use crate::project;

/// Name and row of each switch.
type Switches = BTreeMap<String, String>;

fn of_ledger() -> Switches {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        switch: Option<String>,
    }
    let text = fs::read_to_string(project().path("vectors/cockpit/ledger.yaml")).unwrap();
    let rows: Vec<Row> = serde_saphyr::from_str(&text).unwrap();
    rows.into_iter().filter_map(|row| Some((row.switch?, row.id))).collect()
}

/// The fields of the model's `Profile`, all of which are switches, with the row that the comment above each begins with.
fn of_model() -> Switches {
    let text = fs::read_to_string(project().path("oracle/python/cockpit_model/profile.py")).unwrap();
    let mut row = "";
    let mut found = Switches::new();
    for line in text.lines().map(str::trim) {
        if let Some((id, _)) = line.strip_prefix("# (C").and_then(|text| text.split_once(')')) {
            row = id;
        } else if let Some((field, _)) = line.split_once(": bool = ") {
            found.insert(field.into(), format!("C{row}"));
        }
    }
    found
}

#[test]
fn ledger_rust_and_python_name_the_same_switches() {
    let switches = Cockpit::ledgered().unwrap().switches();
    let native: Switches = switches.into_iter().map(|it| (it.name.to_owned(), it.row.to_owned())).collect();
    assert_eq!(native.len(), 13);
    assert_eq!(of_ledger(), native);
    assert_eq!(of_model(), native);
}
