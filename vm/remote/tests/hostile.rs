//! A hundred clients at once, half of them hostile: nothing panics, memory stays bounded, and the honest ones notice
//! nothing.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Client, Running, folder, write_images};
use remote::host::Reading;
use remote::limits::Limits;
use serde_json::json;

/// Clients of each kind.
const HALF: usize = 50;
/// Attacks of all hostile clients together, at least.
const ATTACKS: usize = 500;
/// Rounds that each honest client makes.
const REQUESTS: usize = 30;
/// Bytes of a line that is far too long.
const HUGE: usize = 100 << 20;
/// The longest line. All connections together may have begun so many bytes.
const LINE: usize = 256 << 10;
/// Memory that the process may use beyond what it used before, in KiB: what the limits allow, and as much again twice for
/// the clients, which are in the same process. What hostile clients send is thousands of times that.
const MORE: u64 = 3 * ((256 * LINE as u64) >> 10);

/// A session, whose bytes hostile clients send up to any point.
const SESSION: &str = concat!(
    r#"{"version":1,"cmd":"attach"}"#,
    "\n",
    r#"{"cmd":"load","path":"beta.hxe"}"#,
    "\n",
    r#"{"cmd":"mailbox_open","target":"app:x"}"#,
    "\n",
    r#"{"cmd":"dbg","op":"attach","pid":1}"#,
    "\n",
    r#"{"cmd":"step","steps":100}"#,
    "\n",
    r#"{"cmd":"kill","pid":1}"#,
    "\n",
);

/// What this process uses, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Sends whatever the server takes of it, and reads nothing.
fn pour(address: SocketAddr, bytes: impl Iterator<Item = Vec<u8>>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    for piece in bytes {
        if stream.write_all(&piece).is_err() {
            return;
        }
    }
}

