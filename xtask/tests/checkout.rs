//! Commands in a checkout that is not the one they were built from: they read and write there and nowhere else, a result is
//! lost to nothing, and what was started ends with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use oracle::report::Report;
use rstest::rstest;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap();
            if name != "target" && name != "__pycache__" {
                copy(&entry, &to.join(name));
            }
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// A copy of what a checkout needs to be one.
fn checkout(name: &str) -> PathBuf {
    let checkout = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checkout").join(name);
    let _ = fs::remove_dir_all(&checkout);
    fs::create_dir_all(checkout.join("xtask")).unwrap();
    fs::create_dir_all(checkout.join("oracle")).unwrap();
    for part in ["vectors", "oracle/python", "xtask/Cargo.toml", ".gitignore"] {
        copy(&root().join(part), &checkout.join(part));
    }
    checkout
}

/// A command that is started in the checkout, and not by Cargo.
fn xtask(checkout: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.current_dir(checkout).args(arguments).env("PYTHONPATH", root().join("oracle/python"));
    for variable in ["CARGO_MANIFEST_DIR", "HSX_REFERENCE", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command
}

/// A run of the vectors of one opcode alone.
const VECTORS: [&str; 6] = ["conformance", "--quick", "--opcode", "NOT", "--lane", "rust~vectors"];

struct Ended {
    exit: i32,
    said: String,
}

fn ended(mut command: Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    Ended { exit: status.code().unwrap_or_else(|| panic!("{status}: {said}")), said }
}

fn report(folder: &Path) -> Report {
    serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap()
}

#[test]
fn a_copied_checkout_is_tested_itself() {
    let checkout = checkout("copied");
    let run = || ended(xtask(&checkout, &VECTORS));
    let before = run();
    assert_eq!(before.exit, 0, "{}", before.said);
    let file = checkout.join("vectors/minivm/not.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let vector =
        "\n  - {name: not-of-one, rule: not.broken, code: 'NOT R1, R2', given: {r2: 1}, expect: {r1: 7}}\n";
    let broken = text.replacen("rules:\n", "rules:\n  not.broken: \"A rule that is wrong.\"\n", 1) + vector;
    fs::write(&file, broken).unwrap();
    let after = run();
    assert_eq!(after.exit, 1, "{}", after.said);
    assert!(after.said.contains("vector/not-of-one"), "{}", after.said);
    assert_eq!(report(&checkout.join("target/lockstep/quick")).exit() as u8, 1);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments).current_dir(folder);
    let output = command.env_remove("GIT_DIR").output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_commit_is_that_of_the_checkout_at_hand() {
    let (checkout, other) = (checkout("commits"), checkout("commits-other"));
    for folder in [&checkout, &other] {
        git(folder, &["init", "--quiet"]);
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "-m", &folder.display().to_string()]);
    }
    let commit = || {
        let mut command = xtask(&checkout, &VECTORS);
        command.env("GIT_DIR", other.join(".git")).env("GIT_INDEX_FILE", other.join(".git/index"));
        let ended = ended(command);
        assert_eq!(ended.exit, 0, "{}", ended.said);
        report(&checkout.join("target/lockstep/quick")).commit.unwrap()
    };
    let head = git(&checkout, &["rev-parse", "--short=12", "HEAD"]);
    assert_eq!(commit(), head);
    git(&checkout, &["config", "status.showUntrackedFiles", "no"]);
    fs::write(checkout.join("vectors/minivm/note.txt"), "new").unwrap();
    assert_eq!(commit(), format!("{head}+"), "a file that git was told not to show");
    fs::remove_file(checkout.join("vectors/minivm/note.txt")).unwrap();
    assert_eq!(commit(), head);
    fs::write(checkout.join(".git/index"), "rubbish").unwrap();
    assert_eq!(commit(), format!("{head}+"), "an index that cannot be read");
}

#[test]
fn the_verdict_is_there_whatever_else_cannot_be_written() {
    let checkout = checkout("lost");
    let folder = checkout.join("target/lockstep/quick");
    fs::create_dir_all(folder.join("junit.xml/in-the-way")).unwrap();
    fs::write(folder.join("history.sqlite"), "no database at all, and long enough to be taken for one")
        .unwrap();
    let mut command = xtask(&checkout, &VECTORS);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", checkout.join("no/such/folder"));
    let ended = ended(command);
    assert_eq!(ended.exit, 0, "{}", ended.said);
    assert!(ended.said.contains("conformant: "), "{}", ended.said);
    for file in ["junit.xml", "history.sqlite", "no/such/folder"] {
        let warned = ended.said.lines().any(|line| line.starts_with("warning: ") && line.contains(file));
        assert!(warned, "{file}: {}", ended.said);
    }
    assert_eq!(report(&folder).exit() as u8, 0);
}

