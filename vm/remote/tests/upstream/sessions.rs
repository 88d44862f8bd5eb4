//! The sessions.

use std::fs;
use std::path::Path;
use std::time::Duration;

use libtest_mimic::Failed;
use remote::host::Reading;
use remote::limits::Limits;
use serde_json::{Value, json};

use crate::common::{Declares, Running, folder, image, metadata, write_images};
use crate::explained::{Explained, IN_BOTH, IN_REFERENCE, IN_STRICT, OF_EXECUTIVE, judge};
use crate::processes::{execd, line, script, shell, smoke, vm};

/// A task that writes "hi" to its output and receives from `app:box` for ever.
const RECEIVER: &str = r#"
.data
hi: .ascii "hi"
box: .asciz "app:box"
.text
LDI R1, 1
LDI32 R2, hi
LDI R3, 2
SVC MOD=4 FN=2
LDI32 R1, box
SVC MOD=5 FN=0
MOV R7, R1
again: MOV R1, R7
LDI32 R2, 0x3000
LDI R3, 32
LDI32 R4, 0xFFFF
LDI R5, 0
SVC MOD=5 FN=3
JMP again
"#;

/// A task that waits 20 ms for a message that nobody sends, again and again.
const TIMED: &str = r#"
.data
box: .asciz "app:box"
.text
LDI32 R1, box
SVC MOD=5 FN=0
MOV R7, R1
again: MOV R1, R7
LDI32 R2, 0x3000
LDI R3, 32
LDI R4, 20
LDI R5, 0
SVC MOD=5 FN=3
JMP again
"#;

/// Two programs, everything that a shell can ask, and no end of a task. What begins with `{` is sent as it is, because the
/// shell cannot send it.
const SESSION: &[&str] = &[
    "ping",
    "attach",
    "load receiver.hxe",
    "load beta.hxe",
    "ps",
    "step 7",
    "step 30",
    "listen 1",
    "listen 1",
    "list 1",
    "ps",
    "clock",
    "clock step 40",
    "clock rate 5",
    "clock rate 0",
    "bp set 2 24",
    "bp list 2",
    "step 200",
    "ps",
    "bp clear 2 24",
    "bp list 2",
    "resume 2",
    r#"{"cmd":"val.list"}"#,
    r#"{"cmd":"val.list","group":"0x1","name":"temp"}"#,
    r#"{"cmd":"val.get","oid":257}"#,
    r#"{"cmd":"val.get","oid":999}"#,
    r#"{"cmd":"val.set","oid":257,"value":2.5}"#,
    r#"{"cmd":"val.set","oid":257,"value":"3.5"}"#,
    r#"{"cmd":"val.stats"}"#,
    r#"{"cmd":"cmd.list"}"#,
    r#"{"cmd":"cmd.call","oid":257}"#,
    r#"{"cmd":"cmd.call","oid":257,"async":true}"#,
    r#"{"cmd":"cmd.call","oid":999}"#,
    r#"{"cmd":"cmd.stats"}"#,
    "mbox",
    "send 2 hello",
    "list 2",
    "mbox",
    r#"{"cmd":"stdio_fanout","mode":"drop","stream":"out","pid":1}"#,
    r#"{"cmd":"stdio_fanout","mode":"off","stream":"out"}"#,
    "stdio",
    "sched",
    "sched 2 priority 3",
    "dumpregs 1",
    "peek 1 16384 8",
    "poke 1 8192 0102",
    "peek 1 8192 4",
    "disasm 1",
    "stack 1",
    "memory regions 1",
    "watch add 1 8192",
    "watch list 1",
    "watch remove 1 1",
    "symbols 1",
    "info",
    "pause 1",
    "ps",
    "resume 1",
    "reload 2",
    "ps",
    "kill 1",
    "ps",
    "kill 9",
    "load nothing.hxe",
    r#"{"cmd":"restart","targets":["vm"]}"#,
    "shutdown",
];

/// What the executive at this port shows for each line.
fn transcript(checkout: &Path, folder: &Path, port: u16, lines: &[&str]) -> Result<Vec<Value>, Failed> {
    let mut shown = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|line| line.starts_with('{') == first.starts_with('{')).count();
        let (part, behind) = rest.split_at(count);
        if first.starts_with('{') {
            for request in part {
                shown.push(line(port, request)?);
            }
        } else {
            shown.extend(shell(checkout, folder, port, part)?);
        }
        rest = behind;
    }
    Ok(shown)
}

