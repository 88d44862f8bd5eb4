//! Tasks that a session has to itself, and programs that are loaded anew, by clients on sockets.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Client, Declares, Running, folder, image, metadata, write_images};
use remote::core::Protocol;
use remote::host::{Folder, Reading, Setup};
use remote::limits::Limits;
use remote::net::Server;
use serde_json::{Value, json};

/// A loop, with an instruction before it.
const LOOP: &str = "LDI R1, 1\nagain: ADD R2, R2, R1\nJMP again";

fn started(name: &str, reading: Reading) -> (Running, PathBuf) {
    let folder = folder(name);
    write_images(&folder);
    write(&folder, "loop", LOOP, Declares { name: "loop", ..Declares::default() });
    (Running::start(&folder, reading, Limits::default()), folder)
}

fn write(folder: &Path, file: &str, source: &str, declares: Declares<'_>) {
    fs::write(folder.join(file).with_extension("hxe"), image(source, declares)).unwrap();
}

/// A session that has locked these PIDs.
fn locking(client: &mut Client, pids: Value) -> Value {
    client.ok(json!({"cmd": "session.open", "pid_lock": pids}))["session"]["id"].clone()
}

fn locks(client: &mut Client, session: &Value) -> Value {
    client.ok(json!({"cmd": "session.current", "session": session}))["session"].take()
}

/// A reload that is refused leaves the task where it was, with what belongs to it.
#[track_caller]
fn refused(client: &mut Client, pid: u64) -> String {
    let seen = |client: &mut Client| {
        let registers = client.ok(json!({"cmd": "dumpregs", "pid": pid}))["registers"].take();
        let breakpoints = client.ok(json!({"cmd": "bp.list", "pid": pid}))["breakpoints"].take();
        (client.states(), registers, breakpoints)
    };
    let before = seen(client);
    let why = client.error(json!({"cmd": "reload", "pid": pid}));
    assert_eq!(seen(client), before, "{why}");
    why
}

#[test]
fn a_reload_that_fails_leaves_the_task() {
    let (server, folder) = started("reload-fails", Reading::Strict);
    let mut client = server.executive();
    let pid = client.load("loop.hxe");
    client.load("alpha.hxe");
    client.ok(json!({"cmd": "step", "pid": pid, "steps": 5}));
    client.ok(json!({"cmd": "bp.add", "pid": pid, "address": 4}));
    fs::remove_file(folder.join("loop.hxe")).unwrap();
    assert!(refused(&mut client, pid).starts_with("loop.hxe: "));
    fs::write(folder.join("loop.hxe"), b"HSXEgarbage").unwrap();
    assert!(refused(&mut client, pid).starts_with("no valid image: "));
    // Its name is that of another task, and it may run once.
    write(&folder, "loop", LOOP, Declares { name: "alpha", alone: true, ..Declares::default() });
    assert!(refused(&mut client, pid).contains("app_exists alpha"));
    // What it declares belongs to another task.
    write(&folder, "loop", LOOP, Declares { sections: metadata(), name: "loop", ..Declares::default() });
    assert!(refused(&mut client, pid).starts_with("load: EEXIST"));
    // Its data leaves no room for a stack.
    let large = format!(".data\n.zero 49000\n.text\n{LOOP}");
    write(&folder, "loop", &large, Declares { name: "loop", ..Declares::default() });
    assert_eq!(refused(&mut client, pid), "load: ENOSPC");
    // And once it is as it was, it is loaded.
    write(&folder, "loop", LOOP, Declares { name: "loop", alone: true, ..Declares::default() });
    client.ok(json!({"cmd": "reload", "pid": pid}));
}