fn hostile(kind: usize, address: SocketAddr, (over, attacks): (&AtomicBool, &AtomicUsize)) {
    let mut random = kind as u64 + 1;
    let mut draw = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    while !over.load(Ordering::Relaxed) {
        attacks.fetch_add(1, Ordering::Relaxed);
        // They shall not take the processors from those that they attack.
        std::thread::sleep(Duration::from_millis(20));
        match kind / 2 % 6 {
            // Garbage, with line feeds in it.
            0 => pour(address, (0..64).map(|_| (0..4096).map(|_| draw() as u8).collect())),
            // Half a line, and then nothing.
            1 => {
                let mut stream = TcpStream::connect(address).unwrap();
                let _there = stream.write_all(br#"{"cmd":"lo"#);
                std::thread::sleep(Duration::from_millis(20));
            }
            // A line of 100 MB.
            2 => pour(address, (0..HUGE >> 16).map(|_| vec![b'['; 1 << 16]).chain([b"\n".to_vec()])),
            // Many requests whose replies nobody reads.
            3 => pour(address, (0..200).map(|_| b"{\"cmd\":\"info\"}\n".repeat(64))),
            // Much that is valid, and useless; sessions and subscriptions that nobody uses.
            4 => {
                let requests = (0..20).map(|_| {
                    let number = draw();
                    let requests = [
                        json!({"cmd": "step", "steps": number % 1000, "pid": number % 3}),
                        json!({"cmd": "mailbox_open", "target": format!("app:{number}")}),
                        json!({"cmd": "session.open", "capabilities": {"max_events": number}}),
                        json!({"cmd": "watch", "op": "add", "pid": 1, "expr": number % 0x10000}),
                        json!({"cmd": "poke", "pid": number, "addr": number, "data": "00"}),
                    ];
                    requests.map(|request| format!("{request}\n")).concat().into_bytes()
                });
                pour(address, requests);
            }
            // A close within a session.
            _ => {
                let end = draw() as usize % SESSION.len();
                let mut stream = TcpStream::connect(address).unwrap();
                let _there = stream.write_all(&SESSION.as_bytes()[..end]);
                let _gone = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

/// An honest client: it opens a mailbox of its own, and when the others come, uses that; every second one comes back anew
/// for each round.
fn honest(number: usize, address: SocketAddr, all_there: &Barrier) -> Duration {
    let mut client = Client::connect(address);
    let name = format!("app:own{number}");
    let handle = client.ok(json!({"cmd": "mailbox_open", "target": name}))["handle"].clone();
    all_there.wait();
    let mut slowest = Duration::ZERO;
    for round in 0..REQUESTS {
        let start = Instant::now();
        let text = format!("{number}/{round}");
        client.ok(json!({"cmd": "mailbox_send", "handle": handle, "data": text}));
        assert_eq!(client.ok(json!({"cmd": "mailbox_recv", "handle": handle}))["text"], text);
        if number.is_multiple_of(2) {
            assert_eq!(Client::connect(address).ok(json!({"cmd": "ping"}))["reply"], "pong");
        }
        slowest = slowest.max(start.elapsed());
    }
    slowest
}

#[test]
fn a_hundred_clients_half_of_them_hostile() {
    let folder = folder("hostile");
    write_images(&folder);
    let mut server = Running::start(
        &folder,
        Reading::Strict,
        Limits { line: LINE, mailboxes: 8, held: 8, ..Limits::default() },
    );
    let addresses = server.addresses.clone();
    let mut first = server.vm();
    assert_eq!(first.load("beta.hxe"), 1);
    let before = resident();
    let (over, at_work, attacks) = (AtomicBool::new(false), AtomicUsize::new(HALF), AtomicUsize::new(0));
    let (mut most, mut slowest) = (before, Duration::ZERO);
    let all_there = Barrier::new(HALF + 1);
    std::thread::scope(|scope| {
        let honest: Vec<_> = (0..HALF)
            .map(|number| {
                let (at_work, address, all_there) = (&at_work, addresses[0], &all_there);
                scope.spawn(move || {
                    let slowest = honest(number, address, all_there);
                    at_work.fetch_sub(1, Ordering::Relaxed);
                    slowest
                })
            })
            .collect();
        all_there.wait();
        for kind in 0..HALF {
            let (address, state) = (addresses[kind % 2], (&over, &attacks));
            scope.spawn(move || hostile(kind, address, state));
        }
        let end = Instant::now() + Duration::from_secs(120);
        let goes_on = || at_work.load(Ordering::Relaxed) > 0 || attacks.load(Ordering::Relaxed) < ATTACKS;
        while goes_on() && Instant::now() < end {
            most = most.max(resident());
            std::thread::sleep(Duration::from_millis(10));
        }
        over.store(true, Ordering::Relaxed);
        let times = honest.into_iter().map(|client| client.join().expect("an honest client is served"));
        slowest = times.max().unwrap_or_default();
    });
    let attacks = attacks.into_inner();
    println!("{attacks} attacks; {before} KiB before, {most} KiB at most; slowest honest round {slowest:?}");
    assert!(attacks >= ATTACKS, "{attacks} attacks");
    assert!(most < before + MORE, "{before} KiB before, {most} KiB at most");
    // Whoever was there before is served as ever, and nothing of the others is left.
    assert_eq!(first.ok(json!({"cmd": "ping"}))["reply"], "pong");
    let end = Instant::now() + Duration::from_secs(10);
    while first.ok(json!({"cmd": "mailbox_snapshot"}))["stats"]["handles_per_pid"].get("0").is_some() {
        assert!(Instant::now() < end, "handles of clients that are gone stay open");
    }
    let start = Instant::now();
    server.end();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn a_session_may_end_at_every_byte() {
    let folder = folder("every-byte");
    write_images(&folder);
    let server = Running::start(&folder, Reading::Strict, Limits::default());
    for end in 0..=SESSION.len() {
        let mut stream = TcpStream::connect(server.addresses[0]).unwrap();
        stream.write_all(&SESSION.as_bytes()[..end]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut replies = String::new();
        stream.read_to_string(&mut replies).unwrap();
        let lines = SESSION[..end].matches('\n').count();
        assert_eq!(replies.lines().count(), lines, "{end}");
        let mut client = server.vm();
        client.ok(json!({"cmd": "reset"}));
    }
}

#[test]
fn more_clients_than_there_may_be_are_told() {
    let folder = folder("too-many");
    let server = Running::start(&folder, Reading::Strict, Limits { connections: 3, ..Limits::default() });
    let mut clients: Vec<Client> = (0..3).map(|_| server.vm()).collect();
    clients.iter_mut().for_each(|client| drop(client.ok(json!({"cmd": "ping"}))));
    let mut fourth = server.vm();
    assert_eq!(fourth.line().unwrap().trim(), r#"{"error":"too_many_connections","status":"error"}"#);
    assert_eq!(fourth.line(), None);
    drop(clients.pop());
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let mut next = server.vm();
        if next.ask(json!({"cmd": "ping"}))["reply"] == "pong" {
            break;
        }
        assert!(Instant::now() < end, "no room although a client has gone");
    }
}

#[test]
fn a_long_line_is_refused_and_the_next_one_answered() {
    let folder = folder("long-line");
    let server = Running::start(&folder, Reading::Strict, Limits { line: 100, ..Limits::default() });
    let mut client = server.vm();
    assert_eq!(client.send(&[b'x'; 101])["error"], "line_too_long:100");
    assert_eq!(client.send(&[b'x'; 100])["error"], "invalid_json");
    assert_eq!(client.ok(json!({"cmd": "ping"}))["reply"], "pong");
}
