//! Whoever exits without dropping anything kills all machines first. This test has its process for itself, because that
//! means every machine of it.

use std::path::Path;
use std::time::{Duration, Instant};

use oracle::machines::processes::kill_all_started;
use oracle::machines::program::Program;

fn lives(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z")
}

/// One that says hello, one that never gets so far and has left children behind, and one without an environment.
#[test]
fn all_machines_end_whatever_they_are_at() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/toy.py");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interrupted");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let notes = ["well", "hangs-at-hello", "bare"].map(|name| folder.join(name));
    let command = |before: &str, mode: &str, at: usize| {
        format!("{before}python3 '{}' {mode} '{}'", script.display(), notes[at].display())
    };
    let limit = Duration::from_secs(300);
    let _well = Program::start(&command("", "well", 0), limit).unwrap();
    let _bare = Program::start(
        &command(&format!("env -i PATH='{}' ", std::env::var("PATH").unwrap()), "well", 2),
        limit,
    )
    .unwrap();
    let hanging = command("", "hangs-at-hello", 1);
    let start = std::thread::spawn(move || Program::start(&hanging, limit).err());
    let numbers = |at: usize| -> Vec<String> {
        let text = std::fs::read_to_string(&notes[at]).unwrap_or_default();
        text.lines().filter_map(|line| Some(line.split_whitespace().last()?.to_owned())).collect()
    };
    let patience = Instant::now();
    while numbers(1).len() < 3 {
        assert!(patience.elapsed() < Duration::from_secs(60), "{:?}", numbers(1));
        std::thread::sleep(Duration::from_millis(20));
    }
    let before: Vec<String> = (0..3).flat_map(numbers).collect();
    assert!(before.len() >= 5 && before.iter().all(|pid| lives(pid)), "{before:?}");

    kill_all_started();
    let patience = Instant::now();
    while before.iter().any(|pid| lives(pid)) {
        assert!(patience.elapsed() < Duration::from_secs(20), "{before:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    // The one that hung would be started again to say hello in version 1; nothing is started any more.
    let why = start.join().unwrap().unwrap();
    assert!(why.contains("this process is ending"), "{why}");
    assert!(Program::start(&command("", "well", 0), limit).is_err());
}