#[test]
fn what_belongs_to_a_task_follows_its_program() {
    for reading in [Reading::Strict, Reading::Reference] {
        let (server, folder) = started("reload-follows", reading);
        let (mut client, mut other) = (server.executive(), server.executive());
        let old = client.load("loop.hxe");
        let me = locking(&mut client, json!([9, old]));
        let watch = json!({"cmd": "watch", "op": "add", "pid": old, "expr": "0x100", "session": me});
        client.ok(watch);
        client.ok(json!({"cmd": "bp.add", "pid": old, "address": 4, "session": me}));
        client.ok(json!({"cmd": "trace", "pid": old, "mode": true, "session": me}));
        let reload = client.ok(json!({"cmd": "reload", "pid": old, "session": me}))["reload"].take();
        let new = reload["new_pid"].clone();
        let shown = locks(&mut client, &me);
        assert_eq!((&shown["pid_locks"], &shown["pid_lock"]), (&json!([9, new]), &json!([9, new])));
        assert_eq!(other.error(json!({"cmd": "kill", "pid": new})), format!("pid_locked:{new}"));
        let list = |client: &mut Client, pid: &Value| {
            let breakpoints = client.ok(json!({"cmd": "bp.list", "pid": pid}))["breakpoints"].take();
            let watches = client.ok(json!({"cmd": "watch", "pid": pid}))["watch"]["count"].take();
            let tasks = client.ok(json!({"cmd": "ps"}))["tasks"]["tasks"].take();
            (breakpoints, watches, tasks[0]["trace"].clone())
        };
        assert_eq!(list(&mut client, &new), (json!([4]), json!(1), json!(true)));
        let stepped = client.ok(json!({"cmd": "step", "pid": new, "steps": 9, "session": me}));
        assert_eq!(stepped["result"]["pc"], 4);
        // Where another program has its instructions, nobody has set anything.
        let source = format!("LDI R3, 1\n{LOOP}");
        write(&folder, "loop", &source, Declares { name: "loop", ..Declares::default() });
        let reload = client.ok(json!({"cmd": "reload", "pid": new, "session": me}))["reload"].take();
        assert_eq!(list(&mut client, &reload["new_pid"]), (json!([]), json!(0), json!(false)));
        assert_eq!(locks(&mut client, &me)["pid_locks"], json!([9, reload["new_pid"]]));
    }
}

#[test]
fn events_of_a_task_follow_its_program() {
    let (server, _) = started("reload-events", Reading::Strict);
    let (mut client, mut other) = (server.executive(), server.executive());
    let (old, apart) = (other.load("loop.hxe"), other.load("beta.hxe"));
    let me = locking(&mut client, Value::Null);
    let filters = json!({"pid": [old], "categories": ["task_state"]});
    client.ok(json!({"cmd": "events.subscribe", "session": me, "filters": filters}));
    let new = other.ok(json!({"cmd": "reload", "pid": old}))["reload"]["new_pid"].take();
    other.ok(json!({"cmd": "pause", "pid": apart}));
    other.ok(json!({"cmd": "pause", "pid": new}));
    let mut event = || -> Value { serde_json::from_str(&client.line().unwrap()).unwrap() };
    let told: Vec<Value> = (0..3).map(|_| event()).collect();
    let pids: Vec<&Value> = told.iter().map(|event| &event["pid"]).collect();
    assert_eq!(pids, [&json!(old), &new, &new], "{told:?}");
    assert_eq!(told[2]["data"]["new_state"], "paused");
}

#[test]
fn nobody_ends_a_task_that_another_session_has_locked() {
    let (server, _) = started("restart-locked", Reading::Strict);
    let (mut client, mut other) = (server.executive(), server.executive());
    let pid = client.load("loop.hxe");
    let (me, you) = (locking(&mut client, json!(pid)), locking(&mut other, Value::Null));
    for request in ["restart", "shutdown"] {
        assert_eq!(other.error(json!({"cmd": request})), format!("pid_locked:{pid}"));
        assert_eq!(other.error(json!({"cmd": request, "session": you})), format!("pid_locked:{pid}"));
    }
    let fanout = json!({"cmd": "stdio_fanout", "pid": pid.to_string(), "stream": "out", "mode": "drop"});
    assert_eq!(other.error(fanout), format!("pid_locked:{pid}"));
    other.ok(json!({"cmd": "stdio_fanout", "pid": pid.to_string()}));
    // The scheduler knows no sessions: what names no task lets all of them run.
    assert_eq!(other.ok(json!({"cmd": "step", "steps": 2}))["result"]["executed"], 2);
    client.ok(json!({"cmd": "restart", "session": me}));
    assert_eq!(client.states(), Vec::<String>::new());
    // Another program has the PID now, and nobody has locked that.
    assert_eq!(other.load("beta.hxe"), pid);
    let shown = locks(&mut client, &me);
    assert_eq!((&shown["pid_locks"], &shown["pid_lock"]), (&json!([]), &Value::Null));
    other.ok(json!({"cmd": "step", "pid": pid}));
    other.ok(json!({"cmd": "restart"}));
}