fn images(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    write_images(&folder);
    let receiver = Declares { sections: metadata(), name: "receiver", ..Declares::default() };
    fs::write(folder.join("receiver.hxe"), image(RECEIVER, receiver)).unwrap();
    fs::write(folder.join("timed.hxe"), image(TIMED, Declares { name: "timed", ..Declares::default() }))
        .unwrap();
    folder
}

/// The transcripts of the reference's VM server and of ours.
fn both(
    checkout: &Path,
    name: &str,
    reading: Reading,
    lines: &[&str],
) -> Result<(Vec<Value>, Vec<Value>), Failed> {
    let folder = images(name);
    let their_vm = vm(checkout, &folder)?;
    let front = execd(checkout, their_vm.port)?;
    let theirs = transcript(checkout, &folder, front.port, lines)?;
    drop((front, their_vm));
    let server = Running::start(&folder, reading, Limits::default());
    let front = execd(checkout, server.addresses[0].port())?;
    let ours = transcript(checkout, &folder, front.port, lines)?;
    keep(name, lines, &theirs, &ours)?;
    Ok((theirs, ours))
}

/// Keeps both transcripts, one beside the other, for whoever wants to look.
fn keep(name: &str, lines: &[&str], theirs: &[Value], ours: &[Value]) -> std::io::Result<()> {
    let mut text = String::new();
    for ((line, theirs), ours) in lines.iter().zip(theirs).zip(ours) {
        text.push_str(&format!("> {line}\nreference: {theirs}\nlockstep:  {ours}\n"));
    }
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.txt")), text)
}

