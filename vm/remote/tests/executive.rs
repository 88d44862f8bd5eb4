//! The executive's own protocol, by clients on sockets.

mod common;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use common::{Client, Declares, Running, folder, image, write_images};
use remote::host::Reading;
use remote::limits::Limits;
use serde_json::{Value, json};

/// A task whose `main` calls `inner`, with frames as compilers make them. `inner` waits in a loop.
const FRAMES: &str = r#"
.text
main: CALL inner
RET
inner: PUSH R7
MOV R7, R15
again: LDI R1, 1
ADD R2, R2, R1
JMP again
"#;

/// A task that waits 20 ms for a message, sleeps 20 ms, and returns.
const TIMED: &str = r#"
.data
box: .asciz "app:box"
.text
LDI32 R1, box
SVC MOD=5 FN=0
LDI32 R2, 0x3000
LDI R3, 32
LDI R4, 20
LDI R5, 0
SVC MOD=5 FN=3
LDI R0, 20
SVC MOD=6 FN=0
RET
"#;

fn started(name: &str) -> (Running, std::path::PathBuf) {
    let folder = folder(name);
    write_images(&folder);
    for (name, source) in [("frames", FRAMES), ("timed", TIMED)] {
        let image = image(source, Declares { name, ..Declares::default() });
        fs::write(folder.join(format!("{name}.hxe")), image).unwrap();
    }
    let symbols = json!({
        "version": 1,
        "symbols": {
            "functions": [
                {"name": "inner", "address": 8, "size": 20, "file": "f.c", "line": 7},
                {"name": "main", "address": 0, "size": 8},
            ],
            "variables": [{"name": "counter", "address": 8192, "size": 2}],
        },
        "instructions": [{"pc": 8, "file": "f.c", "line": 8}, {"pc": 16, "file": "f.c", "line": 9}],
    });
    fs::write(folder.join("frames.sym"), symbols.to_string()).unwrap();
    (Running::start(&folder, Reading::Strict, Limits::default()), folder)
}

fn session(client: &mut Client, request: Value) -> String {
    client.ok(request)["session"]["id"].as_str().unwrap().to_owned()
}

/// The next event on a connection.
fn event(client: &mut Client) -> Value {
    let event: Value = serde_json::from_str(&client.line().expect("an event")).unwrap();
    assert!(event["seq"].is_u64() && event.get("status").is_none(), "{event}");
    event
}

#[test]
fn sessions_lock_tasks_and_expire() {
    let (server, _) = started("sessions");
    let (mut first, mut second) = (server.executive(), server.executive());
    let open = json!({
        "cmd": "session.open", "client": "probe", "pid_lock": 1, "heartbeat_s": 1,
        "capabilities": {"features": ["events", "stack", "nope"], "max_events": 1},
    });
    let opened = first.ok(open)["session"].take();
    assert_eq!((&opened["heartbeat_s"], &opened["max_events"]), (&json!(5), &json!(2)));
    assert_eq!(opened["features"], json!(["events", "stack"]));
    assert_eq!(
        opened["warnings"],
        json!(["unsupported_feature:nope", "max_events_clamped:2", "heartbeat_clamped:5"])
    );
    let id = opened["id"].clone();
    first.ok(json!({"cmd": "load", "path": "beta.hxe"}));
    assert_eq!(second.error(json!({"cmd": "pause", "pid": 1})), "pid_locked:1");
    assert_eq!(second.error(json!({"cmd": "session.open", "pid_lock": [2, 1]})), "pid_locked:1");
    assert_eq!(second.error(json!({"cmd": "ping", "session": "x"})), "session_required");
    second.ok(json!({"cmd": "step", "steps": 2}));
    first.ok(json!({"cmd": "pause", "pid": 1, "session": id}));
    assert_eq!(first.ok(json!({"cmd": "session.list"}))["sessions"][0]["pid_locks"], json!([1]));
    // Nobody has heard of it for more than its heartbeat.
    std::thread::sleep(Duration::from_millis(6200));
    assert_eq!(first.error(json!({"cmd": "session.keepalive", "session": id})), "session_required");
    second.ok(json!({"cmd": "resume", "pid": 1}));
}

