//! Mailboxes: targets, modes, capacities, and everything that can end a wait.

use itertools::iproduct;

use super::scripts::{TEXT, load, of, run, running, step};
use crate::case::{Call, Case};
use crate::config::{Config, Quotas};
use crate::images::Program;
use crate::programs::TARGETS;

/// Every target, opened, bound, subscribed to and sent to.
pub(super) fn targets() -> impl Iterator<Item = Case> + Send {
    let more = [
        "PID:1",
        "svc:q@0001",
        "svc:q@1__0",
        "svc:q@ 1 ",
        "app:x@-0",
        "svc:@",
        "pid:65536",
        "shared:@x",
        ":",
        "svc::a",
    ];
    let all = TARGETS.into_iter().chain(more);
    let guests = iproduct!(all.clone(), 0..4u32).map(|(target, how)| {
        run(|program| {
            let target = program.text(target);
            match how {
                0 => program.call(5, 0, &[target]).call(5, 4, &[4]),
                1 => program.call(5, 1, &[target, 16, 0xB]).call(5, 0, &[target]),
                2 => program.call(7, 0, &[1, 1, 0, 0]).call(7, 5, &[0x101, target]).call(
                    7,
                    3,
                    &[0x101, 0x3C00],
                ),
                _ => program.call(8, 0, &[1, 1, 2, 0]).call(8, 3, &[0x101, 0, target]).call(
                    5,
                    3,
                    &[4, 0x3000, 64, 0, 0],
                ),
            };
        })
    });
    let hosts = iproduct!(all, [0u16, 1]).map(|(target, pid)| {
        let target = target.to_owned();
        let message = |target| Call::MailboxSend {
            data: vec![1, 2],
            handle: None,
            target: Some(target),
            flags: 1,
            channel: 2,
            pid,
        };
        let mut calls = running(|_| {});
        calls.extend([
            message(target.clone()),
            Call::MailboxOpen { target: target.clone(), pid },
            Call::MailboxBind { target, capacity: 20, mode: 3, pid },
            Call::MailboxRecv { handle: 2, max: 512, pid },
        ]);
        of(calls)
    });
    // Bytes that are no text.
    let odd = [&b"ab\xFF\xFEcd\0"[..], b"\xFF\0", b"\xE2\x82\0", b"app:\xC3\xA9\xA9\0", b"pid:1\xFF\0"]
        .into_iter()
        .map(|bytes| {
            run(|program| {
                let target = program.bytes(bytes);
                program.call(5, 0, &[target]).call(5, 1, &[target, 0, 0]).call(5, 0, &[0xFFFF]);
            })
        });
    guests.chain(hosts).chain(odd)
}

/// The modes of a mailbox: none, plain, drop, drop and others, block, fan-out without a rule.
const MODES: [u32; 6] = [0, 3, 0xB, 0x1B, 0x2B, 0x80];

/// Sending: handles, lengths around what fits, places at the end of memory, and a tap.
pub(super) fn messages() -> impl Iterator<Item = Case> + Send {
    let lengths = [0, 1, 8, 24, 55, 56, 57, 0xFFFF, 0x1_0001];
    let sends = iproduct!(MODES, [0u32, 1, 4, 99, 0x1_0004], lengths, [0u32, 0x4000]).map(
        |(mode, handle, length, flags)| {
            run(|program| {
                let (target, text) = (program.text("app:q"), program.text(TEXT));
                program.call(5, 1, &[target, 0, mode]).call(5, 0, &[target]);
                program.call(5, 2, &[4, text, 20, 1, 2]).call(5, 2, &[handle, text, length, flags, 3]);
                program.call(5, 3, &[4, 0x3000, 64, 0, 0]);
            })
        },
    );
    let places =
        iproduct!([0x1000, 0x1004, 0xFFC0, 0xFFF0, 0xFFFF, 0x1_4000], [1, 16, 20]).map(|(place, length)| {
            run(|program| {
                let target = program.text("app:q");
                program.text(TEXT);
                program.call(5, 0, &[target]).call(5, 2, &[4, place, length, 0, 0]);
            })
        });
    let taps = iproduct!(MODES, [0u32, 1, 2, 3], [0, 1, 2], [0, 1]).map(|(mode, on, rate, waits)| {
        let mut calls = running(|program| {
            let (target, text) = (program.text("app:q"), program.text(TEXT));
            program.call(5, 1, &[target, 0, mode]).call(5, 0, &[target]).call(5, 0, &[target]);
            program.call(5, 5, &[5, on]);
            for _ in 0..3 {
                program.call(5, 2, &[4, text, 24, 0, 0]);
            }
            program.call(5, 3, &[5, 0x3000, 64, waits, 0]).call(5, 3, &[4, 0x3000, 64, 0, 0]).call(
                5,
                4,
                &[5],
            );
            program.call(5, 5, &[5, 0]).call(5, 3, &[5, 0x3000, 64, 0, 0]);
        });
        calls.extend([Call::Advance { ms: 1000 }, step(10)]);
        Case {
            config: Config { mailboxes: Quotas { tap_rate: rate, ..Quotas::default() }, ..Config::default() },
            calls,
        }
    });
    sends.chain(places).chain(taps)
}

