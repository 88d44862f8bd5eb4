//! Programs that misbehave as machines: each run ends by itself, names the case, has the right exit status, leaves no
//! process behind, and the other lanes' verdicts are those of a run without the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::Value;

const OWN_LANES: usize = 5;

struct Run {
    exit: i32,
    report: Value,
    screen: String,
    took: Duration,
}

impl Run {
    fn lanes(&self) -> &[Value] {
        self.report["lanes"].as_array().unwrap()
    }

    /// The verdicts of lanes between our own machines; times are left out.
    fn own_verdicts(&self) -> Vec<Value> {
        let own = self.lanes().iter().filter(|lane| !lane["name"].as_str().unwrap().starts_with("hostile"));
        let keys = ["name", "cases", "agree", "known", "differ", "oracle_fault", "unsupported", "not_run"];
        own.map(|lane| keys.iter().map(|key| lane[key].clone()).collect()).collect()
    }

    fn of_program(&self, name: &str) -> u64 {
        let program =
            self.lanes().iter().filter(|lane| lane["name"].as_str().unwrap().starts_with("hostile"));
        program.map(|lane| lane[name].as_u64().unwrap()).sum()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn conformance(name: &str, program: Option<&str>) -> Run {
    let report = folder(name);
    let _ = std::fs::remove_dir_all(&report);
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .current_dir(root())
        .env("PYTHONPATH", root().join("oracle/python"))
        .env_remove("HSX_REFERENCE")
        .env_remove("GITHUB_ACTIONS");
    command.args(["conformance", "--quick", "--opcode", "ADD", "--cases", "200", "--time-limit", "2"]);
    command.arg("--report").arg(&report);
    if let Some(program) = program {
        command.args(["--machine", program]);
    }
    let start = Instant::now();
    let Output { status, stdout, stderr } = command.output().unwrap();
    let took = start.elapsed();
    let screen = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    let text = std::fs::read_to_string(report.join("report.json"))
        .unwrap_or_else(|error| panic!("{error}: {screen}"));
    let exit = status.code().expect("the run ends by itself");
    Run { exit, report: serde_json::from_str(&text).unwrap(), screen, took }
}

fn hostile(mode: &str) -> Run {
    let script = root().join("xtask/tests/hostile.py");
    let pids = folder("pids");
    conformance(mode, Some(&format!("python3 {} {mode} {}", script.display(), pids.join(mode).display())))
}

static WITHOUT: LazyLock<Run> = LazyLock::new(|| conformance("without", None));

#[test]
fn a_run_without_program_is_the_measure() {
    assert_eq!(WITHOUT.exit, 0, "{}", WITHOUT.screen);
    assert_eq!(WITHOUT.own_verdicts().len(), OWN_LANES + 2, "two lanes of the reference are skipped");
}

/// `expected`: words of the failure.
#[rstest]
#[case("crash", "exit status: 3), saying `Segmentation fault`")]
#[case("hang", "no answer within 2 s")]
#[case("rubbish", "answers `all is well`")]
#[case("half_a_line", "in the middle of a line")]
#[case("out_of_order", "where `c")]
#[case("twice", "where `c")]
#[case("unknown_key", "unknown field `mood`")]
#[case("gigabyte", "bytes without a line end")]
#[case("closes_output", "closed its output but lives on")]
#[case("wrong_steps", "steps: 1048576 of")]
fn a_program_that_fails_at_a_case_is_reported_with_it(#[case] mode: &str, #[case] expected: &str) {
    let run = hostile(mode);
    assert_eq!(run.exit, 1, "{}", run.screen);
    assert_eq!(run.own_verdicts(), WITHOUT.own_verdicts());
    assert!(run.of_program("differ") > 0 && run.of_program("agree") > 90, "{}", run.screen);
    let findings = run.report["findings"].as_array().unwrap();
    let finding =
        findings.iter().find(|finding| finding["failure"].as_str().is_some_and(|why| why.contains(expected)));
    let finding = finding.unwrap_or_else(|| panic!("nobody says `{expected}`: {}", run.screen));
    let case = finding["case"].as_str().unwrap();
    assert!(run.screen.contains(case) && run.screen.contains(expected), "{}", run.screen);
    assert!(finding["replay"].as_str().unwrap().contains("--machine 'python3"));
    assert!(run.took < Duration::from_secs(60), "took {:?}", run.took);
    nothing_is_left(mode);
}

#[rstest]
#[case("stderr_flood")]
#[case("leaves_child")]
#[case("leaves_child_on_output")]
fn a_program_that_answers_rightly_agrees_whatever_else_it_does(#[case] mode: &str) {
    let pids = folder("pids");
    std::fs::create_dir_all(&pids).unwrap();
    let _ = std::fs::remove_file(pids.join(mode));
    let run = hostile(mode);
    assert_eq!(run.exit, 0, "{}", run.screen);
    assert_eq!(run.own_verdicts(), WITHOUT.own_verdicts());
    assert_eq!(run.of_program("agree"), run.of_program("cases"));
    if mode.starts_with("leaves_child") {
        let children = std::fs::read_to_string(pids.join(mode)).expect("a child was started");
        for pid in children.lines() {
            assert!(!Path::new("/proc").join(pid).join("exe").exists(), "the child {pid} lives");
        }
    }
    nothing_is_left(mode);
}

#[rstest]
#[case("one_too_many", "which nobody asked for")]
#[case("never_ends", "does not end with its input")]
fn a_program_that_misbehaves_after_its_last_case_is_reported(#[case] mode: &str, #[case] expected: &str) {
    let run = hostile(mode);
    assert_eq!(run.exit, 1, "{}", run.screen);
    assert_eq!(run.own_verdicts(), WITHOUT.own_verdicts());
    assert!(run.screen.contains(expected), "{}", run.screen);
    nothing_is_left(mode);
}

#[rstest]
#[case("bad_hello", None, "answers hello with")]
#[case("absent", Some("/nowhere/machine --fast"), "cannot be started")]
#[case("not_executable", Some("xtask/tests/hostile.rs"), "cannot be started")]
#[case("not_a_command", Some("'unclosed"), "is no command line")]
fn a_program_that_cannot_take_part_leaves_its_lanes_undetermined(
    #[case] mode: &str,
    #[case] command: Option<&str>,
    #[case] expected: &str,
) {
    let run = command.map_or_else(|| hostile(mode), |command| conformance(mode, Some(command)));
    assert_eq!(run.exit, 3, "{}", run.screen);
    assert!(run.screen.contains(expected), "{}", run.screen);
    let skipped = run
        .lanes()
        .iter()
        .filter(|lane| lane["skipped_because"].as_str().is_some_and(|why| why.contains(expected)));
    assert_eq!(skipped.count(), 2);
    assert_eq!(run.own_verdicts()[..OWN_LANES], WITHOUT.own_verdicts()[..OWN_LANES]);
}

/// No process that was started for this mode lives on.
fn nothing_is_left(mode: &str) {
    let carries = |line: Vec<u8>| {
        let words: Vec<&[u8]> = line.split(|&byte| byte == 0).collect();
        words.iter().any(|word| word.ends_with(b"hostile.py")) && words.contains(&mode.as_bytes())
    };
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let command = std::fs::read(process.path().join("cmdline"));
        assert!(!command.is_ok_and(carries), "{} lives", process.path().display());
    }
}
