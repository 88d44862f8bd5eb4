//! The VM server's protocol, by a client on a socket.

mod common;

use std::io::Write;
use std::time::{Duration, Instant};

use common::{Declares, Running, folder, image, write_images};
use remote::host::Reading;
use remote::limits::Limits;
use serde_json::{Value, json};

fn started(name: &str) -> (Running, std::path::PathBuf) {
    let folder = folder(name);
    write_images(&folder);
    (Running::start(&folder, Reading::Strict, Limits::default()), folder)
}

fn types(result: &Value) -> Vec<&str> {
    result["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[test]
fn two_programs_and_a_mailbox() {
    let (server, _) = started("two-programs");
    let mut client = server.vm();
    assert_eq!(client.ok(json!({"cmd": "PING", "version": 1}))["reply"], "pong");
    let image = client.ok(json!({"cmd": "load", "path": "alpha.hxe"}))["image"].take();
    assert_eq!((&image["pid"], &image["app_name"]), (&json!(1), &json!("alpha")));
    assert_eq!(image["metadata"]["values"][0]["name"], "temp");
    assert_eq!(image["mailbox_creation"][0]["descriptor"], 5);
    assert_eq!(client.load("beta.hxe"), 2);
    assert_eq!(client.states(), ["running", "ready"]);

    let result = client.ok(json!({"cmd": "step", "steps": "40"}))["result"].take();
    assert_eq!(result["executed"], 40);
    assert_eq!(types(&result), ["value_registered", "cmd_registered", "mailbox_send", "mailbox_wait"]);
    let waiting = client.states();
    assert_eq!(waiting, ["waiting_mbx", "running"]);

    let out = client.ok(json!({"cmd": "mailbox_open", "target": "svc:stdio.out@1"}));
    let received = client.ok(json!({"cmd": "mailbox_recv", "handle": out["handle"]}));
    assert_eq!((&received["text"], &received["src_pid"]), (&json!("hi"), &json!(1)));
    assert_eq!(client.ok(json!({"cmd": "mailbox_recv", "handle": out["handle"]}))["mbx_status"], 3);

    let sent = client.ok(json!({"cmd": "mailbox_send", "target": "app:box", "data": "x", "channel": 7}));
    assert_eq!((&sent["mbx_status"], &sent["length"]), (&json!(0), &json!(1)));
    let result = client.ok(json!({"cmd": "step", "steps": 20}))["result"].take();
    assert!(types(&result).starts_with(&["mailbox_wake"]), "{result}");
    assert!(types(&result).contains(&"exited"), "{result}");
    let regs = client.ok(json!({"cmd": "read_regs", "pid": 1}))["registers"].take();
    assert_eq!((&regs["regs"][0], &regs["context"]["exit_status"]), (&json!(5), &json!(5)));
    // E42: the poll goes by way of `running`.
    assert_eq!(client.states()[0], "running");
    assert_eq!(client.states()[0], "returned");
}

#[test]
fn registers_are_set_all_or_none() {
    let (server, _) = started("registers");
    let mut client = server.vm();
    let pid = client.load("alpha.hxe");
    let set = |registers: Value| json!({"cmd": "write_regs", "pid": pid, "registers": registers});
    let before = client.ok(json!({"cmd": "read_regs", "pid": pid}))["registers"].take();
    let (limit, size) = (&before["stack_limit"], &before["stack_size"]);
    let sp = limit.as_u64().unwrap() + size.as_u64().unwrap() - 8;
    let new = json!({"regs": [1, 2], "pc": 8, "sp": sp, "flags": 9});
    let after = client.ok(set(new))["registers"].take();
    assert_eq!((&after["pc"], &after["sp"], &after["flags"]), (&json!(8), &json!(sp), &json!(9)));
    assert_eq!((&after["regs"][0], &after["regs"][1]), (&json!(1), &json!(2)));
    for (bad, why) in [
        (json!({"regs": [9], "sp": 2}), "register: EINVAL"),
        (json!({"regs": [9], "flags": 16}), "flags"),
        (json!({"regs": [9], "pc": -1}), "pc"),
        (json!({"pc": 0, "regs": vec![0; 17]}), "reg_id"),
    ] {
        let error = client.error(set(bad));
        assert!(error.contains(why), "{error}");
        assert_eq!(client.ok(json!({"cmd": "read_regs", "pid": pid}))["registers"], after);
    }
}

#[test]
fn values_and_commands() {
    let (server, _) = started("values");
    let mut client = server.vm();
    client.load("alpha.hxe");
    assert_eq!(client.ok(json!({"cmd": "val_get", "oid": "0x101"}))["value"]["value"], 1.5);
    assert_eq!(client.ok(json!({"cmd": "val_set", "oid": 257, "value": "3.5"}))["value"]["f16"], 0x4300);
    assert_eq!(client.ok(json!({"cmd": "val_get", "oid": 9}))["value"], json!({"status": 1}));
    let list = client.ok(json!({"cmd": "val_list", "name": "temp"}))["values"].take();
    assert_eq!((&list[0]["unit"], &list[0]["last_value"]), (&json!("degC"), &json!(3.5)));
    assert_eq!(client.ok(json!({"cmd": "cmd_list", "group": 2}))["commands"], json!([]));
    let called = client.ok(json!({"cmd": "cmd_call", "oid": 257}))["command"].take();
    assert_eq!(called, json!({"status": 0, "result": null, "pid": 1}));
    let events = client.ok(json!({"cmd": "step"}))["result"].take();
    assert_eq!(
        types(&events),
        ["value_registered", "cmd_registered", "value_changed", "cmd_invoked", "cmd_completed"]
    );
    assert_eq!(client.ok(json!({"cmd": "val_stats"}))["stats"]["values"]["count"], 1);
}

#[test]
fn a_token_opens_commands() {
    let folder = folder("token");
    // Command 1:1 "reset", with flag PIN.
    let command = [&[1, 1, 1, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0][..], b"reset\0"].concat();
    let declares = Declares { sections: vec![(2, 1, command)], name: "locked", ..Declares::default() };
    std::fs::write(folder.join("locked.hxe"), image("again: JMP again", declares)).unwrap();
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    let mut client = server.vm();
    client.load("locked.hxe");
    let mut session = server.executive();
    for (token, status) in [(json!(null), 2), (json!("12345"), 2), (json!("1234"), 0), (json!(1234), 0)] {
        let called = client.ok(json!({"cmd": "cmd_call", "oid": 257, "token": token}));
        assert_eq!(called["command"]["status"], status, "{token}");
        let called = session.ok(json!({"cmd": "cmd.call", "oid": 257, "token": token}));
        assert_eq!(called["command"]["status"], status, "{token}");
    }
}

#[test]
fn a_breakpoint_stops_once_and_lets_go_on() {
    let (server, _) = started("breakpoint");
    let mut client = server.vm();
    client.load("beta.hxe");
    let bp = json!({"cmd": "dbg", "op": "bp", "action": "add", "addr": 24, "pid": 1});
    assert_eq!(client.ok(bp)["debug"]["breakpoints"], json!([24]));
    for round in 0..3 {
        let result = client.ok(json!({"cmd": "step", "steps": 100}))["result"].take();
        assert_eq!(result["debug_event"]["reason"], "breakpoint", "{round}");
        assert_eq!((&result["pc"], &result["running"]), (&json!(24), &json!(false)), "{round}");
        assert_eq!(client.states(), ["paused"]);
        assert_eq!(client.ok(json!({"cmd": "step", "steps": 9}))["result"]["executed"], 0);
        client.ok(json!({"cmd": "resume", "pid": 1}));
    }
    let step = json!({"cmd": "dbg", "op": "step", "pid": 1, "count": 2});
    let result = client.ok(step)["debug"]["result"].take();
    assert_eq!((&result["executed"], &result["debug_event"]["reason"]), (&json!(2), &json!("step")));
    client.ok(json!({"cmd": "dbg", "op": "bp", "action": "remove", "addr": 24, "pid": 1}));
    client.ok(json!({"cmd": "dbg", "op": "detach", "pid": 1}));
    assert_eq!(client.ok(json!({"cmd": "step", "steps": 50}))["result"]["executed"], 50);
}

#[test]
fn a_client_that_goes_frees_what_it_held() {
    let (server, _) = started("goes");
    let mut first = server.vm();
    first.load("beta.hxe");
    first.ok(json!({"cmd": "dbg", "op": "bp", "action": "add", "addr": 24, "pid": 1}));
    first.ok(json!({"cmd": "mailbox_open", "target": "app:held"}));
    assert_eq!(first.ok(json!({"cmd": "step", "steps": 100}))["result"]["debug_event"]["pc"], 24);
    let mut second = server.vm();
    let handles = |client: &mut common::Client| {
        client.ok(json!({"cmd": "mailbox_snapshot"}))["stats"]["handles_per_pid"]["0"].as_u64()
    };
    assert_eq!(handles(&mut second), Some(1));
    drop(first);
    let end = Instant::now() + Duration::from_secs(10);
    while handles(&mut second).is_some() {
        assert!(Instant::now() < end, "the handle stays");
    }
    assert_eq!(second.ok(json!({"cmd": "step", "steps": 200}))["result"]["executed"], 200);
}

#[test]
fn a_bad_request_gets_an_error_and_the_connection_goes_on() {
    let (server, _) = started("bad-requests");
    let mut client = server.vm();
    let mut refused = |line: &[u8]| client.send(line)["error"].as_str().unwrap_or_default().to_owned();
    for (line, why) in [
        (&b"{bad"[..], "invalid_json"),
        (b"\xFF\xFE", "invalid_json"),
        (b"[]", "invalid_request"),
        (b"7", "invalid_request"),
        (b"{}", "missing_cmd"),
        (br#"{"cmd":null}"#, "missing_cmd"),
        (br#"{"cmd":"foo"}"#, "unknown_cmd:foo"),
        (br#"{"cmd":"ping","version":2}"#, "unsupported_version:2"),
        (br#"{"cmd":"kill"}"#, "kill: missing field `pid`"),
        (br#"{"cmd":"kill","pid":70000}"#, "unknown pid 70000"),
        (br#"{"cmd":"vm_reg_get","reg":3}"#, "no image loaded"),
        (br#"{"cmd":"step","steps":100001}"#, "steps must be between 0 and 100000"),
        (br#"{"cmd":"mailbox_open","target":""}"#, "empty or bad mailbox target"),
        (br#"{"cmd":"dbg","op":"x","pid":1}"#, "unknown dbg op x"),
    ] {
        assert_eq!(refused(line), why, "{}", String::from_utf8_lossy(line));
    }
    let deep = [b"{\"cmd\":".to_vec(), vec![b'['; 100_000]].concat();
    assert_eq!(refused(&deep), "invalid_json");
    assert_eq!(client.ok(json!({"cmd": "ping"}))["reply"], "pong");
}

#[test]
fn no_file_outside_the_folder() {
    let (server, inside) = started("inside");
    let outside = folder("outside");
    std::fs::write(outside.join("x.hxe"), image("RET", Declares::default())).unwrap();
    std::os::unix::fs::symlink(outside.join("x.hxe"), inside.join("link.hxe")).unwrap();
    let mut client = server.vm();
    let mut refused = |path: &str| client.error(json!({"cmd": "load", "path": path}));
    let beyond = outside.join("x.hxe").display().to_string();
    for path in ["link.hxe", "../outside/x.hxe", "/etc/passwd", "/nowhere", &beyond] {
        assert!(refused(path).ends_with("outside the folder of the server"), "{path}");
    }
    assert!(refused(".").ends_with("no plain file"));
    assert!(refused("nothing.hxe").contains("No such file"));
    assert!(refused("a\0b").contains("a\0b"));
    let whole = inside.join("alpha.hxe").display().to_string();
    assert_eq!(client.load(&whole), 1);
}

#[test]
fn reset_makes_everything_new() {
    let (server, _) = started("reset");
    let mut client = server.vm();
    client.load("alpha.hxe");
    client.load("beta.hxe");
    client.ok(json!({"cmd": "reset"}));
    assert_eq!(client.states(), Vec::<String>::new());
    assert_eq!(client.load("beta.hxe"), 1);
    assert_eq!(client.ok(json!({"cmd": "restart", "targets": "vm exec"}))["restart"], json!(["vm", "exec"]));
    assert_eq!(client.states(), Vec::<String>::new());
}

#[test]
fn many_requests_at_once_are_answered_in_order() {
    let (server, _) = started("in-order");
    let mut client = server.vm();
    let requests: Vec<String> = (0..500).map(|n| format!("{{\"cmd\":\"x{n}\"}}\n")).collect();
    client.stream.write_all(requests.concat().as_bytes()).unwrap();
    for n in 0..500 {
        let reply: Value = serde_json::from_str(&client.line().unwrap()).unwrap();
        assert_eq!(reply["error"], format!("unknown_cmd:x{n}"));
    }
}

#[test]
fn it_ends_within_a_second_with_clients_connected() {
    let (mut server, _) = started("ends");
    let mut clients: Vec<_> = (0..20).map(|_| server.vm()).collect();
    clients[0].stream.write_all(b"{\"cmd\":\"pi").unwrap();
    let start = Instant::now();
    server.end();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(clients.iter_mut().all(|client| client.line().is_none()));
}
