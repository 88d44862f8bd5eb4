//! The conversations in `oracle/PROTOCOL.md` are what our machines really say.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a machine answers to these lines.
fn answers(mut machine: Command, requests: &[&str]) -> Vec<String> {
    let mut child = machine.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_documented_conversations_are_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let in_c = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documented");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=gnu11", "-O2", "-o"]).arg(&in_c).arg(root.join("oracle/examples/machine.c"));
    assert!(compiler.status().unwrap().success());

    let text = std::fs::read_to_string(root.join("oracle/PROTOCOL.md")).unwrap();
    let blocks: Vec<&str> = text.split("```text ").skip(1).collect();
    assert_eq!(blocks.len(), 3, "a conversation in each version, and one of the machine in C");
    for block in blocks {
        let (machine, lines) = block.split("```").next().unwrap().split_once('\n').unwrap();
        let said = |mark: &str| lines.lines().filter_map(|line| line.strip_prefix(mark)).collect::<Vec<_>>();
        let (requests, replies) = (said("> "), said("< "));
        assert!(requests.len() == replies.len() && !requests.is_empty(), "{lines}");
        let command = match machine {
            "c" => Command::new(&in_c),
            name => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
                command.current_dir(root).args(["machine", name]);
                command
            }
        };
        assert_eq!(answers(command, &requests), replies, "{machine}");
    }
}