#[test]
fn as_many_sessions_as_there_may_be() {
    let folder = folder("many-sessions");
    let server = Running::start(&folder, Reading::Strict, Limits { sessions: 2, ..Limits::default() });
    let mut client = server.executive();
    let one = session(&mut client, json!({"cmd": "session.open"}));
    session(&mut client, json!({"cmd": "session.open"}));
    assert_eq!(client.error(json!({"cmd": "session.open"})), "too many sessions: there may be 2");
    client.ok(json!({"cmd": "session.close", "session": one}));
    session(&mut client, json!({"cmd": "session.open"}));
}

#[test]
fn events_and_replies_share_a_connection() {
    let (server, _) = started("events");
    let mut client = server.executive();
    let id = session(&mut client, json!({"cmd": "session.open"}));
    let wrong = json!({"cmd": "events.subscribe", "session": id, "filters": {"categories": ["mailbox"]}});
    assert_eq!(client.error(wrong), "unsupported_category:mailbox");
    client.ok(json!({"cmd": "load", "path": "alpha.hxe"}));
    let filters = json!({"categories": ["mailbox_send", "task_state", "debug_break"], "pid": 1});
    let events = client.ok(json!({"cmd": "events.subscribe", "session": id, "filters": filters}));
    assert!(events["events"]["token"].as_str().unwrap().starts_with(&id), "{events}");
    let mut other = server.executive();
    other.ok(json!({"cmd": "step", "steps": 4}));
    let sent = event(&mut client);
    assert_eq!((&sent["type"], &sent["data"]["length"]), (&json!("mailbox_send"), &json!(2)));
    other.ok(json!({"cmd": "step", "steps": 10}));
    let waits = event(&mut client);
    assert_eq!(waits["data"]["new_state"], "waiting_mbx");
    assert_eq!(waits["data"]["reason"], "mailbox_wait");
    // Requests are read as before.
    let acknowledged = client.ok(json!({"cmd": "events.ack", "session": id, "seq": waits["seq"]}));
    assert_eq!(acknowledged["events"]["pending"], 0);
    other.ok(json!({"cmd": "kill", "pid": 1}));
    assert_eq!(event(&mut client)["data"]["new_state"], "terminated");
    assert_eq!(client.ok(json!({"cmd": "events.unsubscribe", "session": id}))["unsubscribed"], true);
    // What was missed is told to whoever asks in time.
    let since = json!({"cmd": "events.subscribe", "session": id, "filters": {"since_seq": sent["seq"]}});
    client.ok(since);
    assert_eq!(event(&mut client)["seq"], json!(sent["seq"].as_u64().unwrap() + 1));
}

#[test]
fn a_client_that_reads_no_events_loses_them_and_is_told() {
    let (server, _) = started("slow");
    let mut slow = server.executive();
    let open = json!({"cmd": "session.open", "capabilities": {"features": ["events"], "max_events": 4}});
    let id = session(&mut slow, open);
    let mut other = server.executive();
    other.ok(json!({"cmd": "load", "path": "beta.hxe"}));
    other.ok(json!({"cmd": "trace", "pid": 1, "mode": "on"}));
    slow.ok(json!({"cmd": "events.subscribe", "session": id, "filters": {"categories": ["trace_step"]}}));
    // One step of 100 instructions makes 100 events at once, for a queue of 4.
    other.ok(json!({"cmd": "step", "steps": 100}));
    let warning = event(&mut slow);
    assert_eq!((&warning["type"], &warning["data"]["reason"]), (&json!("warning"), &json!("event_dropped")));
    assert_eq!(warning["data"]["count"], 96);
    let mut last = warning["seq"].as_u64().unwrap();
    for _ in 0..4 {
        let next = event(&mut slow)["seq"].as_u64().unwrap();
        assert!(next > last, "lines come in the order of their numbers");
        last = next;
    }
    // It never acknowledges: it is warned, and then its subscription ends.
    std::thread::sleep(Duration::from_millis(1100));
    let end = Instant::now() + Duration::from_secs(15);
    let mut reasons = Vec::new();
    while !reasons.contains(&json!("slow_consumer_drop")) {
        assert!(Instant::now() < end, "{reasons:?}");
        other.ok(json!({"cmd": "step", "steps": 4}));
        loop {
            let next = event(&mut slow);
            if next["type"] == "warning" {
                reasons.push(next["data"]["reason"].clone());
            }
            if next["data"]["reason"] == "slow_consumer_drop" || next["type"] == "trace_step" {
                break;
            }
        }
    }
    assert!(reasons.contains(&json!("slow_consumer")), "{reasons:?}");
    assert_eq!(slow.error(json!({"cmd": "events.ack", "session": id, "seq": 1})), "subscription_required");
}

