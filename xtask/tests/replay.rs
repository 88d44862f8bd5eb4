//! `cargo xtask replay`: a machine is judged by it as by a run.

mod common;

use std::process::{Command, Stdio};

use common::{lockstep, root, text};
use rstest::rstest;

#[rstest]
#[case::right("none", 0, "hostile: as expected")]
#[case::wrong_if_nobody_looks("wrong_unseen", 1, "hostile: differs")]
#[case::declines("declines", 3, "hostile: unsupported: not yet")]
#[case::says_more("one_too_many", 1, "which nobody asked for")]
#[case::other_subject("other_subject", 2, "does not know minivm")]
fn a_machine_is_judged_as_in_a_run(#[case] mode: &str, #[case] status: i32, #[case] says: &str) {
    let script = root().join("xtask/tests/hostile.py");
    let machine =
        format!("env PYTHONPATH={}/oracle/python python3 {} {mode}", root().display(), script.display());
    let arguments = ["replay", "vectors/minivm/not.yaml", "not-inverts", "--machine", &machine];
    let output = lockstep(root(), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{}", text(&output));
    let said = text(&output);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(says), "{said}");
}

#[test]
fn vectors_may_come_by_a_pipe() {
    let mut cat = Command::new("cat");
    let pipe = cat
        .arg(root().join("vectors/minivm/not.yaml"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
        .stdout
        .take()
        .unwrap();
    let output = lockstep(root(), &["replay", "/dev/stdin", "not-inverts"]).stdin(pipe).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("as expected"), "{}", text(&output));
}
