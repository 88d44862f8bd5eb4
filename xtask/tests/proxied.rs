//! Our own machine behind a program that breaks one rule: `check` and `conformance` say which.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{lockstep, place, root, text};
use rstest::rstest;

/// Stands between the harness and `lockstep machine rust`. The first argument says what it does wrong, the second at which
/// reply, from 1, where that matters.
const PROXY: &str = r#"
import json, os, subprocess, sys

broken, at = sys.argv[2], int(sys.argv[3])
machine = subprocess.Popen([sys.argv[1], "machine", "rust"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
replies = 0
for line in sys.stdin.buffer:
    request = json.loads(line)
    if broken == "no-trace" and "case" in request:
        request["case"].pop("trace", None)
    machine.stdin.write(json.dumps(request).encode() + b"\n")
    machine.stdin.flush()
    reply = json.loads(machine.stdout.readline())
    replies += 1
    outcome = reply.get("outcome", {})
    if broken == "wrong-trace" and outcome.get("trace"):
        outcome["trace"][-1][0] ^= 4
    if broken == "upper-hex" and "mem" in outcome:
        outcome["mem"] = [[address, data.upper()] for address, data in outcome["mem"]]
    text = json.dumps(reply).encode() + b"\n"
    if replies == at:
        if broken == "twice":
            text += text
        if broken == "log":
            text = b"DEBUG: hi\n" + text
        if broken == "ends":
            os._exit(0)
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
machine.stdin.close()
machine.wait()
"#;

fn proxy(name: &str, broken: &str, at: u32) -> (PathBuf, String) {
    let place = place(&format!("proxied-{name}"));
    fs::create_dir_all(&place).unwrap();
    let script = place.join("proxy.py");
    fs::write(&script, PROXY).unwrap();
    let command = format!("python3 {} {} {broken} {at}", script.display(), env!("CARGO_BIN_EXE_lockstep"));
    (place, command)
}

#[rstest]
#[case("no-trace", 0, "trace: missing")]
#[case("wrong-trace", 0, "trace: row 0 is not that of the step that it stands for")]
#[case("upper-hex", 0, "no lower-case hex digit")]
#[case("twice", 3, "it answers `c1` twice")]
fn a_check_says_which_rule_is_broken(#[case] broken: &str, #[case] at: u32, #[case] said: &str) {
    let (place, command) = proxy(&format!("check-{broken}"), broken, at);
    let output = lockstep(&place, &["check"]).args(command.split(' ')).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains(said), "{}", text(&output));
}

/// What is wrong at the 30th reply of every process is nothing that the case does which comes there.
#[rstest]
#[case("log", &["answers `DEBUG: hi`: expected a JSON object", "not if it runs alone"])]
#[case("ends", &["ended (exit status: 0), but at no case that is run alone"])]
fn a_failure_that_takes_other_cases_is_no_broken_rule(#[case] broken: &str, #[case] said: &[&str]) {
    let (place, command) = proxy(&format!("run-{broken}"), broken, 30);
    let arguments = ["conformance", "--quick", "--subject", "minivm", "--opcode", "NOT", "--cases", "0"];
    let output = lockstep(root(), &arguments)
        .args(["--lane", "rust-2~vectors", "--machine", &command, "--report"])
        .arg(place.join("report"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let told = text(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.iter().all(|said| told.contains(said)), "{told}");
    assert!(!told.contains("✗ NOT "), "{told}");
}