/// A program that hangs, in the middle of a run or before one has begun.
fn hanging(mode: &str, notes: &Path) -> String {
    let script = match mode {
        "hang" => root().join("xtask/tests/hostile.py"),
        _ => root().join("oracle/tests/programs/toy.py"),
    };
    format!("python3 '{}' {mode} '{}'", script.display(), notes.display())
}

fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_run_that_was_killed_leaves_no_result() {
    let checkout = checkout("killed");
    let folder = checkout.join("target/lockstep/quick");
    let first = ended(xtask(&checkout, &VECTORS));
    assert_eq!(first.exit, 0, "{}", first.said);
    let machine = hanging("hang", &checkout.join("notes"));
    let arguments =
        ["conformance", "--quick", "--opcode", "ADD", "--machine", &machine, "--time-limit", "300"];
    let mut run = xtask(&checkout, &arguments);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the run", || folder.join(".running").exists());
    // The folder is taken as long as it runs.
    let second = ended(xtask(&checkout, &VECTORS));
    assert!((second.exit, second.said.contains("another run is writing")) == (2, true), "{}", second.said);
    child.kill().unwrap();
    child.wait().unwrap();
    kill_with(&machine);
    // What was there before is not taken for the result of the run that was cut off.
    let shown = ended(xtask(&checkout, &["report", "target/lockstep/quick"]));
    assert_eq!(shown.exit, 2, "{}", shown.said);
    assert!(shown.said.contains("has not ended with a result"), "{}", shown.said);
    assert_eq!(ended(xtask(&checkout, &VECTORS)).exit, 0);
    assert_eq!(ended(xtask(&checkout, &["report", "target/lockstep/quick"])).exit, 0);
}

/// Ends what a run that was killed, and so could end nothing itself, has left.
fn kill_with(machine: &str) {
    let words = shlex::split(machine).unwrap();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let is_it = line.split(|&byte| byte == 0).any(|word| word == words.last().unwrap().as_bytes());
        if is_it && process.file_name() != *std::process::id().to_string() {
            let pid = process.file_name().into_string().unwrap();
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
    }
}

#[test]
fn a_run_of_another_kind_replaces_no_whole_result() {
    let checkout = checkout("kinds");
    let whole = checkout.join("target/lockstep/report.json");
    fs::create_dir_all(whole.parent().unwrap()).unwrap();
    fs::write(&whole, "a whole result").unwrap();
    let image = checkout.join("gcd.hxe").display().to_string();
    let source = checkout.join("vectors/minivm/programs/gcd.mvasm").display().to_string();
    assert_eq!(ended(xtask(&checkout, &["hxe", "build", &source, "-o", &image])).exit, 0);
    let selected = ["conformance", "--opcode", "NOT", "--lane", "rust~vectors"];
    let of_image = ["conformance", "--image", &image];
    for (arguments, folder) in [(&VECTORS[..], "quick"), (&selected, "selected"), (&of_image, "image")] {
        let run = ended(xtask(&checkout, arguments));
        assert_eq!(run.exit, 0, "{}", run.said);
        assert_eq!(report(&checkout.join("target/lockstep").join(folder)).exit() as u8, 0);
    }
    assert_eq!(fs::read_to_string(&whole).unwrap(), "a whole result");
}

/// Python does not start, or is not there at all.
#[rstest]
#[case("PYTHONHOME", "ended (")]
#[case("PATH", "python3 cannot be started")]
fn without_python_its_lanes_are_skipped_by_name(#[case] variable: &str, #[case] why: &str) {
    let checkout = checkout(&format!("no-python-{variable}"));
    let mut command = xtask(&checkout, &["conformance", "--quick", "--opcode", "NOT", "--cases", "20"]);
    let ended = ended({
        command.env(variable, "/nonexistent");
        command
    });
    assert_eq!(ended.exit, 3, "{}", ended.said);
    let report = report(&checkout.join("target/lockstep/quick"));
    let lane = |name: &str| report.lanes.iter().find(|lane| lane.lane.to_string() == name).unwrap();
    assert!(lane("rust~vectors").counts.agree > 0);
    let (_, skipped) = ended.said.split_once("skipped minivm ").unwrap_or_else(|| panic!("{}", ended.said));
    for name in ["rust~python/reference", "python~vectors"] {
        let because = lane(name).skipped_because.clone().unwrap_or_default();
        assert!(because.contains(why), "{name}: {because}");
        assert!(skipped.contains(name), "{}", ended.said);
    }
}