#[test]
fn the_clock_keeps_deadlines_and_goes_on() {
    let (server, _) = started("clock");
    let mut client = server.executive();
    client.ok(json!({"cmd": "load", "path": "timed.hxe"}));
    assert_eq!(client.ok(json!({"cmd": "clock", "op": "start"}))["clock"]["running"], true);
    let end = Instant::now() + Duration::from_secs(10);
    while client.states() != ["returned"] {
        assert!(Instant::now() < end, "{:?}", client.states());
        std::thread::sleep(Duration::from_millis(5));
    }
    let clock = client.ok(json!({"cmd": "clock"}))["clock"].take();
    assert_eq!((&clock["running"], &clock["auto_total_steps"]), (&json!(true), &json!(10)));
    // With nothing to do it takes no turns, and a new task runs at once.
    client.ok(json!({"cmd": "load", "path": "beta.hxe"}));
    let steps = |client: &mut Client| {
        client.ok(json!({"cmd": "clock"}))["clock"]["auto_total_steps"].as_u64().unwrap()
    };
    while steps(&mut client) < 5000 {
        assert!(Instant::now() < end, "{}", steps(&mut client));
    }
    client.ok(json!({"cmd": "clock", "op": "rate", "rate": 50}));
    client.ok(json!({"cmd": "clock", "op": "stop"}));
    client.ok(json!({"cmd": "clock", "op": "start"}));
    let before = steps(&mut client);
    std::thread::sleep(Duration::from_millis(500));
    let ran = steps(&mut client) - before;
    assert!((10..=35).contains(&ran), "{ran} turns in half a second at 50 Hz");
    assert_eq!(client.ok(json!({"cmd": "clock", "op": "stop"}))["clock"]["mode"], "stopped");
}

