//! Tasks: every call of the host in every state, what images declare, and everything that can be full.

use std::sync::LazyLock;

use itertools::iproduct;
use minivm::isa::Opcode;

use super::scripts::{TEXT, load, of, run, running, staying, step};
use crate::case::{Call, Case, Stream};
use crate::config::{Config, Policy, Quotas};
use crate::images::{DeclaredValue, Link, Program};

/// Tasks in every state: ready, waiting, asleep, paused, returned, gone by 1:0, stopped by `BRK`, at a fault, in a loop.
fn states() -> Vec<Program> {
    let mut programs: Vec<Program> = (0..9).map(|_| Program::default()).collect();
    let target = programs[1].text("app:q");
    programs[0].set(1, 1).jump(0);
    programs[1].call(5, 0, &[target]).call(5, 3, &[4, 0x3000, 64, 9, 0]).jump(0);
    programs[2].set(0, 9).svc(6, 0).jump(0);
    programs[3].set(0, 3).ret();
    programs[4].set(0, 4).svc(1, 0).jump(0);
    programs[5].op(Opcode::Brk, [0; 3], 5).jump(0);
    programs[6].op(Opcode::Div, [1, 1, 14], 0).jump(0);
    programs[7].word(0xEE00_0000).jump(0);
    programs[8].jump(0x400);
    programs
}

/// Every call of the host on a task in every state, while it is active and while another is.
pub(super) fn host() -> impl Iterator<Item = Case> + Send {
    static STATES: LazyLock<Vec<Program>> = LazyLock::new(states);
    let calls = host_calls();
    iproduct!(0..STATES.len(), 0..3usize, calls).map(|(state, beside, call)| {
        let mut script = vec![load(&STATES[state])];
        if beside > 0 {
            script.push(load(&STATES[0]));
        }
        script.push(step(12));
        if beside == 2 {
            script.push(Call::Pause { pid: Some(1) });
        }
        script.extend([call, Call::Advance { ms: 9 }, step(4), Call::Resume { pid: Some(1) }, step(3)]);
        of(script)
    })
}

