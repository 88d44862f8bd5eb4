//! Programs that misbehave as machines: each run ends by itself, names the case, has the right exit status, leaves no
//! process behind, and the other lanes' verdicts are those of a run without the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use oracle::report::{LaneReport, Report};
use oracle::verdict::Counts;
use rstest::rstest;

struct Run {
    exit: i32,
    /// Absent if the run has ended before anything was run.
    report: Option<Report>,
    screen: String,
    took: Duration,
}

impl Run {
    fn report(&self) -> &Report {
        self.report.as_ref().unwrap_or_else(|| panic!("{}", self.screen))
    }

    fn of(&self, is_program: bool) -> impl Iterator<Item = &LaneReport> {
        let lanes = self.report().lanes.iter();
        lanes.filter(move |lane| lane.lane.machine.starts_with("hostile") == is_program)
    }

    /// The verdicts of lanes between our own machines; times are left out.
    fn own_verdicts(&self) -> Vec<(String, u64, Counts)> {
        self.of(false).map(|lane| (lane.lane.to_string(), lane.cases, lane.counts)).collect()
    }

    /// The cases and verdicts of the program's lanes together.
    fn of_program(&self) -> (u64, Counts) {
        let mut all = (0, Counts::default());
        for lane in self.of(true) {
            all.0 += lane.cases;
            all.1 += lane.counts;
        }
        all
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command
        .current_dir(root())
        .env("PYTHONPATH", root().join("oracle/python"))
        .env_remove("HSX_REFERENCE")
        .env_remove("COCKPIT_REFERENCE")
        .env_remove("GITHUB_ACTIONS")
        // What is looked for must not be broken over two lines.
        .env("COLUMNS", "1000");
    command.args(["conformance", "--quick", "--opcode", "ADD", "--cases", "200", "--time-limit", "2"]);
    command.arg("--report").arg(&report);
    if let Some(program) = program {
        command.args(["--machine", program]);
    }
    let start = Instant::now();
    let Output { status, stdout, stderr } = command.output().unwrap();
    let took = start.elapsed();
    let screen = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    let text = std::fs::read_to_string(report.join("report.json")).ok();
    let exit = status.code().expect("the run ends by itself");
    Run { exit, report: text.map(|text| serde_json::from_str(&text).unwrap()), screen, took }
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
    for lane in &WITHOUT.report().lanes {
        let may_lack = lane.lane.machines().any(|name| ["upstream", "rust-jit"].contains(&name));
        assert_eq!(
            lane.ran(),
            !may_lack,
            "{}: what needs a checkout or a feature, and nothing else, is skipped",
            lane.lane
        );
    }
    assert!(WITHOUT.own_verdicts().len() > 6);
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
#[case("gigabyte", "answers with more than")]
#[case("closes_output", "closed its output but lives on")]
#[case("wrong_steps", "steps: 1048576 of")]
fn a_program_that_fails_at_a_case_is_reported_with_it(#[case] mode: &str, #[case] expected: &str) {
    let run = hostile(mode);
    assert_eq!(run.exit, 1, "{}", run.screen);
    assert_eq!(run.own_verdicts(), WITHOUT.own_verdicts());
    let (_, counts) = run.of_program();
    assert!(counts.differ > 0 && counts.agree > 90, "{}", run.screen);
    let findings = &run.report().findings;
    let says = |why: &String| why.contains(expected);
    let finding = findings.iter().find(|finding| finding.failure.as_ref().is_some_and(says));
    let finding = finding.unwrap_or_else(|| panic!("nobody says `{expected}`: {}", run.screen));
    // One bug is one entry: it names one of the cases that show it.
    let mut cases =
        findings.iter().filter(|it| it.failure.as_ref().is_some_and(says)).map(|it| it.origin.to_string());
    assert!(cases.any(|case| run.screen.contains(&case)), "{}", run.screen);
    assert!(run.screen.contains(expected), "{}", run.screen);
    assert!(finding.replay.contains("--machine 'python3"));
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
    let (cases, counts) = run.of_program();
    assert_eq!(counts.agree, cases);
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
fn a_program_that_cannot_take_part_is_told_before_anything_runs(
    #[case] mode: &str,
    #[case] command: Option<&str>,
    #[case] expected: &str,
) {
    let run = command.map_or_else(|| hostile(mode), |command| conformance(mode, Some(command)));
    assert_eq!(run.exit, 3, "{}", run.screen);
    assert!(run.screen.contains(expected), "{}", run.screen);
    assert!(run.report.is_none());
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
