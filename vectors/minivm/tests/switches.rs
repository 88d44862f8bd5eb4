//! The names of the switches are written in three places, which must say the same: the ledger, the implementation in Rust
//! and the model in Python.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minivm::Switch;
use oracle::suite::complaints;
use oracle::{Cases, Subject};
use rstest::rstest;
use serde::Deserialize;
use vectors_hxe::Hxe;
use vectors_minivm::MiniVm;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Name and row of each switch of a subject's ledger.
fn of_ledger(subject: &str) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        switch: Option<String>,
    }
    let text = fs::read_to_string(project().join("vectors").join(subject).join("ledger.yaml")).unwrap();
    let rows: Vec<Row> = serde_saphyr::from_str(&text).unwrap();
    rows.into_iter().filter_map(|row| Some((row.switch?, row.id))).collect()
}

/// The fields of the model's `Profile`, all of which are switches, with the row that the comment above each names.
fn of_model(subject: &str) -> BTreeMap<String, String> {
    let file = project().join("oracle/python").join(format!("{subject}_model/profile.py"));
    let text = fs::read_to_string(file).unwrap();
    let mut comment = String::new();
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("    ")) {
        if let Some(text) = line.strip_prefix("# ") {
            comment.push_str(text);
        } else if let Some((field, _)) = line.split_once(": bool = ") {
            let row = comment.split(['(', ')', ',']).find(|word| word.starts_with('D')).unwrap_or_default();
            found.insert(field.to_owned(), row.trim().to_owned());
            comment.clear();
        }
    }
    found
}

fn of_native<S: Subject>() -> BTreeMap<String, String> {
    let switches = S::ledgered().unwrap().switches();
    switches.into_iter().map(|switch| (switch.name.to_owned(), switch.row.to_owned())).collect()
}

#[rstest]
#[case::minivm("minivm", of_native::<MiniVm>())]
#[case::hxe("hxe", of_native::<Hxe>())]
fn ledger_rust_and_python_name_the_same_switches(
    #[case] subject: &str,
    #[case] native: BTreeMap<String, String>,
) {
    assert!(!native.is_empty());
    assert_eq!(of_ledger(subject), native);
    assert_eq!(of_model(subject), native);
}

#[test]
fn every_switch_of_the_vm_belongs_to_a_subject() {
    let mut all = of_native::<MiniVm>();
    all.extend(of_native::<Hxe>());
    let of_vm = Switch::ALL.iter().map(|switch| (switch.name().to_owned(), switch.ledger_row().to_owned()));
    assert_eq!(all, of_vm.collect());
}

/// What the explanation of differences rests on: from every vector, in every profile.
#[test]
fn a_switch_that_a_run_does_not_ask_for_makes_no_difference() {
    let written = MiniVm::written().expect("its vectors are written in YAML");
    let loaded = written.load(&project().join("vectors/minivm"));
    let suite = loaded.unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
    let mut machine = MiniVm::ledgered().unwrap().machine();
    let all: Vec<usize> = (0..MiniVm::ledgered().unwrap().switches().len()).collect();
    let (mut asked_for, mut left_alone) = (0, 0);
    for (vector, &profile) in itertools::iproduct!(&suite.vectors, MiniVm::PROFILES) {
        let outcome = machine.run(profile, &[], &vector.case);
        let (asked, unasked): (Vec<usize>, Vec<usize>) = all.iter().partition(|&&it| machine.asked(it));
        assert!(machine.run(profile, &unasked, &vector.case) == outcome, "{} in {profile}", vector.name);
        asked_for += asked.len();
        left_alone += unasked.len();
    }
    assert!(asked_for > 0 && left_alone > 3 * asked_for, "{asked_for} asked for, {left_alone} not");
}
