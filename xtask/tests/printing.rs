//! What is printed: in colour when it is wanted.

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{lockstep, place, root, text};

/// A run that takes a moment, with its result in a folder of this name.
fn run(name: &str) -> (PathBuf, Command) {
    let folder = place(&format!("printing-{name}"));
    let mut run =
        lockstep(root(), &["conformance", "--quick", "--subject", "control", "--lane", "rust~vectors"]);
    run.arg("--report").arg(&folder);
    (folder, run)
}

/// A result that is there.
fn result(name: &str) -> String {
    let (folder, mut run) = run(name);
    let output = run.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    folder.display().to_string()
}

#[test]
fn colour_is_shown_when_it_is_wanted() {
    let result = result("colour");
    let colours = |arguments: &[&str]| {
        let mut report = lockstep(root(), arguments);
        let output = report.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        output.stdout.iter().filter(|byte| **byte == 0x1b).count()
    };
    assert_eq!(colours(&["report", &result]), 0, "this is no terminal");
    let always = colours(&["report", &result, "--color", "always"]);
    assert!(always > 0);
    assert_eq!(colours(&["--color", "always", "report", &result]), always, "before the command");
    let forced = |when: &str| {
        let mut report = lockstep(root(), &["report", &result, "--color", when]);
        report.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").output().unwrap().stdout.contains(&0x1b)
    };
    assert!(forced("auto") && !forced("never"), "as on a terminal");
    assert_eq!(colours(&["report", &result, "--summary", "--color", "always"]), 0, "Markdown has none");
}
