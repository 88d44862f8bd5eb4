//! The toy subject, of two instructions, from the command line: with one line in `subjects.rs` it appears in conformance,
//! replay, report, merging, machines and fuzzing, and nothing else knows of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use oracle::report::Report;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A checkout with the toy subject among the others: its folder lies where those of subjects lie.
fn checkout(name: &str) -> PathBuf {
    let checkout = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toy").join(name);
    let _ = fs::remove_dir_all(&checkout);
    for folder in ["vectors/toy", "oracle/python", "xtask"] {
        fs::create_dir_all(checkout.join(folder)).unwrap();
    }
    fs::copy(root().join("xtask/Cargo.toml"), checkout.join("xtask/Cargo.toml")).unwrap();
    for file in ["counting.yaml", "ledger.yaml"] {
        fs::copy(root().join("oracle/tests/toy").join(file), checkout.join("vectors/toy").join(file))
            .unwrap();
    }
    checkout
}

fn xtask(checkout: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command
        .current_dir(checkout)
        .env_remove("HSX_REFERENCE")
        .env_remove("COCKPIT_REFERENCE")
        .env_remove("GITHUB_ACTIONS");
    // The checkout is found from where the command is started, not from where it was compiled.
    command.env_remove("CARGO_MANIFEST_DIR");
    command.args(arguments).output().unwrap()
}

