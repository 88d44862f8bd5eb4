//! Folders to start a port from: what is written builds, is right in every line, and `lockstep.toml` is all that a command
//! needs.

mod common;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{lockstep, root, text};
use oracle::report::Report;
use rstest::rstest;

/// A place outside of everything, which a test has for itself.
fn place(name: &str) -> PathBuf {
    common::place(&format!("init/{name}"))
}

fn xtask(folder: &Path, arguments: &[&str]) -> Output {
    lockstep(folder, arguments).output().unwrap()
}

fn init(folder: &Path, language: &str) -> Output {
    xtask(root(), &["init", folder.to_str().unwrap(), "--language", language])
}

/// Whether the program is installed.
fn is_there(program: &str) -> bool {
    let version = if program == "go" { "version" } else { "--version" };
    Command::new(program).arg(version).output().is_ok_and(|output| output.status.success())
}

#[rstest]
#[case("python", "python3", &[])]
#[case("c", "cc", &["-std=gnu11", "-O2", "-o", "machine", "machine.c"])]
#[case("rust", "cargo", &["build", "--release"])]
#[case("c++", "c++", &["-std=c++17", "-O2", "-o", "machine", "machine.cpp"])]
#[case("go", "go", &["build", "-o", "machine", "machine.go"])]
// What the package installs before.
#[case("typescript", "tsc", &["-p", "."])]
fn a_starter_is_right_and_runs_by_one_word(
    #[case] language: &str,
    #[case] compiler: &str,
    #[case] arguments: &[&str],
) {
    let folder = place(language);
    let output = init(&folder, language);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("lockstep check && lockstep\n"), "{}", text(&output));
    let workflow = fs::read_to_string(folder.join(".github/workflows/lockstep.yml")).unwrap();
    let build = match compiler {
        "tsc" => "npm install && npm run build".into(),
        _ => [&[compiler][..], arguments].concat().join(" "),
    };
    assert_eq!(workflow.contains(&format!("- run: {build}\n")), !arguments.is_empty(), "{workflow}");
    if !is_there(compiler) {
        // Past what tests print, which nobody sees of one that passes.
        let _ = writeln!(io::stderr(), "skipped: the starter in {language}: {compiler} is not installed");
        return;
    }
    if !arguments.is_empty() {
        let mut builds = Command::new(compiler);
        // What the project depends on has been fetched already.
        builds.current_dir(&folder).env("CARGO_NET_OFFLINE", "true").env_remove("CARGO_TARGET_DIR");
        let output = builds.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    let output = xtask(&folder, &["check", "--time-limit", "20"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("44 right, 0 wrong, 0 not shown"), "{}", text(&output));
    let output = xtask(&folder, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let report: Report =
        serde_json::from_slice(&fs::read(folder.join("lockstep/quick/report.json")).unwrap()).unwrap();
    assert_eq!(report.lanes.len(), 2, "the lanes of the file, and no other: {}", text(&output));
    let counts = report.lanes.iter().map(|lane| lane.counts);
    assert!(counts.clone().all(|counts| counts.agree > 0 && counts.unsupported > 0), "{}", text(&output));
    let output = xtask(&folder, &["ladder"]);
    assert!(text(&output).contains(" of 40; next "), "{}", text(&output));
}

#[test]
fn no_file_is_replaced() {
    let folder = place("twice");
    assert_eq!(init(&folder, "python").status.code(), Some(0));
    fs::write(folder.join("machine.py"), "mine").unwrap();
    fs::remove_file(folder.join("lockstep.toml")).unwrap();
    let output = init(&folder, "python");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("is there already"), "{}", text(&output));
    assert_eq!(fs::read_to_string(folder.join("machine.py")).unwrap(), "mine");
    assert!(!folder.join("lockstep.toml").exists());
}

#[rstest]
#[case("machines = 7", "invalid type")]
#[case("machine = []", "unknown field `machine`")]
#[case("lanes = [\"rust\"]", "lane rust")]
#[case("profile = \"lenient\"", "there is no profile `lenient`")]
#[case("machines = [", "lockstep.toml")]
fn a_file_that_is_wrong_is_told_before_anything_runs(#[case] config: &str, #[case] why: &str) {
    let folder = place(&why.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("lockstep.toml"), config).unwrap();
    let output = xtask(&folder, &["conformance", "--quick"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains(why), "{}", text(&output));
}

#[test]
fn options_come_before_the_file() {
    let folder = place("options");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("port.toml");
    fs::write(
        &file,
        "machines = [\"/nowhere/vm\"]\nlanes = [\"rust~vectors\"]\nreport = \"from-the-file\"\n",
    )
    .unwrap();
    let with = |options: &[&str]| {
        let config =
            ["conformance", "--quick", "--subject", "minivm", "--cases", "0", "--config", "port.toml"];
        xtask(&folder, &[&config[..], options].concat())
    };
    let output = with(&[]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let machine = format!("{} machine rust", env!("CARGO_BIN_EXE_lockstep"));
    let output = with(&["--machine", &machine, "--lane", "rust-2~vectors", "--report", "given"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(folder.join("given/report.json").exists() && !folder.join("from-the-file").exists());
}