/// Binding a mailbox that holds messages, and readers that are ahead or behind.
pub(super) fn queues() -> impl Iterator<Item = Case> + Send {
    iproduct!(MODES, MODES, [0u32, 8, 9, 40, 64, 0xFFFF], 0..3u32).map(|(before, after, capacity, reads)| {
        run(|program| {
            let (target, text) = (program.text("shared:f"), program.text(TEXT));
            program.call(5, 1, &[target, 0, before]).call(5, 0, &[target]).call(5, 0, &[target]);
            for _ in 0..2 {
                program.call(5, 2, &[4, text, 20, 0, 0]);
            }
            for _ in 0..reads {
                program.call(5, 3, &[5, 0x3000, 64, 0, 0]);
            }
            program.call(5, 1, &[target, capacity, after]).call(5, 2, &[4, text, 12, 0, 0]).call(5, 4, &[5]);
            program.call(5, 3, &[5, 0x3000, 64, 0, 0x3800]).call(5, 6, &[4]).call(5, 6, &[4]);
        })
    })
}

/// Receiving: what a waiter is given where, and everything that can end a wait.
pub(super) fn waits() -> impl Iterator<Item = Case> + Send {
    let receiver = |place: u32, max: u32, timeout: u32, info: u32| {
        let mut program = Program::default();
        let target = program.text("app:q");
        program.call(5, 0, &[target]).call(5, 3, &[4, place, max, timeout, info]).set(9, 9).ret();
        program
    };
    let turns = 9;
    let places = [0x3000, 0x1000, 0x1014, 0xFFC0, 0xFFD4, 0xFFF0, 0xFFFE, 0x1_3000];
    let infos = [0, 0x3800, 0xFFEC, 0xFFED, 0x1000, 0xFFC0];
    let message = |length: usize| Call::MailboxSend {
        data: vec![0xA5; length],
        handle: None,
        target: Some("app:q".into()),
        flags: 0x1_0004,
        channel: 0x1_0005,
        pid: 0,
    };
    let delivered =
        iproduct!(places, [0, 3, 0xFFFF], infos, [false, true]).map(move |(place, max, info, waits)| {
            let program = receiver(place, max, 5, info);
            let mut calls = vec![load(&program)];
            if waits {
                calls.extend([step(turns), message(20), step(3)]);
            } else {
                calls.extend([message(20), step(turns + 2)]);
            }
            of(calls)
        });
    let timeouts =
        iproduct!([0u32, 1, 5, 0xFFFE, 0xFFFF, 0x1_0000, 0x1_0005], [0u32, 4, 5, 6, 0xFFFE, 0xFFFF], infos)
            .map(move |(timeout, advance, info)| {
                of(vec![
                    load(&receiver(0x3000, 64, timeout, info)),
                    step(turns),
                    Call::Advance { ms: advance },
                    step(3),
                ])
            });
    let endings = [
        Call::Kill { pid: 1 },
        Call::Pause { pid: Some(1) },
        Call::Pause { pid: None },
        Call::Resume { pid: Some(1) },
        Call::MailboxClose { handle: 4, pid: 1 },
        Call::MailboxTap { handle: 4, enable: true, pid: 1 },
        Call::MailboxBind { target: "app:q".into(), capacity: 0, mode: 0xB, pid: 0 },
        Call::RegSet { pid: 1, reg: 5, value: 0 },
        Call::Poke { pid: 1, address: 0x3000, bytes: vec![1, 2] },
    ];
    let after = [
        message(5),
        message(0),
        Call::Resume { pid: Some(1) },
        Call::Resume { pid: None },
        Call::Advance { ms: 5 },
    ];
    let ended =
        iproduct!(endings, after, [5u32, 0xFFFF], 1..3usize).map(move |(ending, after, timeout, tasks)| {
            let mut calls = vec![load(&receiver(0x3000, 64, timeout, 0)); tasks];
            calls.extend([step(turns * tasks as u32), ending, after, step(3), message(5), step(4)]);
            of(calls)
        });
    // Several wait at one mailbox, by turns.
    let several =
        iproduct!(MODES, 2..4usize, 1..4usize, [false, true]).map(move |(mode, tasks, messages, taps)| {
            let bind = Call::MailboxBind { target: "app:q".into(), capacity: 0, mode: mode as u16, pid: 0 };
            let mut calls = vec![bind];
            calls.extend(vec![load(&receiver(0x3000, 64, 50, 0)); tasks]);
            calls.push(step(turns * tasks as u32));
            calls.extend(taps.then_some(Call::MailboxTap { handle: 4, enable: true, pid: 1 }));
            calls.extend(vec![message(5); messages]);
            calls.extend([step(4), Call::Advance { ms: 50 }, step(4)]);
            of(calls)
        });
    delivered.chain(timeouts).chain(ended).chain(several)
}