fn succeeds(checkout: &Path, arguments: &[&str]) -> String {
    let output = xtask(checkout, arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn stored(folder: &str) -> Report {
    serde_json::from_slice(&fs::read(Path::new(folder).join("report.json")).unwrap()).unwrap()
}

#[test]
fn one_line_is_enough_for_a_subject() {
    let checkout = checkout("one-line");
    let folder = |name: &str| checkout.join("target").join(name).display().to_string();

    let whole = folder("whole");
    let screen =
        succeeds(&checkout, &["conformance", "--subject", "toy", "--cases", "500", "--report", &whole]);
    assert!(screen.contains("toy") && screen.contains("rust~model/wraps"), "{screen}");
    let report = stored(&whole);
    assert_eq!(report.lanes.len(), 5, "two profiles, two machines with vectors, one lane across");
    let across = report.lanes.iter().find(|lane| lane.lane.is_across()).unwrap();
    assert!(across.counts.known > 0 && across.counts.differ == 0, "{across:?}");
    assert!(report.coverage().all(|coverage| coverage.holes().is_empty()));

    let screen = succeeds(&checkout, &["replay", "vectors/toy/counting.yaml", "inc-at-the-end"]);
    assert!(screen.contains("inc-at-the-end") && screen.contains("stays"), "{screen}");

    let shards = folder("shards");
    for part in ["1/2", "2/2"] {
        let options = ["--subject", "toy", "--cases", "500", "--shard", part, "--report", &shards];
        succeeds(&checkout, &[&["conformance"][..], &options].concat());
    }
    let merged = folder("merged");
    succeeds(&checkout, &["report", "--merge", &shards, "--out", &merged]);
    let (merged, whole) = (stored(&merged), stored(&whole));
    let verdicts = |report: &Report| -> Vec<_> {
        report.lanes.iter().map(|lane| (lane.lane.clone(), lane.counts, lane.points.clone())).collect()
    };
    assert_eq!(verdicts(&merged), verdicts(&whole));
    assert_eq!(merged.suites, whole.suites);
    let page = fs::read_to_string(checkout.join("target/merged/report.html")).unwrap();
    assert!(page.contains("at-the-end"), "the page has the subject's points");

    let output = xtask(&checkout, &["fuzz", "nothing-of-this-name"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cases"), "{output:?}");
}

/// A program that serves the toy, in some mode.
fn program(mode: &str) -> String {
    format!("python3 '{}' {mode}-alone", root().join("oracle/tests/programs/toy.py").display())
}

/// A whole run of the toy with a program.
fn run_with(checkout: &Path, program: &str) -> Output {
    xtask(checkout, &["conformance", "--subject", "toy", "--cases", "50", "--machine", program])
}

#[test]
fn a_statement_is_verified_with_its_machine() {
    let checkout = checkout("statement");
    let right = program("right");
    let run = run_with(&checkout, &right);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
    let result = ["--report", "target/lockstep/selected"];
    succeeds(&checkout, &[&["statement", "toy.py"], &result[..]].concat());
    let file = "target/lockstep/selected/statement-toy.py.json";
    let verify = |machines: &[&str]| {
        let output = xtask(&checkout, &[&["verify", file], machines].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (holds, said) = verify(&["--machine", &right]);
    assert_eq!(holds, Some(0), "{said}");
    // Without its machine nothing can be run again; that is no bug of ours.
    let (without, said) = verify(&[]);
    assert_eq!(without, Some(2), "{said}");
    assert!(said.contains("name the machines of the statement"), "{said}");
    // Two at once would read each other's results.
    let folder = checkout.join("target/lockstep/verify");
    let taken = fs::File::create(folder.join(".lock")).unwrap();
    taken.lock().unwrap();
    let (second, said) = verify(&["--machine", &right]);
    assert_eq!(second, Some(2), "{said}");
    assert!(said.contains("another run is writing to"), "{said}");
    drop(taken);
    // One that implements less does not do what was stated, although nothing of it differs.
    let (less, said) = verify(&["--machine", &program("unsupported")]);
    assert_eq!(less, Some(1), "{said}");
    assert!(said.contains("does not hold"), "{said}");
}

/// Two wrong machines may agree, and a lane alone is not all that a machine is asked.
#[test]
fn a_run_without_all_lanes_of_a_machine_states_nothing() {
    let checkout = checkout("lanes");
    let right = program("right");
    for (lane, status) in [("toy.py~toy.py-2/wraps", 0), ("toy.py~model/wraps", 0), ("toy.py~vectors", 0)] {
        let options =
            ["conformance", "--subject", "toy", "--cases", "50", "--machine", &right, "--machine", &right];
        let run = xtask(&checkout, &[&options[..], &["--lane", lane, "--lane", "toy.py-2~vectors"]].concat());
        assert_eq!(run.status.code(), Some(status), "{lane}: {}", String::from_utf8_lossy(&run.stderr));
        let refused = xtask(&checkout, &["statement", "toy.py", "--report", "target/lockstep/selected"]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "{lane}: {said}");
    }
}

/// A program that says `unsupported` to everything: no view of the run shows any of its cells, cases or lanes as passed.
#[test]
fn a_machine_that_supports_nothing_is_passed_in_no_view() {
    let checkout = checkout("nothing");
    let run = run_with(&checkout, &program("unsupported"));
    let screen = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(3), "{screen}");
    let own = screen.lines().filter(|line| line.contains("toy.py~"));
    assert!(own.clone().count() >= 2 && !own.clone().any(|line| line.contains('✓')), "{screen}");
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("toy.py 0 of "), "{screen}");
    assert!(!screen.contains("conformant:"), "{screen}");
    let folder = checkout.join("target/lockstep/selected");
    let report = stored(folder.to_str().unwrap());
    for lane in report.lanes.iter().filter(|lane| lane.lane.machine == "toy.py") {
        assert_eq!((lane.counts.passed(), lane.counts.unsupported), (0, lane.cases), "{}", lane.lane);
    }
    let coverage = report.coverage_of("toy.py");
    assert!(coverage.into_iter().all(|coverage| coverage.passed() == 0));
    let xml = fs::read_to_string(folder.join("junit.xml")).unwrap();
    assert!(xml.contains("<skipped") && xml.contains("could not be determined"), "{xml}");
    assert!(fs::read_to_string(folder.join("report.html")).unwrap().contains("unsupported"));
    let refused = xtask(&checkout, &["statement", "toy.py", "--report", "target/lockstep/selected"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not one case was compared"));
    assert!(!folder.join("statement-toy.py.json").exists());
}