/// Nothing was done, and nothing is said to have passed.
#[test]
fn a_night_without_time_is_not_conformant() {
    let checkout = checkout("night");
    let night = ended(xtask(&checkout, &["nightly", "--minutes", "0.01"]));
    assert_eq!(night.exit, 3, "{}", night.said);
    for job in ["conformance", "budget", "hil", "bench", "fuzz"] {
        assert!(night.said.contains(&format!("skipped {job}: no time is left for it")), "{}", night.said);
    }
    assert!(!night.said.contains("conformant"), "{}", night.said);
}

#[test]
fn a_night_that_cannot_write_its_log_names_it() {
    let checkout = checkout("night-without-log");
    let folder = checkout.join("night");
    fs::create_dir_all(folder.join("conformance.log")).unwrap();
    let night = ended(xtask(&checkout, &["nightly", "--minutes", "1", "--report", "night"]));
    assert_eq!(night.exit, 2, "{}", night.said);
    assert!(night.said.contains("error: night: conformance: Is a directory"), "{}", night.said);
}

#[rstest]
#[case(&["nightly", "--minutes", "0"])]
#[case(&["nightly", "--minutes", "nan"])]
#[case(&["fuzz", "--minutes", "1e30"])]
#[case(&["conformance", "--time-limit", "nan"])]
#[case(&["conformance", "--time-limit=-1"])]
#[case(&["conformance", "--shard", "1/18446744073709551615"])]
#[case(&["conformance", "--cases", "184467440737095517"])]
#[case(&["hil", "--cases", "10000000001"])]
#[case(&["exhaust", "--shard", "3/2"])]
#[case(&["run", "any.hxe", "--max-steps", "0"])]
#[case(&["conformance", "--jobs", "0"])]
#[case(&["fuzz", "--jobs", "0"])]
fn a_number_that_makes_no_sense_is_refused(#[case] arguments: &[&str]) {
    let ended = ended(xtask(root(), arguments));
    assert_eq!(ended.exit, 2, "{}", ended.said);
    assert!(ended.said.contains("invalid value"), "{}", ended.said);
}

#[rstest]
#[case(&["--profile", "strict"], "profile `strict` selects nothing")]
#[case(&["--lane", "rust~vectors"], "lane rust~vectors is named twice")]
#[case(&["--cases", "7"], "--cases and --seed change nothing")]
fn an_option_without_effect_is_warned_of(#[case] option: &[&str], #[case] warning: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("effect").join(option[0]).display().to_string();
    let ended = ended(xtask(root(), &[&VECTORS[..], option, &["--report", &folder]].concat()));
    assert_eq!(ended.exit, 0, "{}", ended.said);
    assert!(ended.said.contains(warning), "{}", ended.said);
}

#[test]
fn a_machine_that_no_lane_uses_is_refused() {
    let machine =
        hanging("right", Path::new("/dev/null")).replace("toy.py", "../../../xtask/tests/hostile.py");
    let ended = ended(xtask(root(), &[&VECTORS[..], &["--machine", &machine]].concat()));
    assert_eq!(ended.exit, 2, "{}", ended.said);
    assert!(ended.said.contains("no lane that is selected uses"), "{}", ended.said);
}

