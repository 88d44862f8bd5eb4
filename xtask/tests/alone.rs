//! The program alone, as it is installed: in a folder that is in no checkout, with nothing but what it carries.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{lockstep, text};
use oracle::report::Report;
use rstest::rstest;
use tempfile::TempDir;

/// A user who has nothing yet: a home, and in it a folder to work in.
struct User {
    home: TempDir,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("work")).unwrap();
        User { home }
    }

    /// A command in a folder below that to work in.
    fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = lockstep(&self.home.path().join("work").join(folder), arguments);
        // No Cargo runs it.
        command.env("HOME", self.home.path()).env_remove("CARGO_MANIFEST_DIR").env_remove("XDG_CACHE_HOME");
        command
    }

    /// What it says, if it ends with this status.
    fn says(&self, folder: &str, arguments: &[&str], status: i32) -> String {
        let output = self.command(folder, arguments).output().unwrap();
        let said = text(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(!said.contains("cargo xtask"), "{arguments:?}: {said}");
        said
    }

    fn report(&self, folder: &str) -> Report {
        let file = self.home.path().join("work").join(folder).join("report.json");
        serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
    }

    /// The folder that the carried files are in.
    fn carried(&self) -> std::path::PathBuf {
        let mut folders = fs::read_dir(self.home.path().join(".cache/lockstep")).unwrap();
        let folder = folders.next().unwrap().unwrap().path();
        assert!(folders.next().is_none(), "nothing is left beside {}", folder.display());
        folder
    }
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The vectors of one opcode.
const VECTORS: [&str; 6] = ["conformance", "--quick", "--opcode", "NOT", "--lane", "rust~vectors"];

#[test]
fn a_port_is_begun_checked_run_and_told_what_next() {
    let user = User::new();
    let said = user.says("", &["init", "port", "--language", "python"], 0);
    assert!(said.contains("next:\n  cd port\n  lockstep check && lockstep\n"), "{said}");
    let said = user.says("port", &["check", "--time-limit", "20"], 0);
    assert!(said.contains("44 right, 0 wrong, 0 not shown"), "{said}");
    let said = user.says("port", &[], 0);
    assert!(said.contains("conformant"), "{said}");
    let report = user.report("port/lockstep/quick");
    assert_eq!(report.arguments, ["conformance", "--quick"]);
    assert!(
        report.lanes.iter().all(|lane| lane.counts.agree > 0 && lane.skipped_because.is_none()),
        "{said}"
    );
    assert!(user.says("port", &["ladder"], 0).contains(" of 40; next "));
    user.says("port", &["report", "lockstep/quick"], 0);
    assert_eq!(names(&user.home.path().join("work")), ["port"]);
    assert_eq!(names(user.home.path()), [".cache", "work"]);
}

#[test]
fn results_lie_in_the_current_folder_and_a_failure_is_replayed() {
    let user = User::new();
    let said = user.says("", &[&VECTORS[..], &["--lane", "python~vectors"]].concat(), 0);
    assert!(said.contains("report: lockstep/quick/report.html"), "{said}");
    let lanes = user.report("lockstep/quick").lanes;
    assert!(lanes.iter().any(|lane| lane.lane.to_string() == "python~vectors"), "{said}");
    assert!(lanes.iter().all(|lane| lane.counts.agree > 0), "{said}");
    assert!(user.says("", &["--help"], 0).contains("Usage: lockstep"));
    assert!(user.says("", &[], 2).contains("Usage: lockstep"));
    assert!(user.says("", &["hxe", "--help"], 0).contains("Usage: lockstep hxe"));
    // A machine that extends no sign: the command of its finding works here.
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/examples");
    let right = fs::read_to_string(examples.join("machine.py")).unwrap();
    let machine = user.home.path().join("wrong.py");
    fs::write(&machine, right.replacen("(immediate ^ 0x800) - 0x800", "immediate", 1)).unwrap();
    let machine = format!("python3 '{}'", machine.display());
    let arguments = ["conformance", "--quick", "--opcode", "LDI", "--cases", "10", "--machine", &machine];
    user.says("", &[&arguments[..], &["--lane", "mine~vectors"]].concat(), 1);
    let replay = &user.report("lockstep/quick").findings[0].replay;
    let words = shlex::split(replay).unwrap();
    assert_eq!(words[..2], ["lockstep", "replay"]);
    let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let said = user.says("", &words, 1);
    assert!(said.contains("mine: differs"), "{said}");
}

#[test]
fn what_is_carried_is_what_is_tested() {
    let user = User::new();
    user.says("", &VECTORS, 0);
    let carried = user.carried();
    let file = carried.join("vectors/minivm/not.yaml");
    let right = fs::read(&file).unwrap();
    // Something is changed, something is missing, something is there that was not carried.
    fs::write(&file, "vectors: []\n").unwrap();
    user.says("", &VECTORS, 0);
    assert_eq!(fs::read(&file).unwrap(), right);
    fs::remove_file(&file).unwrap();
    user.says("", &VECTORS, 0);
    assert_eq!(fs::read(&file).unwrap(), right);
    let stranger = carried.join("vectors/minivm/stranger.yaml");
    fs::write(&stranger, "rubbish").unwrap();
    user.says("", &VECTORS, 0);
    assert!(!stranger.exists());
    assert_eq!(user.carried(), carried);
    for left_out in ["vectors/minivm/src", "vectors/minivm/Cargo.toml", "oracle/python/tests", "xtask"] {
        assert!(!carried.join(left_out).exists(), "{left_out}");
    }
}

#[test]
fn many_can_start_at_once() {
    let user = User::new();
    let start = |number: usize| {
        let report = format!("report-{number}");
        let mut command = user.command("", &[&VECTORS[..], &["--report", &report]].concat());
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(start).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert!(user.carried().is_dir());
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let user = User::new();
    let output = user.command("", &VECTORS).env("XDG_CACHE_HOME", "/proc/version/cache").output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot be unpacked in /proc/version/cache/lockstep"), "{said}");
}

#[rstest]
#[case(&["test"])]
#[case(&["nightly", "--minutes", "1"])]
#[case(&["budget"])]
#[case(&["hil"])]
#[case(&["fuzz"])]
#[case(&["bench"])]
#[case(&["conformance", "--target", "qemu"])]
fn what_needs_the_sources_says_so(#[case] arguments: &[&str]) {
    let user = User::new();
    let said = user.says("", arguments, 3);
    assert!(said.contains("works in a checkout of Lockstep only"), "{said}");
}

/// Whatever is wrong with the input of a fuzz target is said before something would have to be built.
#[rstest]
#[case("# target: nosuch\n00\n", 2, "input.hex: ")]
#[case("# target: step\n00\n0g\n", 2, "input.hex:3: ")]
#[case("# target: step\n00\n", 3, "checkout")]
fn an_input_of_a_fuzz_target_is_read_and_wants_the_checkout(
    #[case] input: &str,
    #[case] exit: i32,
    #[case] why: &str,
) {
    let user = User::new();
    fs::write(user.home.path().join("work/input.hex"), input).unwrap();
    let said = user.says("", &["replay", "input.hex"], exit);
    assert!(said.contains(why), "{said}");
}
