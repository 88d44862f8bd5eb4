//! Shards from the command line: run apart, merged, the same as one run.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::comparable;
use oracle::report::{Finding, Report};

fn xtask(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command
        .current_dir(root)
        .env_remove("HSX_REFERENCE")
        .env_remove("COCKPIT_REFERENCE")
        .env_remove("GITHUB_ACTIONS")
        .args(arguments);
    command.output().unwrap()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name)
}

fn conformance(shard: &str, name: &str) -> String {
    let folder = folder(name).display().to_string();
    let options = ["--quick", "--opcode", "ADC", "--cases", "400", "--shard", shard, "--report", &folder];
    let output = xtask(&[&["conformance"][..], &options].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

#[test]
fn merged_shards_are_one_run() {
    let whole = conformance("1/1", "whole");
    let _ = fs::remove_dir_all(folder("shards"));
    let all = folder("shards").display().to_string();
    for part in ["1/4", "2/4", "3/4", "4/4"] {
        conformance(part, "shards");
    }
    let shard = |part: u32| format!("{all}/shard-{part}-of-4");
    let merged = folder("merged").display().to_string();
    let merge =
        |results: &[&str]| xtask(&[&["report", "--merge"][..], results, &["--out", &merged]].concat());
    let output = merge(&[&all]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(comparable(Path::new(&merged)), comparable(Path::new(&whole)));
    assert!(Path::new(&merged).join("report.html").exists());

    let over = xtask(&["report", "--merge", &all, "--out", &shard(2)]);
    assert_eq!(over.status.code(), Some(2), "a shard must not be lost");
    assert!(String::from_utf8_lossy(&over.stderr).contains("the merged result would take its place"));

    let refused = |results: &[&str]| {
        let output = merge(results);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(
        refused(&[&shard(1), &shard(1)]).starts_with("error: conformance: shards are there twice: 1/4\n")
    );
    let nothing = folder("nothing");
    fs::create_dir_all(&nothing).unwrap();
    assert!(refused(&[&nothing.display().to_string()]).contains("there is no report.json"));

    // One was killed, one never came.
    fs::write(Path::new(&shard(2)).join(reports::stored::MARK_FILE), "1").unwrap();
    fs::remove_dir_all(shard(4)).unwrap();
    let error = refused(&[&all]);
    assert!(error.contains("shard-2-of-4: a run has begun here and has not ended\n"), "{error}");
    assert!(error.contains("error: conformance: shards are missing: 2/4, 4/4\n"), "{error}");
    let command =
        format!("  cargo xtask conformance --quick --opcode ADC --cases 400 --report {all} --shard 4/4\n");
    assert!(error.ends_with(&command), "{error}");
    let output = merge(&[&all, "--partial"]);
    assert_eq!(output.status.code(), Some(3), "what is not there is never conformant");
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(screen.contains("skipped conformance 4/4: it is missing: cargo xtask conformance"), "{screen}");

    // What is printed makes what is missing.
    for part in ["2/4", "4/4"] {
        conformance(part, "shards");
    }
    assert_eq!(merge(&[&all]).status.code(), Some(0));
    assert_eq!(comparable(Path::new(&merged)), comparable(Path::new(&whole)));

    // A part can be looked at, but not stated.
    assert_eq!(xtask(&["report", &shard(1), "--summary"]).status.code(), Some(0));
    let output = xtask(&["statement", "rust", "--report", &shard(1)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("shard"), "{output:?}");
}

#[test]
fn issues_are_files_whatever_they_are_about() {
    let result = folder("panics");
    let mut report = Report::new("fuzz", None, 1);
    let finding = |topic: &str| Finding { topic: topic.into(), subject: "fuzz".into(), ..Finding::default() };
    report.findings = vec![finding("src/asm/operand.rs:12"), finding("src/asm-operand.rs:12"), finding("..")];
    assert_eq!(reports::write(&report, &result), [""; 0]);
    let issues = result.join("issues");
    let _ = fs::remove_dir_all(&issues);
    let [result, folder] = [&result, &issues].map(|path| path.display().to_string());
    let output = xtask(&["report", &result, "--issues", &folder]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let titles = fs::read_dir(&issues)
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap().lines().next().unwrap().to_owned());
    assert_eq!(titles.filter(|title| title.starts_with("[lockstep fuzz ")).count(), 3);
}

/// A file or a disk that somebody has named is not our own bug.
#[test]
fn a_view_that_cannot_be_written_is_named() {
    let result = folder("views");
    let mut report = Report::new("fuzz", None, 1);
    report.findings = vec![Finding { topic: "a".into(), subject: "fuzz".into(), ..Finding::default() }];
    assert_eq!(reports::write(&report, &result), [""; 0]);
    let result = result.display().to_string();
    let places = [
        ("--html", "/dev/full"),
        ("--junit", "/dev/full"),
        ("--history", "README.md"),
        ("--issues", "README.md/issues"),
    ];
    for (option, file) in places {
        let output = xtask(&["report", &result, option, file]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{option}: {said}");
        assert!(said.starts_with(&format!("error: {file}")), "{option}: {said}");
    }
}

/// What cannot be stored does not leave what was there before as if it were it.
#[test]
fn a_result_that_cannot_be_stored_is_none() {
    let result = folder("lost");
    let _ = fs::remove_dir_all(&result);
    let good = Report::new("fuzz", None, 1);
    assert_eq!(reports::write(&good, &result), [""; 0]);
    assert!(reports::stored::read(&result).is_ok());
    // A file in the place of the new one cannot be put there: it is a folder that is not empty.
    fs::create_dir_all(result.join("report.new/in-the-way")).unwrap();
    let lost = reports::write(&good, &result);
    assert!(lost.len() == 2 && lost[0].contains("report.json: "), "{lost:?}");
    let why = reports::stored::read(&result).unwrap_err();
    assert!(why.ends_with("a run has begun here and has not ended with a result"), "{why}");
    fs::remove_dir_all(result.join("report.new")).unwrap();
    assert_eq!(reports::write(&good, &result), [""; 0]);
    assert!(reports::stored::read(&result).is_ok());

    let output = xtask(&["report", "--merge", &result.display().to_string(), "--out", "/dev/full"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("error: /dev/full: the merged result could not be written"), "{said}");
}

#[test]
fn what_is_no_statement_differs_in_nothing() {
    let refused = |file: &str| {
        let output = xtask(&["verify", file]);
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for file in ["xtask/no/such/file", "/dev/null", "README.md"] {
        let (exit, said) = refused(file);
        assert!(exit == 2 && said.starts_with(&format!("error: {file}: ")), "{exit}: {said}");
    }
    let changed = folder("changed.json");
    fs::create_dir_all(changed.parent().unwrap()).unwrap();
    let statement = serde_json::json!({
        "statement": reports::statement::VERSION, "machine": "mine", "suite_version": "0", "commit": null,
        "suites": [], "lanes": [], "coverage": [], "seed": 1, "random_cases": 0, "builds": [], "results": "",
        "exhausted": [], "seal": "",
    });
    fs::write(&changed, statement.to_string()).unwrap();
    let (exit, said) = refused(&changed.display().to_string());
    assert!(exit == 1 && said.contains("the seal does not fit"), "{exit}: {said}");
}
