//! Exported vectors: in C they compile without a warning and run, in JSON they are what machines answer, in Rust they need
//! no standard library.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{lockstep, place, root, text};
use rstest::rstest;

/// What lies beside this file.
fn helper(name: &str) -> PathBuf {
    root().join("xtask/tests/export").join(name)
}

/// What a command says that ends with this status.
fn says(command: &mut Command, status: i32) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{command:?}: {}", text(&output));
    text(&output)
}

/// The vectors of a subject, in a folder of its own.
fn exported(subject: &str, name: &str) -> PathBuf {
    let folder = place(&format!("export/{name}"));
    says(lockstep(root(), &["export", subject, "--out"]).arg(&folder), 0);
    folder
}

/// The number in front of a word.
fn count(said: &str, word: &str) -> u64 {
    let at = said.find(&format!(" {word}")).unwrap_or_else(|| panic!("{word}: {said}"));
    said[..at].rsplit([' ', '\n']).next().unwrap().parse().unwrap()
}

const STRICTLY: [&str; 4] = ["-std=c11", "-Wall", "-Wextra", "-Werror"];

/// Compiles runner and port, with the VM of the folder if it has one, else that of the examples.
fn compiled(folder: &Path) -> PathBuf {
    let program = folder.join("vectors");
    let mut compiler = Command::new("cc");
    compiler.args(STRICTLY).arg("-I").arg(folder).arg("-I").arg(root().join("oracle/examples"));
    compiler.arg("-o").arg(&program).arg(folder.join("minivm_runner.c")).arg(helper("port.c"));
    says(&mut compiler, 0);
    program
}

#[test]
fn tables_in_c_run_on_a_port() {
    let folder = exported("minivm", "c");
    let said = says(&mut Command::new(compiled(&folder)), 0);
    assert!(count(&said, "agree") > 100 && count(&said, "unsupported") > 100, "{said}");
    assert_eq!(count(&said, "differ"), 0, "{said}");
    let runner = fs::read_to_string(folder.join("minivm_runner.c")).unwrap();
    assert!(runner.lines().count() <= 60);
    // The suite is named in every file and by the runner.
    let suite = said.rsplit(": ").next().unwrap().trim();
    assert!(suite.starts_with("suite ") && suite.len() > 70, "{suite}");
    for file in ["minivm.jsonl", "minivm_vectors.h", "minivm_vectors.rs"] {
        assert!(fs::read_to_string(folder.join(file)).unwrap().contains(suite), "{file}");
    }
    let mut as_cpp = Command::new("c++");
    as_cpp.args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++"]);
    says(as_cpp.arg(folder.join("minivm_vectors.h")), 0);
}

#[test]
fn a_port_that_is_wrong_is_told_by_the_tables() {
    let folder = exported("minivm", "c-wrong");
    let right = fs::read_to_string(root().join("oracle/examples/machine.c")).unwrap();
    let wrong = right.replacen("imm & 0x800 ? imm | 0xFFFFF000u : imm", "imm", 1);
    assert_ne!(right, wrong);
    fs::write(folder.join("machine.c"), wrong).unwrap();
    let said = says(&mut Command::new(compiled(&folder)), 1);
    assert!(said.contains("ldi-min (ldi.result): differs in regs\n"), "{said}");
}

/// What ten lines of Python say of a machine that is fed with the lines.
fn driven(file: &Path, machine: &[&str]) -> String {
    let mut command = Command::new("python3");
    command.current_dir(root()).arg(helper("drive.py")).arg(file);
    says(command.args(machine), 0)
}

#[rstest]
#[case("minivm", 2000)]
#[case("hxe", 100)]
#[case("control", 100)]
#[case("cockpit", 500)]
#[case("executive", 100)]
fn lines_are_what_machines_answer(#[case] subject: &str, #[case] least: usize) {
    let file = exported(subject, &format!("{subject}-lines")).join(format!("{subject}.jsonl"));
    let lines = fs::read_to_string(&file).unwrap().lines().count() - 1;
    assert!(lines >= least, "{lines}");
    let said = driven(&file, &[env!("CARGO_BIN_EXE_lockstep"), "machine", "rust"]);
    assert_eq!(said, format!("{{'agree': {lines}, 'differ': 0, 'unsupported': 0}}\n"));
    let model = driven(&file, &[env!("CARGO_BIN_EXE_lockstep"), "machine", "python"]);
    assert_eq!(model, said);
}

#[test]
fn a_machine_that_is_wrong_is_told_by_the_lines() {
    let folder = exported("minivm", "lines-wrong");
    let right = fs::read_to_string(root().join("oracle/examples/machine.py")).unwrap();
    let wrong = folder.join("machine.py");
    fs::write(&wrong, right.replacen("(immediate ^ 0x800) - 0x800", "immediate", 1)).unwrap();
    let said = driven(&folder.join("minivm.jsonl"), &["python3", wrong.to_str().unwrap()]);
    assert!(!said.contains("'differ': 0,") && !said.contains("'agree': 0,"), "{said}");
}

const PACKAGE: &str = r#"[package]
name = "tables"
version = "0.1.0"
edition = "2024"

[dependencies]
minivm = { path = "VM" }

[workspace]
"#;

#[test]
fn the_module_in_rust_needs_no_library_and_runs() {
    let folder = exported("minivm", "rust");
    fs::create_dir(folder.join("src")).unwrap();
    let vm = root().join("vm/minivm").display().to_string();
    fs::write(folder.join("Cargo.toml"), PACKAGE.replace("VM", &vm)).unwrap();
    let library = "//! Tables of vectors.\n#![no_std]\n#![deny(missing_docs, warnings)]\npub mod vectors;\n";
    fs::write(folder.join("src/lib.rs"), library).unwrap();
    fs::copy(folder.join("minivm_vectors.rs"), folder.join("src/vectors.rs")).unwrap();
    fs::copy(helper("tables.rs"), folder.join("src/main.rs")).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new("cargo");
    // What the VM depends on has been fetched already.
    cargo.current_dir(&folder).args(["run", "--quiet", "--offline"]).env_remove("CARGO_TARGET_DIR");
    let said = says(&mut cargo, 0);
    assert!(said.starts_with("suite ") && said.trim_end().ends_with("] agree"), "{said}");
}