#[test]
fn the_reference_asks_nobody_before_it_restarts() {
    let (server, _) = started("restart-reference", Reading::Reference);
    let mut client = server.executive();
    let pid = client.load("loop.hxe");
    let me = locking(&mut client, json!(pid));
    client.ok(json!({"cmd": "restart"}));
    assert_eq!(locks(&mut client, &me)["pid_locks"], json!([]));
}

#[test]
fn a_step_by_lines_is_one_of_the_task_that_it_steps() {
    let (server, folder) = started("lines-locked", Reading::Strict);
    let symbols = json!({"version": 1, "instructions": [{"pc": 8, "file": "f.c", "line": 8}]});
    fs::write(folder.join("loop.sym"), symbols.to_string()).unwrap();
    let (mut client, mut other) = (server.executive(), server.executive());
    let pid = client.load("loop.hxe");
    let me = locking(&mut client, json!(pid));
    let step = json!({"cmd": "step", "source_only": true});
    assert_eq!(other.error(step), format!("pid_locked:{pid}"));
    client.ok(json!({"cmd": "step", "source_only": true, "session": me}));
}

#[test]
fn a_session_outlives_its_connection() {
    let (server, _) = started("session-outlives", Reading::Strict);
    let mut client = server.executive();
    let pid = client.load("loop.hxe");
    let me = locking(&mut client, json!(pid));
    drop(client);
    // A shell has a new connection for each request.
    let mut again = server.executive();
    assert_eq!(again.error(json!({"cmd": "kill", "pid": pid})), format!("pid_locked:{pid}"));
    again.ok(json!({"cmd": "step", "pid": pid, "session": me}));
    // Whoever cannot wait until its heartbeat is over has it closed.
    let you = locking(&mut again, Value::Null);
    again.ok(json!({"cmd": "session.terminate", "target": me, "session": you}));
    again.ok(json!({"cmd": "kill", "pid": pid}));
}

#[test]
fn a_session_without_a_subscription_has_nothing_to_acknowledge() {
    for (reading, text) in
        [(Reading::Strict, "subscription_required"), (Reading::Reference, "session_required")]
    {
        let (server, _) = started("no-subscription", reading);
        let mut client = server.executive();
        let me = locking(&mut client, Value::Null);
        assert_eq!(client.error(json!({"cmd": "events.ack", "session": me, "seq": 1})), text);
        assert_eq!(client.error(json!({"cmd": "events.ack", "seq": 1})), "session_required");
    }
}

#[test]
fn records_with_the_largest_number_are_followed_by_others() {
    let (server, _) = started("records", Reading::Strict);
    let mut client = server.executive();
    let pid = client.load("loop.hxe");
    let records = json!([{"seq": u64::MAX}, {}]);
    client.ok(json!({"cmd": "trace", "op": "import", "pid": pid, "records": records}));
    client.ok(json!({"cmd": "trace", "pid": pid, "mode": true}));
    client.ok(json!({"cmd": "step", "steps": 3}));
}

#[test]
fn a_server_with_limits_out_of_their_ranges_is_not_made() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bind = |limits: Limits| {
        let folder = Folder::new(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
        let setup = Setup { reading: Reading::Strict, folder, limits, pin: None };
        runtime.block_on(Server::bind(setup, &[("127.0.0.1:0".to_owned(), Protocol::Vm)])).map(drop)
    };
    let good = Limits::default();
    bind(good).unwrap();
    for (limits, text) in [
        (Limits { line: 0, ..good }, "line can be 1 to 1073741824, not 0"),
        (Limits { connections: 1 << 61, ..good }, "connections can be 1 to 65535, not 2305843009213693952"),
        (Limits { held: 65_536, ..good }, "held can be 0 to 65535, not 65536"),
    ] {
        assert_eq!(bind(limits).unwrap_err().to_string(), text);
    }
}
