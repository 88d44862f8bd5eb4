//! The loop of who writes a port: run, mend, run what had failed, or have all that done on every change.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{lockstep, place, root, text};
use oracle::report::Report;

/// What is right in the starter, and LDI that extends no sign.
const LDI: [&str; 2] = ["(immediate ^ 0x800) - 0x800 & 0xFFFFFFFF", "immediate"];

/// A folder with the starter in Python, in which one text is replaced by another.
fn port(name: &str, [right, wrong]: [&str; 2]) -> PathBuf {
    let folder = place(&format!("loop/{name}"));
    let made =
        lockstep(root(), &["init", folder.to_str().unwrap(), "--language", "python"]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made));
    let source = fs::read_to_string(folder.join("machine.py")).unwrap();
    assert!(source.contains(right));
    fs::write(folder.join("machine.py"), source.replace(right, wrong)).unwrap();
    folder
}

fn mend(folder: &Path) {
    let right = fs::read(root().join("oracle/examples/machine.py")).unwrap();
    fs::write(folder.join("machine.py"), right).unwrap();
}

/// The result of a quick run.
fn report(folder: &Path) -> Report {
    serde_json::from_slice(&fs::read(folder.join("lockstep/quick/report.json")).unwrap()).unwrap()
}

#[test]
fn what_has_failed_runs_again_until_it_is_mended() {
    let folder = port("rerun", LDI);
    let run = |options: &[&str]| lockstep(&folder, &[&["conformance"], options].concat()).output().unwrap();
    let output = run(&["--rerun-failed"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("there is no result yet"), "{}", text(&output));
    let first = run(&["--quick", "--cases", "1000", "--seed", "7"]);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first));
    let before = report(&folder);
    let again = run(&["--rerun-failed"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));
    let after = report(&folder);
    assert_eq!((&after.topics[..], after.seed, after.random_cases), (&["LDI".to_owned()][..], 7, 1000));
    assert_eq!((after.sweep_stride, after.findings.len()), (before.sweep_stride, before.findings.len()));
    let cases = |report: &Report| report.lanes.iter().map(|lane| lane.cases).sum::<u64>();
    assert!(cases(&after) < cases(&before) / 10, "{} of {}", cases(&after), cases(&before));
    // The starter gives no traces.
    let after = after.seen_from_outside(Path::new("lockstep/quick"));
    let replay = after.findings.iter().find(|finding| !finding.vector.is_empty()).unwrap();
    // How the program is called depends on whether Cargo builds within the checkout.
    let arguments =
        ["cargo xtask ", "lockstep "].iter().find_map(|called| replay.replay.strip_prefix(called));
    let replay = shlex::split(arguments.unwrap()).unwrap();
    let replay: Vec<&str> = replay.iter().map(String::as_str).collect();
    let shown = lockstep(&folder, &replay).output().unwrap();
    assert_eq!(shown.status.code(), Some(1), "{}", text(&shown));
    assert!(text(&shown).contains("mine: differs\n  r1: expected 0x"), "{}", text(&shown));
    mend(&folder);
    let failures = folder.join("lockstep/quick/failures");
    fs::write(failures.join("notes.yaml"), "mine").unwrap();
    let mended = run(&["--rerun-failed"]);
    assert_eq!(mended.status.code(), Some(0), "{}", text(&mended));
    // What is mended is not found there any more.
    let left: Vec<_> = fs::read_dir(failures).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.yaml"]);
    let nothing = run(&["--rerun-failed"]);
    assert_eq!(nothing.status.code(), Some(4), "{}", text(&nothing));
    assert!(text(&nothing).contains("nothing has failed there"), "{}", text(&nothing));
}

