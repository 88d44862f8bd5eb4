//! Every subject has what the guide to adding one asks for.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use common::{lockstep, place, root, text};

/// The values that a command says its argument can have.
fn possible(command: &str) -> Vec<String> {
    let output = lockstep(root(), &[command, "nothing"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    let said = text(&output);
    let (_, rest) = said.split_once("[possible values: ").expect("it lists them");
    let (values, _) = rest.split_once(']').expect("the list ends");
    values.split(", ").map(str::to_owned).collect()
}

#[test]
fn each_vector_of_a_subject_is_a_trial_and_its_form_is_told() {
    for subject in possible("export") {
        let folder = root().join("vectors").join(&subject);
        for file in ["tests/vectors.rs", "PROTOCOL.md"] {
            assert!(folder.join(file).is_file(), "vectors/{subject}/{file} is missing");
        }
        for cargo in ["xtask/Cargo.toml", "fuzz/Cargo.toml", "fuzz/worker/Cargo.toml"] {
            let has = fs::read_to_string(root().join(cargo)).unwrap().contains(&format!("vectors-{subject}"));
            assert!(has, "{cargo} does not depend on vectors-{subject}");
        }
    }
}

#[test]
fn each_instruction_set_has_its_page() {
    for subject in possible("isa") {
        assert!(root().join("vectors").join(&subject).join("ISA.md").is_file(), "{subject}");
    }
}

#[test]
fn the_lines_of_each_subject_are_run() {
    // `lines_are_what_machines_answer` and `the_page_is_that_of_today` list subjects, because each has a number of its own.
    let tests = |file: &str| fs::read_to_string(root().join("xtask/tests").join(file)).unwrap();
    for (command, file) in [("export", "export.rs"), ("isa", "isa.rs")] {
        let tests = tests(file);
        for subject in possible(command) {
            assert!(tests.contains(&format!("#[case(\"{subject}\", ")), "{file} has no case of {subject}");
        }
    }
}

/// A checkout that has everything but the model of HXE.
fn without_a_model() -> PathBuf {
    let place = place("without-a-model");
    let link = |inside: &str, left_out: &str| {
        fs::create_dir_all(place.join(inside)).unwrap();
        for entry in fs::read_dir(root().join(inside)).unwrap() {
            let name = entry.unwrap().file_name();
            if name != left_out && name != "target" {
                symlink(root().join(inside).join(&name), place.join(inside).join(&name)).unwrap();
            }
        }
    };
    link("", "oracle");
    link("oracle", "python");
    link("oracle/python", "hxe_model");
    place
}

#[test]
fn without_the_second_reading_it_cannot_be_determined() {
    let arguments = ["conformance", "--subject", "hxe", "--quick", "--report", "report"];
    let place = without_a_model();
    let output = lockstep(&place, &arguments).env_remove("CARGO_MANIFEST_DIR").output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let said = text(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("there is no model: "), "{said}");
    assert!(said.contains("oracle/python/hxe_model is no folder"), "{said}");
    assert!(said.contains("no two machines of hxe are compared"), "{said}");
}
