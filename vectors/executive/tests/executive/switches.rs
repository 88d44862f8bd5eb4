//! The names of the switches are written in three places, which must say the same: the ledger, the implementation in Rust
//! and the model in Python. The model has one switch for several rows if a task's state is what they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use oracle::Subject;
use oracle::suite::complaints;
use serde::Deserialize;
use vectors_executive::{Executive, REFERENCE};

use crate::project;

/// Row and name of each switch.
type Rows = BTreeMap<String, String>;

fn of_ledger() -> Rows {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        switch: Option<String>,
    }
    let text = fs::read_to_string(project().subject("executive").join("ledger.yaml")).unwrap();
    let rows: Vec<Row> = serde_saphyr::from_str(&text).unwrap();
    rows.into_iter().filter_map(|row| Some((row.id, row.switch?))).collect()
}

fn of_native() -> Rows {
    let switches = Executive::ledgered().unwrap().switches();
    switches.into_iter().map(|switch| (switch.row.to_owned(), switch.name.to_owned())).collect()
}

/// The fields of the model's `Profile` with the rows that the comment above each names.
fn of_model() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(project().python().join("executive_model/profile.py")).unwrap();
    let is_row = |word: &&str| {
        word.strip_prefix(['E', 'X'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()))
    };
    let mut comment = String::new();
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("    ")) {
        if let Some(text) = line.strip_prefix("# ") {
            comment.push_str(text);
            comment.push(' ');
        } else if let Some((field, _)) = line.split_once(": bool = ") {
            let rows = comment.split(['(', ')', ',', ' ']).filter(is_row).map(str::to_owned).collect();
            found.insert(field.to_owned(), rows);
            comment.clear();
        }
    }
    found
}

#[test]
fn ledger_rust_and_python_name_the_same_switches() {
    let native = of_native();
    assert_eq!(of_ledger(), native);
    let model = of_model();
    let rows: Vec<&String> = model.values().flatten().collect();
    assert_eq!(rows.iter().copied().collect::<BTreeSet<_>>(), native.keys().collect());
    assert_eq!(rows.len(), native.len(), "each row has one switch of the model");
    for (field, rows) in &model {
        let names: BTreeSet<&String> = rows.iter().map(|row| &native[row]).collect();
        assert!(names.len() > 1 || names.contains(field), "{field} is {names:?}");
    }
}

/// What the explanation of differences rests on: from every vector, from both ends.
#[test]
fn a_switch_that_a_run_does_not_ask_for_makes_no_difference() {
    let written = Executive::written().expect("its vectors are written in YAML");
    let suite = written
        .load(&project().subject("executive"))
        .unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
    let mut machine = Executive::ledgered().unwrap().machine();
    let all: Vec<usize> = (0..Executive::ledgered().unwrap().switches().len()).collect();
    let mut left_alone = 0;
    for vector in &suite.vectors {
        for flipped in [&[][..], &all] {
            let outcome = machine.run(REFERENCE, flipped, &vector.case);
            let (asked, unasked): (Vec<usize>, Vec<usize>) = all.iter().partition(|&&it| machine.asked(it));
            let others = if flipped.is_empty() { unasked.clone() } else { asked };
            assert!(machine.run(REFERENCE, &others, &vector.case) == outcome, "{}", vector.name);
            left_alone += unasked.len();
        }
    }
    assert!(left_alone > suite.vectors.len() * all.len() / 2, "{left_alone} were not asked for");
}