fn same(
    checkout: &Path,
    name: &str,
    reading: Reading,
    explanations: &[&'static [Explained]],
) -> Result<(), Failed> {
    let (theirs, ours) = both(checkout, name, reading, SESSION)?;
    verdict(&theirs, &ours, explanations)
}

fn verdict(theirs: &[Value], ours: &[Value], explanations: &[&'static [Explained]]) -> Result<(), Failed> {
    let (open, stale) = judge(SESSION, theirs, ours, explanations);
    if !open.is_empty() {
        return Err(format!("{} differences are not explained:\n{}", open.len(), open.join("\n")).into());
    }
    if !stale.is_empty() {
        return Err(format!("these explain nothing:\n{}", stale.join("\n")).into());
    }
    Ok(())
}

pub fn same_in_reference(checkout: &Path) -> Result<(), Failed> {
    same(checkout, "session-reference", Reading::Reference, &[IN_BOTH, IN_REFERENCE])
}

pub fn same_in_strict(checkout: &Path) -> Result<(), Failed> {
    same(checkout, "session-strict", Reading::Strict, &[IN_BOTH, IN_STRICT])
}

/// E42: with its own VM server the executive is of no use any more once a task has come to its end from `waiting` or
/// `ready`.
pub fn return_locks_nothing_up(checkout: &Path) -> Result<(), Failed> {
    let lines =
        ["load alpha.hxe", "load beta.hxe", "step 40", "step 200", "ps", "step 200", "ps", "kill 1", "ps"];
    for reading in [Reading::Reference, Reading::Strict] {
        let (theirs, ours) = both(checkout, "returns", reading, &lines)?;
        if !theirs[3]["error"].as_str().unwrap_or_default().starts_with("invalid_state_transition") {
            return Err(format!("the reference does not lock up: {}", theirs[3]).into());
        }
        if let Some(refused) = ours.iter().find(|reply| reply["status"] != "ok") {
            return Err(format!("refused: {refused}").into());
        }
        if ours[4]["tasks"]["tasks"][0]["state"] != "returned" {
            return Err(format!("{}", ours[4]).into());
        }
    }
    Ok(())
}

/// Facts 6.9: with its own VM server a breakpoint that was hit is hit again at once, for ever.
pub fn breakpoint_lets_go_on(checkout: &Path) -> Result<(), Failed> {
    let lines = [
        "load beta.hxe",
        "bp set 1 24",
        "step 100",
        "resume 1",
        "step 100",
        "resume 1",
        "step 100",
        "bp clear 1 24",
        "resume 1",
        "step 100",
    ];
    let steps = |transcript: &[Value]| -> Vec<(u64, u64)> {
        let of = |at: usize| {
            let result = &transcript[at]["result"];
            (result["executed"].as_u64().unwrap_or(0), result["steps"].as_u64().unwrap_or(0))
        };
        [2, 4, 6, 9].map(of).to_vec()
    };
    for reading in [Reading::Reference, Reading::Strict] {
        let (theirs, ours) = both(checkout, "goes-on", reading, &lines)?;
        let (theirs, ours) = (steps(&theirs), steps(&ours));
        // To the breakpoint, then once around the loop at a time, then 100.
        if ours[0] != theirs[0] || ours[1].0 < 3 || ours[2].0 < 3 || ours[3].0 != 100 {
            return Err(format!("{reading:?}: {ours:?}").into());
        }
        if theirs[1].0 > 1 {
            return Err(format!("the reference goes on: {theirs:?}").into());
        }
    }
    Ok(())
}

/// E43: with its own VM server the clock stops at the first deadline, so the wait never ends.
pub fn timed_wait_keeps_the_clock(checkout: &Path) -> Result<(), Failed> {
    let folder = images("timed");
    let runs = |port: u16| -> Result<(Value, Value), Failed> {
        line(port, &json!({"cmd": "load", "path": folder.join("timed.hxe")}).to_string())?;
        line(port, r#"{"cmd":"clock","op":"start"}"#)?;
        std::thread::sleep(Duration::from_secs(1));
        let clock = line(port, r#"{"cmd":"clock"}"#)?["clock"].take();
        Ok((clock["running"].clone(), clock["auto_total_steps"].clone()))
    };
    let their_vm = vm(checkout, &folder)?;
    let theirs = runs(execd(checkout, their_vm.port)?.port)?;
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    let ours = runs(execd(checkout, server.addresses[0].port())?.port)?;
    let rounds = |steps: &Value| steps.as_u64().unwrap_or(0) / 7;
    if ours.0 != true || rounds(&ours.1) < 10 {
        return Err(format!("the clock stops: {ours:?}").into());
    }
    if theirs.0 == true && rounds(&theirs.1) >= 10 {
        return Err(format!("the reference's clock goes on, too: {theirs:?}").into());
    }
    Ok(())
}

/// The reference's shell in front of our executive, without the reference's.
pub fn executive_shows_the_same(checkout: &Path) -> Result<(), Failed> {
    let folder = images("session-executive");
    let their_vm = vm(checkout, &folder)?;
    let front = execd(checkout, their_vm.port)?;
    let theirs = transcript(checkout, &folder, front.port, SESSION)?;
    drop((front, their_vm));
    let server = Running::start(&folder, Reading::Reference, Limits::default());
    let ours = transcript(checkout, &folder, server.addresses[1].port(), SESSION)?;
    keep("session-executive", SESSION, &theirs, &ours)?;
    verdict(&theirs, &ours, &[IN_BOTH, IN_REFERENCE, OF_EXECUTIVE])
}

/// The only program of the reference's that tests a server that runs: with its executive in front of ours, and with ours.
pub fn smoke_program_passes(checkout: &Path) -> Result<(), Failed> {
    let folder = images("smoke");
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    let front = execd(checkout, server.addresses[0].port())?;
    for port in [front.port, server.addresses[1].port()] {
        let path = folder.join("receiver.hxe").display().to_string();
        let said = smoke(checkout, port, &path)?;
        for line in [
            "load -> pid=",
            "step -> executed=",
            "stack -> [0]",
            "pause -> state=paused",
            "kill -> state=terminated",
        ] {
            if !said.contains(line) {
                return Err(format!("no `{line}` in:\n{said}").into());
            }
        }
    }
    Ok(())
}

/// Every method of the reference's client library, against our server.
pub fn vmclient_calls_every_command(checkout: &Path) -> Result<(), Failed> {
    let folder = images("vmclient");
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    let port = server.addresses[0].port().to_string();
    let arguments = [port, folder.join("receiver.hxe").display().to_string()];
    let said = script(checkout, include_str!("vmclient.py"), &arguments)?;
    if said.trim() != "40 methods" {
        return Err(said.into());
    }
    Ok(())
}

/// Facts 6.8: over the reference's executive this library loses its connection at the first request behind a subscription.
pub fn debugger_on_one_connection(checkout: &Path) -> Result<(), Failed> {
    let folder = images("debugger");
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    let arguments = [server.addresses[1].port().to_string(), folder.join("beta.hxe").display().to_string()];
    let said = script(checkout, include_str!("debugger.py"), &arguments)?;
    // 40 steps go twelve times around a loop of three instructions.
    if said.trim().split(' ').nth(1) != Some("stops") || !said.contains("True told") || said.starts_with("0 ")
    {
        return Err(said.into());
    }
    Ok(())
}
