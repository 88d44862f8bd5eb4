//! What is printed: in colour when it is wanted, and lost without losing anything else.

mod common;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{lockstep, place, root, text};
use rstest::rstest;

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

/// The status and what is on standard error if all that is printed is lost on a full disk.
fn on_a_full_disk(command: &mut Command) -> (Option<i32>, String) {
    let output = command.stdout(File::create("/dev/full").unwrap()).stderr(Stdio::piped()).output().unwrap();
    (output.status.code(), text(&output))
}

/// The same if nobody reads it, nor what is on standard error.
fn unread(command: &mut Command) -> (Option<i32>, String) {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let alone = command.stdout(writer.try_clone().unwrap()).stderr(writer).output().unwrap().status;
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), alone.code());
    (alone.code(), text(&output))
}

const LOST: &str = "standard output: No space left on device (os error 28)\n";

#[test]
fn a_result_is_there_whatever_becomes_of_the_screen() {
    let (folder, mut full) = run("full");
    assert_eq!(on_a_full_disk(&mut full), (Some(0), format!("warning: {LOST}")));
    let (closed, mut pipe) = run("closed");
    assert_eq!(unread(&mut pipe), (Some(0), String::new()));
    for folder in [folder, closed] {
        for file in ["report.json", "report.html", "junit.xml"] {
            assert!(folder.join(file).exists(), "{file}");
        }
        assert!(!folder.join(".running").exists());
    }
}

/// The status is that of what they have found.
#[test]
fn who_has_a_verdict_keeps_it() {
    let result = result("verdicts");
    let vector = place("printing-vector");
    fs::create_dir_all(&vector).unwrap();
    let file = vector.join("wrong.yaml");
    let text = fs::read_to_string(root().join("vectors/minivm/not.yaml")).unwrap();
    let vector =
        "\n  - {name: not-of-one, rule: not.broken, code: 'NOT R1, R2', given: {r2: 1}, expect: {r1: 7}}\n";
    let rule = "rules:\n  not.broken: \"A rule that is wrong.\"\n";
    fs::write(&file, text.replacen("rules:\n", rule, 1) + vector).unwrap();
    let file = file.display().to_string();
    let commands: [(&[&str], i32); 4] = [
        (&["report", &result], 0),
        (&["report", &result, "--summary"], 0),
        (&["replay", &file, "not-of-one"], 1),
        (&["check", "cat"], 1),
    ];
    for (arguments, status) in commands {
        assert_eq!(
            on_a_full_disk(&mut lockstep(root(), arguments)),
            (Some(status), format!("warning: {LOST}")),
            "{arguments:?}"
        );
        assert_eq!(unread(&mut lockstep(root(), arguments)), (Some(status), String::new()), "{arguments:?}");
    }
}

/// What they print is all that they do.
#[rstest]
#[case(&["completions", "bash"])]
#[case(&["completions", "zsh"])]
#[case(&["isa", "minivm"])]
#[case(&["differences", "minivm"])]
#[case(&["--help"])]
#[case(&["report", "--help"])]
fn what_is_asked_for_and_cannot_be_printed_is_an_error(#[case] arguments: &[&str]) {
    let whole = lockstep(root(), arguments).output().unwrap();
    assert!(whole.status.success() && whole.stdout.len() > 100, "{}", text(&whole));
    assert_eq!(on_a_full_disk(&mut lockstep(root(), arguments)), (Some(2), format!("error: {LOST}")));
    assert_eq!(unread(&mut lockstep(root(), arguments)), (Some(0), String::new()));
}

/// What a machine answers, too.
#[rstest]
#[case("rust")]
#[case("c")]
fn a_machine_that_cannot_answer_is_no_bug_of_ours(#[case] name: &str) {
    let mut machine = lockstep(root(), &["machine", name]);
    machine.stdin(Stdio::piped()).stdout(File::create("/dev/full").unwrap()).stderr(Stdio::piped());
    let mut machine = machine.spawn().unwrap();
    machine.stdin.take().unwrap().write_all(b"{\"op\": \"hello\", \"protocol\": 1}\n").unwrap();
    let output = machine.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).starts_with("error: standard input or output"), "{}", text(&output));
}

/// A subject prints by itself.
#[test]
fn a_subject_that_cannot_print_says_why() {
    let folder = place("printing-image");
    fs::create_dir_all(&folder).unwrap();
    let image = folder.join("gcd.hxe").display().to_string();
    let build = lockstep(root(), &["hxe", "build", "vectors/minivm/programs/gcd.mvasm", "-o", &image]);
    assert!({ build }.output().unwrap().status.success());
    let info = || lockstep(root(), &["hxe", "info", &image]);
    assert_eq!(on_a_full_disk(&mut info()), (Some(2), format!("error: {LOST}")));
    assert_eq!(unread(&mut info()), (Some(141), String::new()));
}

/// Files that a command makes are all there, even if it cannot say so.
#[test]
fn files_are_written_before_they_are_told_of() {
    let [port, tables] = ["port", "tables"].map(|name| place(&format!("printing-{name}")));
    let init = ["init", port.to_str().unwrap(), "--language", "python"];
    assert_eq!(on_a_full_disk(&mut lockstep(root(), &init)), (Some(2), format!("error: {LOST}")));
    assert!(port.join("lockstep.toml").exists() && port.join("machine.py").exists());
    let export = ["export", "minivm", "--out", tables.to_str().unwrap()];
    assert_eq!(on_a_full_disk(&mut lockstep(root(), &export)), (Some(2), format!("error: {LOST}")));
    assert!(fs::read_dir(&tables).unwrap().count() > 3);
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
