//! What the tests of programs share: the program in one of its modes, and cases for it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use oracle::machines::program::{Program, Spoken};
use oracle::{Answer, Cases, Machine, Profile, Subject};
use toy::{Toy, Toys};

pub const LIMIT: Duration = Duration::from_secs(20);
pub const WRAPS: Profile = Toy::PROFILES[0];

/// The command of the program in this mode, and the file that it leaves notes in.
pub fn command(mode: &str) -> (String, PathBuf) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/toy.py");
    let notes = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs").join(mode);
    std::fs::create_dir_all(notes.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&notes);
    (format!("python3 '{}' {mode} '{}'", script.display(), notes.display()), notes)
}

pub fn start(mode: &str, limit: Duration) -> Result<Program, String> {
    Program::start(&command(mode).0, limit)
}

pub fn machine(mode: &str, limit: Duration) -> Spoken {
    start(mode, limit).unwrap().machine::<Toy>(mode.into()).unwrap().unwrap()
}

/// Where in [`cases`] those are that are special to the program.
pub const SPECIAL: [usize; 4] = [40, 41, 296, 297];

/// 300 cases.
pub fn cases() -> Vec<Toys> {
    (0..300).map(|number| Toys { code: "d".into(), a: (number % 256) as u8 }).collect()
}

pub fn run(machine: &mut dyn Machine<Toy>, cases: &[Toys]) -> Vec<Answer<Toys>> {
    oracle::machine::run_checked(machine, WRAPS, cases)
}

pub fn right(case: &Toys) -> Answer<Toys> {
    Answer::Outcome(Toy::ledgered().unwrap().machine().run(WRAPS, &[], case).unwrap())
}

/// Whether the answers are right but at these positions. Gives the reasons there.
pub fn reasons_at(answers: &[Answer<Toys>], positions: &[usize]) -> Vec<String> {
    let cases = cases();
    assert_eq!(answers.len(), cases.len());
    let wrong: Vec<usize> = (0..cases.len()).filter(|&at| answers[at] != right(&cases[at])).collect();
    assert_eq!(wrong, positions, "{:?}", wrong.first().map(|&at| &answers[at]));
    positions.iter().map(|&at| answers[at].reason().unwrap().to_owned()).collect()
}

/// Waits until none of the processes lives whose numbers are in the file.
pub fn all_end(notes: &Path) {
    let text = std::fs::read_to_string(notes).unwrap();
    let pids: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert!(!pids.is_empty());
    let patience = Instant::now();
    for pid in pids {
        let lives = || {
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            !status.is_empty() && !status.contains(") Z")
        };
        while lives() {
            assert!(patience.elapsed() < Duration::from_secs(20), "{pid} of {text} lives");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// How often the program was started, by its notes.
pub fn starts(notes: &Path) -> usize {
    std::fs::read_to_string(notes).unwrap().lines().filter(|line| line.starts_with("hello")).count()
}