#[test]
fn a_run_that_leaves_something_out_replaces_no_whole_result() {
    let folder = port("whole", LDI);
    let run = |options: &[&str]| {
        let output =
            lockstep(&folder, &[&["conformance", "--cases", "10"], options].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    };
    run(&["--shard", "1/64"]);
    run(&["--quick"]);
    run(&["--opcode", "LDI"]);
    for kind in ["shard-1-of-64", "quick", "selected"] {
        assert!(folder.join("lockstep").join(kind).join("report.json").exists(), "{kind}");
    }
    assert!(!folder.join("lockstep/report.json").exists());
    let ladder = lockstep(&folder, &["ladder"]).output().unwrap();
    assert!(ladder.status.success(), "{}", text(&ladder));
}

#[test]
fn a_mistake_in_every_answer_runs_again_as_such() {
    let folder = port("form", ["\"psw\": vm.psw", "\"flags\": vm.psw"]);
    let run = |options: &[&str]| lockstep(&folder, &[&["conformance"], options].concat()).output().unwrap();
    let first = run(&["--quick", "--cases", "10"]);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first));
    assert!(report(&folder).findings.iter().all(|finding| finding.own_topic().is_none()));
    assert!(
        report(&folder).findings.iter().all(|finding| finding.page.is_none()),
        "no page treats all topics"
    );
    let again = run(&["--rerun-failed"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));
    assert!(report(&folder).topics.is_empty());
}

/// Cases that were not run because the machine was given up may fail yet, whatever they are about.
#[test]
fn what_was_not_run_runs_again_with_what_failed() {
    let folder = port("unrun", [LDI[0], "__import__('time').sleep(60)"]);
    let run = |options: &[&str]| lockstep(&folder, &[&["conformance"], options].concat()).output().unwrap();
    let first = run(&["--quick", "--cases", "10", "--time-limit", "1"]);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first));
    assert!(text(&first).contains("given up after 3 cases at which it hangs"), "{}", text(&first));
    assert!(report(&folder).lanes.iter().any(|lane| lane.counts.not_run > 0));
    assert!(report(&folder).findings.iter().any(|finding| finding.own_topic() == Some("LDI")));
    mend(&folder);
    let again = run(&["--rerun-failed"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again));
    assert!(report(&folder).topics.is_empty());
}

#[test]
fn a_change_of_the_machine_runs_it_again() {
    let folder = port("watch", LDI);
    let options = ["conformance", "--quick", "--cases", "100", "--watch"];
    let mut watching = Watching(lockstep(&folder, &options).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(watching.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut verdict = || {
        let mut lines = lines.by_ref().skip_while(|line| !line.contains("exit status"));
        let verdict = lines.next().unwrap();
        assert!(lines.any(|line| line == "--- watching machine.py lockstep.toml"));
        verdict
    };
    assert!(verdict().starts_with("a machine differs"));
    mend(&folder);
    assert!(verdict().starts_with("conformant"));
    fs::remove_file(folder.join("machine.py")).unwrap();
    mend(&folder);
    assert!(verdict().starts_with("conformant"));
    watching.end();
    assert_eq!(watching.0.wait().unwrap().code(), Some(130));
}

/// A command that goes on until it is told to end.
struct Watching(Child);

impl Watching {
    fn end(&self) {
        Command::new("kill").arg(self.0.id().to_string()).status().unwrap();
    }
}

impl Drop for Watching {
    /// A test that fails leaves nothing running.
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_none()) {
            self.end();
        }
    }
}

#[test]
fn there_must_be_something_to_watch() {
    let output = lockstep(root(), &["conformance", "--watch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("--watch needs a --machine"), "{}", text(&output));
}

#[test]
fn shells_can_complete_the_command_line() {
    for (shell, mark) in [("bash", "_lockstep()"), ("zsh", "#compdef lockstep"), ("fish", "lockstep")] {
        let output = lockstep(root(), &["completions", shell]).output().unwrap();
        assert!(output.status.success() && text(&output).contains(mark), "{}", text(&output));
        assert!(text(&output).contains("rerun-failed"), "{shell}");
    }
}