fn host_calls() -> Vec<Call> {
    let image = states()[3].image();
    let mut calls = vec![
        Call::Load { image },
        Call::Load { image: b"HSXE".to_vec() },
        step(0),
        Call::Pause { pid: None },
        Call::Resume { pid: None },
        Call::Step { n: 2, pid: Some(1) },
        Call::Step { n: 2, pid: Some(9) },
        Call::RegSet { pid: 1, reg: 15, value: 0 },
        Call::RegSet { pid: 2, reg: 0, value: 1 },
        Call::Peek { pid: 1, address: 0x1000, length: 64 },
        Call::Peek { pid: 1, address: 0xFFC0, length: 0x1_0000 },
        Call::Poke { pid: 1, address: 0x1004, bytes: vec![1, 2, 3] },
        Call::Poke { pid: 2, address: 0x103E, bytes: vec![1, 2, 3, 4] },
        Call::Poke { pid: 1, address: 0xFFFE, bytes: vec![1, 2, 3] },
        Call::MailboxSend {
            data: vec![1; 4],
            handle: None,
            target: Some("app:q".into()),
            flags: 0,
            channel: 0,
            pid: 0,
        },
        Call::MailboxSend { data: vec![1; 4], handle: None, target: None, flags: 0, channel: 0, pid: 0 },
        Call::MailboxSend { data: vec![1; 57], handle: Some(2), target: None, flags: 0, channel: 0, pid: 1 },
        Call::MailboxSend {
            data: vec![1; 57],
            handle: Some(2),
            target: Some("app:r".into()),
            flags: 0,
            channel: 0,
            pid: 1,
        },
        Call::MailboxSend {
            data: vec![1; 5],
            handle: Some(99),
            target: Some("app:r".into()),
            flags: 9,
            channel: 9,
            pid: 1,
        },
        Call::MailboxSend {
            data: vec![1; 5],
            handle: Some(0),
            target: Some("x@y".into()),
            flags: 0,
            channel: 0,
            pid: 0,
        },
        Call::MailboxRecv { handle: 1, max: 0, pid: 1 },
        Call::MailboxRecv { handle: 99, max: 0, pid: 1 },
        Call::MailboxPeek { handle: 2, pid: 1 },
        Call::MailboxPeek { handle: 99, pid: 1 },
        Call::MailboxTap { handle: 2, enable: true, pid: 1 },
        Call::MailboxTap { handle: 99, enable: true, pid: 1 },
        Call::MailboxClose { handle: 2, pid: 1 },
        Call::MailboxClose { handle: 99, pid: 1 },
        Call::ValGet { oid: 1, pid: None },
        Call::ValSet { oid: 1, f16: 0, pid: Some(1) },
        Call::ValList { pid: None, group: None },
        Call::CmdList { pid: None, group: None },
        Call::CmdCall { oid: 1, pid: None, r#async: false },
    ];
    for pid in [1, 2, 9] {
        calls.extend([Call::Kill { pid }, Call::Pause { pid: Some(pid) }, Call::Resume { pid: Some(pid) }]);
        calls.extend([Call::RegGet { pid, reg: 0 }, Call::RegSet { pid, reg: 0, value: 7 }]);
        calls.extend([
            Call::Sched { pid, priority: Some(0), quantum: Some(5) },
            Call::Peek { pid, address: 0x4000, length: 4 },
        ]);
        calls.push(Call::Poke { pid, address: 0x3000, bytes: vec![9] });
    }
    for (stream, update) in iproduct!([Stream::In, Stream::Out, Stream::Err], [false, true]) {
        calls.push(Call::MailboxStdio { stream, mode: 0xB, update });
    }
    calls
}

/// What images declare: every field at its edges, twice, and beside what is stored.
pub(super) fn metadata() -> impl Iterator<Item = Case> + Send {
    let flags = [0u8, 1, 2, 4, 0x18];
    let values = iproduct!(flags, [0u16, 1, 0xFFFF], [0u16, 0x3C00, 0x7C01], ["", "speed"], 0..3usize).map(
        |(flags, key, init, name, rest)| {
            let (unit, epsilon, range) =
                [("", 0, (0, 0)), ("rpm", 0x8000, (0, 1)), ("\u{b5}m/s", 0x7E01, (0x7FFF, 0))][rest];
            let value = DeclaredValue {
                oid: 0x101,
                flags,
                auth: rest as u8,
                init,
                name,
                unit,
                epsilon,
                range,
                key,
                group: name,
            };
            let mut program = Program::default();
            program.values(&[value, DeclaredValue { oid: 0xF001, ..value }]).named("app").ret();
            let calls = vec![
                load(&program),
                load(&program),
                step(2),
                Call::ValGet { oid: 0x101, pid: None },
                Call::Kill { pid: 1 },
                load(&program),
            ];
            Case {
                config: Config { persisted: vec![(1, 0x4000), (0xFFFF, 0x3C01)], ..Config::default() },
                calls,
            }
        },
    );
    let mailboxes = [
        r#"[{"target":"app:log"}]"#,
        r#"[{"target":" app:log ","capacity":96,"mode":11}]"#,
        r#"[{"target":"app:log","capacity":0,"mode":0}]"#,
        r#"[{"target":""},{"target":"svc:own"}]"#,
        r#"[{"target":"pid:zz"}]"#,
        r#"[{"target":"svc:x@q"},{"target":"svc:own"}]"#,
        r#"[{"target":"svc:own","owner_pid":7}]"#,
        r#"[{"target":"app:log","capacity":20},{"target":"app:log","capacity":40,"mode":8}]"#,
        r#"[{"target":"svc:stdio.out","capacity":8}]"#,
        r#"[{"target":"app:log","capacity":18446744073709551616,"mode":18446744073709551627}]"#,
        r#"[{"target":"app:log","capacity":9223372036854775808},{"target":"svc:own","owner_pid":9223372036854775807}]"#,
        r#"[{"target":"svc:own","owner_pid":-18446744073709551617,"capacity":1e30}]"#,
        r#"[{"target":"app:log","unread":[NaN,123456789012345678901234567890]}]"#,
    ];
    let boxes = iproduct!(mailboxes, [256u32, 5, 4, 3], [64u32, 3, 2]).map(|(json, descriptors, handles)| {
        let mut program = Program::default();
        program.mailboxes(1, json).named("app").ret();
        let mailboxes = Quotas { descriptors, handles, ..Quotas::default() };
        let calls =
            vec![load(&program), step(1), load(&program), step(4), Call::Kill { pid: 1 }, load(&program)];
        Case { config: Config { mailboxes, ..Config::default() }, calls }
    });
    let names = ["app", "", "a name of 31 characters, so wide", "app_#0"];
    let named = iproduct!(names, [false, true], [false, true]).map(|(name, alone, kills)| {
        let mut program = Program::default();
        program.named(name).ret();
        if alone {
            program.alone();
        }
        let mut calls = vec![load(&program); 3];
        calls.extend(kills.then_some(Call::Kill { pid: 1 }));
        calls.extend([load(&program), step(4)]);
        of(calls)
    });
    values.chain(boxes).chain(named)
}

/// Everything that can be full: tasks, mailboxes, handles, strings, values.
pub(super) fn full() -> impl Iterator<Item = Case> + Send {
    let tasks = [1u32, 2, 16].into_iter().map(|tasks| {
        let mut calls = vec![load(&states()[0]); 16];
        calls.extend([step(20), Call::Kill { pid: 3 }, load(&states()[0]), load(&states()[0]), step(4)]);
        Case { config: Config { tasks, ..Config::default() }, calls }
    });
    let loads = [256u32, 20].into_iter().map(|descriptors| {
        let calls =
            (0..70u16).flat_map(|round| [load(&states()[3]), Call::Kill { pid: round + 1 }]).collect();
        let mailboxes = Quotas { descriptors, ..Quotas::default() };
        Case { config: Config { mailboxes, ..Config::default() }, calls }
    });
    let handles = iproduct!([3u32, 4, 5], [4u32, 5, 6]).map(|(handles, descriptors)| {
        let mut case = run(|program| {
            for target in ["app:a", "app:b", "app:a", "app:c"] {
                let target = program.text(target);
                program.call(5, 0, &[target]).call(5, 1, &[target, 0, 0]);
            }
            let target = program.text("app:d");
            program.call(7, 0, &[1, 1, 0, 0]).call(7, 5, &[0x101, target]).call(8, 3, &[0x101, 0, target]);
        });
        case.calls
            .extend(["app:e", "app:a"].map(|target| Call::MailboxOpen { target: target.into(), pid: 1 }));
        case.calls.push(Call::MailboxBind { target: "app:f".into(), capacity: 0, mode: 0, pid: 0 });
        case.config.mailboxes = Quotas { handles, descriptors, ..Quotas::default() };
        case
    });
    let entries = iproduct!([7u32, 8], [false, true]).map(|(module, texts)| {
        let mut calls = running(|program| {
            let at = program.here();
            program.call(module, 0, &[1]);
            program.op(Opcode::Ldi, [8, 0, 0], 1).op(Opcode::Add, [2, 2, 8], 0).svc(module, 0);
            if texts {
                let name = program.text(&"x".repeat(2100)) as u16;
                let other = program.text(&"y".repeat(2100)) as u16;
                let links = if module == 7 {
                    [Link::Name(name), Link::Group(other)]
                } else {
                    [Link::Command(name, other), Link::Command(other, name)]
                };
                let chain = program.chain(&links, 0xFFFF);
                program.set(4, chain).svc(module, 0);
            }
            program.jump(at + 4);
        });
        calls.push(step(1100));
        of(calls)
    });
    tasks.chain(loads).chain(handles).chain(entries)
}

/// Policies: tasks of several priorities that run, yield, sleep and wait.
pub(super) fn policies() -> impl Iterator<Item = Case> + Send {
    let policies = [Policy::Cooperative, Policy::Preemptive];
    iproduct!(policies, 0..3usize, [0u8, 1, 10, 255], [1u16, 3], [1u32, 30]).map(
        |(policy, body, priority, quantum, n)| {
            let mut yields = Program::default();
            yields.set(0, 0).svc(6, 0).set(1, 1).jump(0);
            let programs = [[&states()[0], &yields], [&states()[2], &states()[1]], [&yields, &states()[3]]]
                [body]
                .map(load);
            let mut calls = programs.to_vec();
            calls.extend([
                programs[0].clone(),
                Call::Sched { pid: 2, priority: Some(priority), quantum: Some(quantum) },
            ]);
            calls.extend([step(n), Call::Advance { ms: 9 }, step(n), Call::Kill { pid: 2 }, step(10)]);
            Case { config: Config { policy, ..Config::default() }, calls }
        },
    )
}

/// What else can come of a turn, and of messages that services send to those who wait or are behind.
pub(super) fn corners() -> impl Iterator<Item = Case> + Send {
    let bodies = (0..8u32).map(|body| {
        let mut program = Program::default();
        match body {
            0 => program.set(1, 0x7C00).op(Opcode::F2i, [2, 1, 0], 0),
            1 => program.op(Opcode::Call, [0; 3], 2).ret().set(15, 0xFFFD).ret(),
            2 => program.op(Opcode::Call, [0; 3], 2).ret().set(15, 0xFFFF).ret(),
            3 => (0..7).fold(&mut program, |program, _| program.op(Opcode::Push, [0, 1, 0], 0)).jump(0),
            4 => program.op(Opcode::Pop, [1, 0, 0], 0).jump(0),
            5 => program.word((Opcode::Ldi32 as u32) << 24),
            6 => program.set(1, 1).op(Opcode::Ld, [2, 1, 0], 0),
            _ => program.set(15, 0xEFC0).op(Opcode::Push, [0, 1, 0], 0).jump(0),
        };
        of(vec![load(&program), step(1300), Call::Resume { pid: Some(1) }, step(2)])
    });
    let streams = iproduct!([0u32, 0xB, 0x2B], [1u32, 2]).map(|(mode, fd)| {
        run(|program| {
            let (target, text) =
                (program.text(if fd == 1 { "svc:stdio.out" } else { "svc:stdio.err" }), program.text(TEXT));
            program.call(5, 1, &[target, 0, mode]).call(5, 0, &[target]);
            for _ in 0..3 {
                program.call(4, 2, &[fd, text, 24]);
            }
        })
    });
    // One task waits for what another one's service sends.
    let woken = iproduct!(0..4u32, [0u32, 0xB], [9u32, 0xFFFF]).map(|(what, mode, timeout)| {
        let mut waiter = Program::default();
        let target = waiter.text(if what == 0 { "svc:stdio.out@2" } else { "app:q" });
        waiter.call(5, 1, &[target, 0, mode]);
        if what == 1 {
            waiter.call(7, 0, &[1, 1, 0, 0]).call(7, 5, &[0x101, target]);
        } else {
            waiter.call(5, 0, &[target]);
        }
        waiter.call(5, 3, &[4, 0x3000, 64, timeout, 0x3800]);
        let waits = waiter.here() / 4;
        waiter.jump(waiter.here());
        let mut sender = Program::default();
        let (target, text) = (sender.text("app:q"), sender.text(TEXT));
        match what {
            0 => sender.call(4, 2, &[1, text, 5]),
            1 => sender.call(7, 3, &[0x101, 0x3C00]),
            2 => sender.call(8, 0, &[1, 1, 2, 0]).call(8, 3, &[0x101, 0, target]),
            _ => sender.call(5, 0, &[target]).call(5, 2, &[4, text, 5, 6, 7]),
        };
        let sends = sender.here() / 4;
        sender.jump(sender.here());
        let of_task = |n, pid| Call::Step { n, pid: Some(pid) };
        of(vec![
            load(&waiter),
            load(&sender),
            of_task(waits, 1),
            of_task(sends, 2),
            step(3),
            Call::Advance { ms: 9 },
            step(3),
        ])
    });
    // Notices of the host to one who is behind.
    let behind = [0u32, 0xB, 0x2B].into_iter().map(|mode| {
        let mut calls = staying(|program| {
            let target = program.text("app:q");
            program.call(5, 1, &[target, 20, mode]).call(5, 0, &[target]).call(7, 0, &[1, 1, 0, 0]);
            program.call(7, 5, &[0x101, target]);
        });
        calls.extend((1..4).map(|f16| Call::ValSet { oid: 0x101, f16, pid: None }));
        calls.push(Call::MailboxRecv { handle: 4, max: 512, pid: 1 });
        of(calls)
    });
    bodies.chain(streams).chain(woken).chain(behind)
}
