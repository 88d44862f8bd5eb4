//! What a program says does not fill the memory of this process, which this test has for itself.

use std::path::Path;
use std::time::Duration;

use oracle::machine::{FailureKind, run_checked};
use oracle::machines::program::Program;
use oracle::{Answer, Cases};
use toy::{Toy, Toys};

/// The most memory that this process has ever taken, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn answers_of_50_mb_each_are_dropped() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/toy.py");
    let program =
        Program::start(&format!("python3 '{}' large", script.display()), Duration::from_secs(60)).unwrap();
    let mut machine = program.machine::<Toy>("large".into()).unwrap().unwrap();
    let before = peak();
    let cases = vec![Toys { code: "i".into(), a: 1 }; 6];
    let answers = run_checked::<Toy>(&mut machine, Toy::PROFILES[0], &cases);
    let (last, first) = answers.split_last().unwrap();
    for answer in first {
        assert!(matches!(answer, Answer::Broken(failure) if failure.kind == FailureKind::Form), "{answer:?}");
    }
    // The last goes alone, and a case that does may have a long answer. What is kept of it is short.
    let Answer::Unsupported(why) = last else { panic!("{last:?}") };
    assert!(why.len() < 1000);
    let taken = peak() - before;
    assert!(taken < 400 << 20, "{} MiB", taken >> 20);
}
