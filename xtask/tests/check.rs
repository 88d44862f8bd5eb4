//! Talking to machines from the command line: those of the project are right in every line, and a talk ends as it says.

use std::path::Path;
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn check(command: &[&str]) -> Output {
    let mut check = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    check.current_dir(root()).env("PYTHONPATH", root().join("oracle/python"));
    check.args(["check", "--time-limit", "20"]).args(command).output().unwrap()
}

/// What it prints, if every line is right.
fn is_right(command: &[&str]) -> String {
    let output = check(command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let dialogues = oracle::check::dialogues().count();
    assert!(text.contains(&format!("{dialogues} right, 0 wrong, 0 not shown: exit status 0")), "{text}");
    text
}

#[test]
fn the_machine_in_c_is_right() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checked");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=gnu11", "-O2", "-o"]).arg(&program).arg(root().join("oracle/examples/machine.c"));
    assert!(compiler.status().unwrap().success());
    let text = is_right(&[program.to_str().unwrap()]);
    assert!(text.starts_with("mine 0.1.0 · protocol 1 · cases of minivm in reference\n"), "{text}");
}

#[test]
fn our_own_machines_are_right() {
    is_right(&[env!("CARGO_BIN_EXE_lockstep"), "machine", "rust"]);
    is_right(&[env!("CARGO_BIN_EXE_lockstep"), "machine", "c"]);
    is_right(&[env!("CARGO_BIN_EXE_lockstep"), "machine", "python"]);
    is_right(&["python3 -m lockstep_model"]);
}

#[test]
fn what_is_no_machine_is_wrong_and_what_is_no_command_is_wrong_usage() {
    let output = check(&["cat"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("✗ hello"));
    assert_eq!(check(&["vm 'open"]).status.code(), Some(2));
    assert_eq!(check(&[]).status.code(), Some(2));
}