/// A machine that knows a subject in none of its profiles is what is wrong, not the lanes.
#[rstest]
#[case(r#""protocol": 2, "subjects": {"minivm": []}"#, "no profile")]
#[case(r#""protocol": 1, "subjects": ["minivm"], "profiles": []"#, "no profile")]
#[case(r#""protocol": 1, "subjects": ["minivm"], "profiles": ["none of ours"]"#, "none of ours")]
fn a_machine_without_a_profile_of_ours_is_told(#[case] says: &str, #[case] what: &str) {
    let hello = format!(r#"print('{{"name": "mine", "version": "1", {says}}}', flush=True)"#);
    let machine = shlex::try_join(["python3", "-c", &format!("import sys\nfor _ in sys.stdin: {hello}")]);
    let command = ["conformance", "--quick", "--machine", &machine.unwrap()];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-profile").display().to_string();
    let ended = ended(xtask(root(), &[&command[..], &["--report", &folder]].concat()));
    assert_eq!(ended.exit, 3, "{}", ended.said);
    assert!(ended.said.contains(&format!("mine runs minivm in {what}, ")), "{}", ended.said);
    assert!(ended.said.contains("but its profiles are reference, strict, portable"), "{}", ended.said);
}

/// Nothing that was named is passed over.
#[rstest]
#[case(&["replay", "vectors/minivm/not.yaml", "not-inverts", "nosuch"], 4, "has no vector `nosuch`")]
#[case(&["replay", "vectors/minivm/not.yaml", "one", "two"], 4, "has no vector `one`, `two`")]
#[case(&["replay", "fuzz/regressions/vector/memory-beyond-the-end.hex", "one"], 4, "has no vector `one`")]
#[case(&["conformance", "--subject", "control", "--opcode", "load", "--opcode", "NOT"], 2, "no topic `NOT`")]
fn a_name_that_selects_nothing_is_named(#[case] arguments: &[&str], #[case] exit: i32, #[case] why: &str) {
    let ended = ended(xtask(root(), arguments));
    assert_eq!(ended.exit, exit, "{}", ended.said);
    assert!(ended.said.contains(why), "{}", ended.said);
}

fn lives(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z")
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// `timeout` sends its signal to a process and then to its group, so the process gets it twice at once.
#[test]
fn a_signal_that_comes_twice_at_once_leaves_a_result() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signals-twice");
    let _ = fs::remove_dir_all(&folder);
    let place = folder.display().to_string();
    let mut run = xtask(root(), &["conformance", "--subject", "minivm", "--report", &place]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let has_begun =
        || fs::read_to_string(folder.join("events.ndjson")).is_ok_and(|it| it.contains("\"batch\""));
    wait_for("the first batch", has_begun);
    signal(&child, "-TERM");
    signal(&child, "-TERM");
    wait_for("the end", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let report = fs::read_to_string(folder.join("report.json")).expect("what was run is there");
    assert!(report.contains("\"interrupted\": true") || report.contains("\"interrupted\":true"));
}

/// Machines that never say hello have left children without an environment and in groups of their own; replay and
/// conformance end with all of them.
#[rstest]
fn a_signal_ends_all_while_machines_say_hello(
    #[values("-TERM", "-HUP", "-INT")] name: &str,
    #[values("conformance", "replay")] what: &str,
) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signals");
    fs::create_dir_all(&folder).unwrap();
    let notes = folder.join(format!("{what}{name}"));
    let _ = fs::remove_file(&notes);
    let machine = hanging("hangs-at-hello", &notes);
    let file = root().join("vectors/minivm/not.yaml").display().to_string();
    let arguments: &[&str] = match what {
        "replay" => &["replay", &file, "--machine", &machine, "--time-limit", "300"],
        _ => &["conformance", "--quick", "--machine", &machine, "--time-limit", "300"],
    };
    let mut run = xtask(root(), arguments);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pids = || -> Vec<String> {
        let text = fs::read_to_string(&notes).unwrap_or_default();
        text.lines().filter_map(|line| Some(line.split_whitespace().last()?.to_owned())).collect()
    };
    wait_for("the hello", || pids().len() >= 3);
    signal(&child, name);
    wait_for("the end", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    wait_for("their end", || !pids().iter().any(|pid| lives(pid)));
}

/// What a subject's command does is told like what others do.
#[test]
fn commands_of_subjects_have_help_and_are_completed() {
    let help = ended(xtask(root(), &["help", "pairs"]));
    assert_eq!((help.exit, help.said.contains("Usage: pairs [chosen|scored]")), (0, true), "{}", help.said);
    for shell in ["bash", "zsh", "fish"] {
        let script = xtask(root(), &["completions", shell]).output().unwrap().stdout;
        assert!(String::from_utf8(script).unwrap().contains("pairs"), "{shell}");
    }
}

/// A chip that was asked for is never left out without a word.
#[rstest]
#[case(&["conformance", "--quick", "--subject", "control", "--target", "qemu"], 4, "--target: control is on no chip")]
#[case(&["conformance", "--quick", "--subject", "hxe", "--target", "qemu", "--only", "qemu"], 4, "--target: hxe is on no chip")]
#[case(&["replay", "vectors/control/registers.yaml", "--target", "qemu"], 3, "qemu: control is on no chip")]
fn a_subject_that_is_on_no_chip_is_told(#[case] arguments: &[&str], #[case] exit: i32, #[case] why: &str) {
    let ended = ended(xtask(root(), arguments));
    assert_eq!(ended.exit, exit, "{}", ended.said);
    assert!(ended.said.contains(why), "{}", ended.said);
}
