//! Jobs end in time, with all that they have started, and say why where they do not run.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use oracle::jobs::{Job, run};
use oracle::report::{Exit, Part};

/// A program that knows the commands of the test.
const PROGRAM: &str = r#"#!/bin/sh
case "$1 $2" in
    "good --help" | "long --help" | "cannot --help" | "differs --help") exit 0 ;;
    good*) echo "$3" > "$2" ;;
    differs*) echo different; exit 1 ;;
    cannot*) echo working; echo "error: no emulator is installed" >&2; exit 3 ;;
    long*) sleep 600 & echo $! > "$2"; wait ;;
    *) exit 2 ;;
esac
"#;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jobs").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn part(name: &str, limit: Duration) -> (Part, PathBuf) {
    let folder = folder(&format!("{name}-{}", limit.as_secs()));
    let program = folder.join("program");
    fs::write(&program, PROGRAM).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let result = folder.join("report.json");
    let job = Job { name: name.into(), arguments: vec![result.display().to_string(), "done".into()], limit };
    (run(&program, &job, &folder, &result).unwrap(), result)
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_job_that_ends_has_its_status() {
    let (good, result) = part("good", LONG);
    assert_eq!((good.exit, good.skipped_because), (Some(0), None));
    assert_eq!(fs::read_to_string(result).unwrap(), "done\n");
    let (differs, result) = part("differs", LONG);
    assert_eq!(differs.exit, Some(Exit::Differs as u8));
    assert_eq!(fs::read_to_string(result.with_file_name("differs.log")).unwrap(), "different\n");
}

#[test]
fn a_job_that_cannot_run_is_skipped_with_its_reason() {
    let because = |name, limit| {
        let (part, _) = part(name, limit);
        assert_eq!(part.exit, None);
        part.skipped_because.unwrap()
    };
    assert_eq!(because("cannot", LONG), "no emulator is installed");
    assert_eq!(because("unknown", LONG), "there is no command `unknown`");
    assert_eq!(because("good", Duration::ZERO), "no time is left for it");
}

#[test]
fn a_job_that_takes_too_long_is_ended_with_its_children() {
    let start = Instant::now();
    let (part, result) = part("long", Duration::from_secs(1));
    assert_eq!(part.exit, Some(Exit::Undetermined as u8));
    assert_eq!(part.skipped_because.as_deref(), Some("it was ended after 1 s"));
    assert!(start.elapsed() < Duration::from_secs(60));
    let child = fs::read_to_string(result).unwrap();
    let lives = || {
        let status = fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z")
    };
    let patience = Instant::now();
    while lives() {
        assert!(patience.elapsed() < Duration::from_secs(30), "the child {child} lives");
        std::thread::sleep(Duration::from_millis(20));
    }
}
