//! Jobs end in time, with all that they have started, and say why where they do not run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oracle::jobs::{Job, run};
use oracle::report::{Exit, Part};

/// A file of the project, because a file that a test has just written is "busy" as long as any child
/// that another test has started meanwhile holds it open.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jobs/program.sh");

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jobs").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn part(name: &str, test: &str, limit: Duration, interrupt: &AtomicBool) -> (Part, PathBuf) {
    let folder = folder(&format!("{name}-{test}"));
    let result = folder.join("report.json");
    let job = Job { name: name.into(), arguments: vec![result.display().to_string(), "done".into()], limit };
    (run(Path::new(PROGRAM), &job, &folder, &result, interrupt).unwrap(), result)
}

const LONG: Duration = Duration::from_secs(60);
static NO: AtomicBool = AtomicBool::new(false);

#[test]
fn a_job_that_ends_has_its_status() {
    let (good, result) = part("good", "ends", LONG, &NO);
    assert_eq!((good.exit, good.skipped_because), (Some(0), None));
    assert_eq!(fs::read_to_string(result).unwrap(), "done\n");
    let (differs, result) = part("differs", "ends", LONG, &NO);
    assert_eq!(differs.exit, Some(Exit::Differs as u8));
    assert_eq!(fs::read_to_string(result.with_file_name("differs.log")).unwrap(), "different\n");
}

#[test]
fn a_job_that_cannot_run_is_skipped_with_its_reason() {
    let because = |name, limit, interrupt| {
        let (part, _) = part(name, "skipped", limit, interrupt);
        assert_eq!(part.exit, None);
        part.skipped_because.unwrap()
    };
    assert_eq!(because("cannot", LONG, &NO), "no emulator is installed");
    assert_eq!(because("good", Duration::ZERO, &NO), "no time is left for it");
    assert_eq!(because("good", LONG, &AtomicBool::new(true)), "the run was interrupted");
}

/// The child is in a process group of its own, as emulators and programs under test are.
#[test]
fn a_job_that_takes_too_long_is_ended_with_its_children() {
    let start = Instant::now();
    let (part, result) = part("long", "late", Duration::from_secs(5), &NO);
    assert_eq!(part.exit, Some(Exit::Undetermined as u8));
    assert_eq!(part.skipped_because.as_deref(), Some("it was ended after 5 s"));
    assert!(start.elapsed() < LONG);
    ends(&result);
}

#[test]
fn a_job_that_is_interrupted_is_ended_with_its_children() {
    let interrupt = AtomicBool::new(false);
    let result = folder("long-interrupted").join("report.json");
    let (part, result) = std::thread::scope(|scope| {
        let job = scope.spawn(|| part("long", "interrupted", LONG, &interrupt));
        while !fs::read_to_string(&result).is_ok_and(|pid| pid.ends_with('\n')) {
            assert!(!job.is_finished(), "it ends before it has begun");
            std::thread::sleep(Duration::from_millis(20));
        }
        interrupt.store(true, Ordering::Relaxed);
        job.join().unwrap()
    });
    assert_eq!(part.exit, Some(Exit::Interrupted as u8));
    assert_eq!(part.skipped_because.as_deref(), Some("it was interrupted"));
    ends(&result);
}

/// Waits until the process ends whose number is in the file.
fn ends(result: &Path) {
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