#[test]
fn views_of_a_task() {
    let (server, folder) = started("views");
    let mut client = server.executive();
    let image = client.ok(json!({"cmd": "load", "path": "frames.hxe"}))["image"].take();
    assert_eq!((&image["symbols"]["loaded"], &image["symbols"]["count"]), (&json!(true), &json!(3)));
    client.ok(json!({"cmd": "step", "steps": 5}));

    // E54: frames and code are those of the task.
    let stack = client.ok(json!({"cmd": "stack", "pid": 1}))["stack"].take();
    assert_eq!(stack["errors"], json!([]), "{stack}");
    let names: Vec<&str> = stack["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| frame["func_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["inner", "main"]);
    assert_eq!((&stack["frames"][0]["return_pc"], &stack["frames"][1]["pc"]), (&json!(4), &json!(4)));
    let listing = client.ok(json!({"cmd": "disasm", "pid": 1, "addr": 8, "count": 3}))["disasm"].take();
    let text: Vec<String> = listing["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["mnemonic"].as_str().unwrap(), it["operands"].as_str().unwrap()))
        .collect();
    assert_eq!(text, ["PUSH R7", "MOV R7, R15", "LDI R1, 1"]);
    assert_eq!(listing["instructions"][0]["label"], "inner");
    assert_eq!(listing["instructions"][2]["line"]["line"], 9);

    let symbol = json!({"cmd": "sym", "op": "addr", "pid": 1, "address": 12});
    assert_eq!(client.ok(symbol)["symbol"]["offset"], 4);
    let named = json!({"cmd": "sym", "op": "name", "pid": 1, "name": "counter"});
    assert_eq!(client.ok(named)["symbol"]["address"], 8192);
    let page = json!({"cmd": "symbols", "pid": 1, "type": "functions", "offset": 1, "limit": 1});
    let page = client.ok(page)["symbols"].take();
    assert_eq!((&page["count"], &page["symbols"][0]["name"]), (&json!(2), &json!("inner")));
    let regions = client.ok(json!({"cmd": "memory", "pid": 1}))["memory"]["regions"].take();
    let names: Vec<&str> =
        regions.as_array().unwrap().iter().map(|region| region["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["code", "registers", "stack"]);

    let watch = json!({"cmd": "watch", "op": "add", "pid": 1, "expr": "counter"});
    let watch = client.ok(watch)["watch"].take();
    assert_eq!(
        (&watch["address"], &watch["length"], &watch["value"]),
        (&json!(8192), &json!(2), &json!("0000"))
    );
    client.ok(json!({"cmd": "poke", "pid": 1, "addr": "0x2000", "data": "0102"}));
    assert_eq!(
        client.ok(json!({"cmd": "watch", "op": "list", "pid": 1}))["watch"]["watches"][0]["value"],
        "0102"
    );
    client.ok(json!({"cmd": "watch", "op": "remove", "pid": 1, "id": watch["id"]}));

    let records = json!({"cmd": "trace", "op": "records", "pid": 1});
    let trace = client.ok(records.clone())["trace"].take();
    assert_eq!((&trace["count"], &trace["records"][0]["pc"]), (&json!(1), &json!(20)));
    let import = json!({"cmd": "trace", "op": "import", "pid": 1, "records": [{"seq": 200, "pc": 4}], "replace": false});
    assert_eq!(client.ok(import)["trace"]["count"], 2);
    client.ok(json!({"cmd": "trace", "op": "config", "buffer_size": 1}));
    assert_eq!(client.ok(records)["trace"]["records"][0]["seq"], 200);

    fs::write(folder.join("bad.sym"), "[").unwrap();
    let bad = json!({"cmd": "sym", "op": "load", "pid": 1, "path": "bad.sym"});
    assert!(client.error(bad).contains("no symbol file"));
    let outside = json!({"cmd": "sym", "op": "load", "pid": 1, "path": "/etc/passwd"});
    assert!(client.error(outside).contains("outside the folder"));
}

#[test]
fn breakpoints_for_shells_and_for_debuggers() {
    let (server, _) = started("debuggers");
    let mut client = server.executive();
    client.ok(json!({"cmd": "load", "path": "beta.hxe"}));
    assert_eq!(
        client.ok(json!({"cmd": "bp", "op": "set", "pid": 1, "addr": "0x18"}))["breakpoints"],
        json!([24])
    );
    assert_eq!(client.ok(json!({"cmd": "bp.add", "pid": 1, "address": 28}))["breakpoints"], json!([24, 28]));
    assert_eq!(client.ok(json!({"cmd": "bp.remove", "pid": 1, "address": 28}))["breakpoints"], json!([24]));
    for _ in 0..2 {
        let result = client.ok(json!({"cmd": "step", "steps": 100}))["result"].take();
        assert_eq!(result["pc"], 24);
        let told = result["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&told["type"], &told["data"]["pc"]), (&json!("debug_break"), &json!(24)));
        client.ok(json!({"cmd": "resume", "pid": 1}));
    }
    assert_eq!(client.ok(json!({"cmd": "bp", "op": "clear_all", "pid": 1}))["breakpoints"], json!([]));
    assert_eq!(client.ok(json!({"cmd": "step", "steps": 100}))["result"]["executed"], 100);
}

#[test]
fn listening_to_a_stream_with_several_readers_takes_nothing_away() {
    let (server, _) = started("listen");
    let mut client = server.executive();
    client.ok(json!({"cmd": "load", "path": "alpha.hxe"}));
    let config = json!({"cmd": "stdio_fanout", "pid": 1, "stream": "out", "mode": "drop"});
    assert_eq!(client.ok(config)["config"]["streams"][0]["mode_mask"], 27);
    client.ok(json!({"cmd": "step", "steps": 4}));
    let messages = |client: &mut Client| client.ok(json!({"cmd": "listen", "pid": 1}))["messages"].take();
    assert_eq!(messages(&mut client)[0]["text"], "hi");
    assert_eq!(messages(&mut client), json!([]));
    let channels = client.ok(json!({"cmd": "list", "pid": 1}))["channels"]["channels"].take();
    assert_eq!((&channels[1]["target"], &channels[1]["queue_depth"]), (&json!("svc:stdio.out@1"), &json!(1)));
    assert_eq!(client.ok(json!({"cmd": "send", "pid": 1, "data": "x"}))["target"], "svc:stdio.in@1");
}

#[test]
fn streams_are_named_as_the_reference_names_them() {
    let (server, _) = started("fanout");
    let mut client = server.executive();
    client.ok(json!({"cmd": "load", "path": "alpha.hxe"}));
    let mut masks = |pid: &str, stream: &str, mode: &str| {
        let wanted = json!({"cmd": "stdio_fanout", "pid": pid, "stream": stream, "mode": mode});
        let applied = client.ok(wanted)["config"]["applied"].take();
        let applied: Vec<_> = applied.as_array().unwrap().iter().map(|one| one["stream"].clone()).collect();
        let now = client.ok(json!({"cmd": "stdio_fanout", "pid": "1"}))["config"]["streams"].take();
        let now: Vec<_> = now.as_array().unwrap().iter().map(|one| one["mode_mask"].clone()).collect();
        (json!(applied), json!(now))
    };
    assert_eq!(masks("1", "stdout", "fanout_drop"), (json!(["out"]), json!([3, 27, 3])));
    assert_eq!(masks("1", " BOTH ", "block"), (json!(["out", "err"]), json!([3, 43, 43])));
    assert_eq!(masks("1", "", "none"), (json!(["out"]), json!([3, 3, 43])));
    assert_eq!(masks("all", "both", "drop"), (json!(["out", "err"]), json!([3, 27, 27])));
    assert_eq!(masks("1", "any", "default"), (json!(["in", "out", "err"]), json!([3, 3, 3])));
    let unknown = json!({"cmd": "stdio_fanout", "pid": "1", "stream": "stdlog", "mode": "drop"});
    assert!(client.error(unknown).contains("stdio stream"));
    let boxes = client.ok(json!({"cmd": "list", "pid": 1}))["channels"]["channels"].take();
    let streams = boxes.as_array().unwrap().iter().filter(|one| one["namespace"] == 1);
    assert_eq!(streams.count(), 3, "{boxes}");
}

#[test]
fn reload_and_reset_keep_sessions() {
    let (server, _) = started("reload");
    let mut client = server.executive();
    let id = session(&mut client, json!({"cmd": "session.open"}));
    client.ok(json!({"cmd": "load", "path": "alpha.hxe"}));
    // It has values, which the reference cannot register a second time.
    let reload = client.ok(json!({"cmd": "reload", "pid": 1}))["reload"].take();
    assert_eq!((&reload["old_pid"], &reload["new_pid"]), (&json!(1), &json!(2)));
    client.ok(json!({"cmd": "restart", "targets": ["vm"]}));
    assert_eq!(client.states(), Vec::<String>::new());
    client.ok(json!({"cmd": "session.keepalive", "session": id}));
}

#[test]
fn shutdown_ends_the_server_with_clients_connected() {
    let (server, _) = started("shutdown");
    let (mut client, mut other) = (server.executive(), server.vm());
    other.stream.write_all(b"{\"cmd\":").unwrap();
    assert_eq!(client.ok(json!({"cmd": "shutdown"}))["version"], 1);
    let end = Instant::now() + Duration::from_secs(1);
    while !server.has_ended() {
        assert!(Instant::now() < end, "it lives");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(other.line(), None);
}
