//! Values and commands: registered, read, set, called, by owner and others.

use itertools::iproduct;
use minivm::isa::Opcode;

use super::scripts::{load, of, run, staying, step};
use crate::case::{Call, Case};
use crate::config::{Config, Handler};
use crate::images::{DeclaredCommand, DeclaredValue, Link, Program};
use crate::programs::FLOATS;

/// Values: registered, read, set and stored, by owner and others.
pub(super) fn values() -> impl Iterator<Item = Case> + Send {
    let registers = iproduct!([0u32, 1, 0xFF, 0x101], [0u32, 1, 0xFF, 0x1FF], [0, 1, 2, 0x1FF], [0, 0xFFFF])
        .map(|(group, id, flags, chain)| {
            run(|program| {
                program.call(7, 0, &[group, id, flags, chain]).call(7, 0, &[group, id, flags, chain]);
                program.call(7, 1, &[group, id]).call(7, 4, &[0xFF, 0x3000, 4]).call(
                    7,
                    3,
                    &[group << 8 | id, 0x3C00],
                );
            })
        });
    let floats = || FLOATS.into_iter().map(u32::from);
    let changes = iproduct!(floats(), floats(), [0u16, 0x3C00, 0x8000, 0x7E01, 0xBC00], [0u32, 2]).map(
        |(old, new, epsilon, flags)| {
            run(|program| {
                let target = program.text("app:q");
                let chain =
                    program.chain(&[Link::Unit(*b"V\0\0\0", epsilon, 0), Link::Persist(5, 0)], 0xFFFF);
                program.call(7, 0, &[1, 1, flags, chain]).call(7, 3, &[0x101, old]).call(
                    7,
                    5,
                    &[0x101, target],
                );
                program.call(7, 3, &[0x101, new]).call(7, 2, &[0x101]);
            })
        },
    );
    let rates =
        iproduct!([1u16, 10, 1000], [0u32, 1, 9, 10, 999, 1000], [1u32, 2]).map(|(rate, advance, flags)| {
            let mut calls = staying(|program| {
                let chain = program.chain(&[Link::Unit([0; 4], 0, rate)], 0xFFFF);
                program.call(7, 0, &[1, 1, flags & 2, chain]);
            });
            let set = |f16| Call::ValSet { oid: 0x101, f16, pid: None };
            calls.extend([
                set(1),
                Call::Advance { ms: advance },
                set(2),
                set(3),
                Call::ValGet { oid: 0x101, pid: Some(9) },
            ]);
            of(calls)
        });
    let persists = iproduct!([0u32, 1, 2, 3, 0x102], [0u32, 2], [0u16, 1, 0xFFFF], [false, true]).map(
        |(mode, flags, key, stored)| {
            let mut case = run(|program| {
                let chain = program.chain(&[Link::Persist(key, 100)], 0xFFFF);
                program.call(7, 0, &[1, 1, flags, chain]).call(7, 6, &[0x101, mode]).call(
                    7,
                    3,
                    &[0x101, 0x4000],
                );
                program.call(7, 0, &[1, 2, 0, 0]).call(7, 6, &[0x102, mode]).call(7, 6, &[0x999, mode]);
            });
            case.config.persisted = if stored { vec![(1, 0x7C01), (0xFFFF, 0x3C00)] } else { Vec::new() };
            case
        },
    );
    let lists = iproduct!(
        [1u32, 2, 0xF0, 0xFF, 0x101],
        [0x3000u32, 0xFFC4, 0xFFFD, 0xFFFF],
        [0u32, 1, 2, 3, 0xFFFF, 0x1_0001]
    )
    .map(|(group, place, max)| {
        run(|program| {
            for (group, id) in [(2, 1), (1, 9), (1, 1)] {
                program.call(7, 0, &[group, id, 0, 0]);
            }
            program.call(7, 4, &[group, place, max]);
        })
    });
    // Another task: reading, setting, subscribing, storing what is not its own.
    let others = iproduct!([0u8, 1, 2, 3, 9], [0u8, 1], 0..6u32).map(|(flags, auth, what)| {
        let mut owner = Program::default();
        owner.values(&[DeclaredValue { oid: 0x101, flags, auth, init: 0x3C00, ..DeclaredValue::default() }]);
        owner.commands(&[DeclaredCommand { oid: 0x101, flags, auth, ..DeclaredCommand::default() }]).jump(0);
        let mut other = Program::default();
        let (target, token) = (other.text("app:q"), other.text("1234"));
        match what {
            0 => other.call(7, 2, &[0x101]),
            1 => other.call(7, 3, &[0x101, 0x4000]),
            2 => other.call(7, 5, &[0x101, target]),
            3 => other.call(7, 6, &[0x101, 1]),
            4 => other.call(8, 2, &[0x101, token]),
            _ => other.call(8, 3, &[0x101, token, target]),
        };
        other.ret();
        let host = |pid| {
            [
                Call::ValGet { oid: 0x101, pid },
                Call::ValSet { oid: 0x101, f16: 0x4400, pid },
                Call::CmdCall { oid: 0x101, pid, r#async: false },
                Call::CmdCall { oid: 0x101, pid, r#async: true },
            ]
        };
        let mut calls = vec![load(&owner), load(&other), step(20)];
        calls.extend([None, Some(1), Some(2), Some(0)].into_iter().flat_map(host));
        calls.extend([
            Call::ValList { pid: Some(1), group: Some(1) },
            Call::CmdList { pid: None, group: Some(2) },
        ]);
        Case { config: Config { pin: Some("1234".into()), ..Config::default() }, calls }
    });
    // Subscribers that are full, closed, or wait.
    let subscribers = iproduct!([0u32, 3, 0xB, 0x2B], [8u32, 13, 14, 40, 64], 0..3u32, [false, true]).map(
        |(mode, capacity, times, closes)| {
            let mut calls = staying(|program| {
                let target = program.text("app:q");
                program.call(5, 1, &[target, capacity, mode]).call(7, 0, &[1, 1, 0, 0]).call(
                    7,
                    5,
                    &[0x101, target],
                );
                program.call(5, 0, &[target]);
                if closes {
                    program.call(5, 6, &[4]);
                }
                for time in 0..times {
                    program.call(7, 3, &[0x101, 0x3C00 + time]);
                }
                program.call(5, 3, &[5, 0x3000, 64, 9, 0]);
            });
            calls.extend([
                Call::ValSet { oid: 0x101, f16: 0x4800, pid: None },
                step(6),
                Call::Kill { pid: 1 },
            ]);
            of(calls)
        },
    );
    registers.chain(changes).chain(rates).chain(persists).chain(lists).chain(others).chain(subscribers)
}

/// Chains of records: every kind, in every way that they can be wrong.
pub(super) fn chains() -> impl Iterator<Item = Case> + Send {
    let texts: [u16; 4] = [0x4000, 0x4005, 0x3000, 0xFFFF];
    let mut links: Vec<Vec<Link>> = Vec::new();
    for text in texts {
        links.extend([
            vec![Link::Group(text)],
            vec![Link::Name(text)],
            vec![Link::Command(text, 0x4000)],
            vec![Link::Command(0x4005, text)],
        ]);
    }
    links.extend(
        [*b"degC", *b"V\0\0\0", *b"\xB0C\0\0", *b"a\0b\0", [0xFF; 4]]
            .map(|unit| vec![Link::Unit(unit, 0x7C01, 5)]),
    );
    links.extend([
        vec![Link::Range(0xFE01, 0x7FFF)],
        vec![Link::Persist(0, 0)],
        vec![Link::Persist(0xFFFF, 1)],
    ]);
    links.extend((0..0x20u8).map(|kind| vec![Link::Name(0x4000), Link::Bad(kind)]));
    links.push(vec![
        Link::Name(0x4000),
        Link::Group(0x4005),
        Link::Unit(*b"rpm\0", 1, 2),
        Link::Range(1, 2),
        Link::Persist(3, 4),
        Link::Name(0x4005),
    ]);
    links.push(vec![Link::Command(0x4000, 0x4005), Link::Command(0x4005, 0x4000)]);
    let ends = [0xFFFFu16, 0, 0x4010, 0xFFFA, 0xFFFE];
    iproduct!(links, ends, [7u32, 8]).map(|(links, last, module)| {
        run(|program| {
            program.bytes(b"name\0other\0\0\0\0\0\0");
            let chain = program.chain(&links, last);
            program.call(module, 0, &[1, 1, 2, chain]).call(module, 1, &[1, 1]).call(
                8,
                4,
                &[0x101, 0x3000, 16],
            );
        })
    })
}

/// Commands: registered, called, awaited, described.
pub(super) fn commands() -> impl Iterator<Item = Case> + Send {
    let handlers =
        [Handler::None {}, Handler::Int { value: -2 }, Handler::Int { value: 1 << 40 }, Handler::Fail {}];
    let calls = iproduct!(0..4u8, 0..6u32, [0u16, 8, 11, 12, 64], [false, true]).map(
        move |(flags, handler, capacity, pin)| {
            let mut program = Program::default();
            let (target, token) = (program.text("app:q"), program.text("1234"));
            program.commands(&[DeclaredCommand {
                oid: 0x101,
                flags,
                handler,
                name: "go",
                ..DeclaredCommand::default()
            }]);
            if capacity > 0 {
                program.call(5, 1, &[target, capacity.into(), 0]);
            }
            program.call(8, 2, &[0x101, token]).call(8, 2, &[0x101, 0]).call(8, 3, &[0x101, token, target]);
            program
                .call(8, 3, &[0x101, token, target])
                .call(8, 3, &[0x102, 0, target])
                .call(5, 0, &[target])
                .call(5, 3, &[5, 0x3000, 64, 0, 0])
                .ret();
            let config =
                Config { handlers: handlers.to_vec(), pin: pin.then(|| "1234".into()), ..Config::default() };
            let host = [false, true].map(|r#async| Call::CmdCall { oid: 0x101, pid: None, r#async });
            Case { config, calls: vec![load(&program), step(40), host[0].clone(), host[1].clone()] }
        },
    );
    let helps = iproduct!(
        ["what it does", "", "h\u{e9}lp"],
        [0x3000u32, 0xFFC4, 0xFFF8, 0xFFFE, 0xFFFF],
        [0u32, 1, 2, 12, 13, 0xFFFF, 0x1_0002]
    )
    .map(|(help, place, max)| {
        run(|program| {
            let [name, help] = ["go", help].map(|text| program.text(text) as u16);
            let chain = program.chain(&[Link::Command(name, help)], 0xFFFF);
            program.call(8, 0, &[1, 1, 0, chain]).call(8, 0, &[1, 2, 0, 0]);
            program.call(8, 4, &[0x101, place, max]).call(8, 4, &[0x102, place, max]).call(
                8,
                4,
                &[9, place, max],
            );
        })
    });
    // Handlers of the guest: what they do, and in which state they find their task.
    let bodies = 0..7u32;
    let guests = iproduct!(bodies, 0..3u32, [4u32, 8]).map(|(body, how, step_size)| {
        let mut program = Program::default();
        let target = program.text("app:q");
        let start = program.here();
        program.set(2, 22).op(Opcode::Push, [0, 2, 0], 0);
        match how {
            0 => program.call(8, 2, &[0x101, 0]),
            1 => program.call(8, 3, &[0x101, 0, target]),
            _ => program.svc(6, 1),
        };
        program.op(Opcode::Pop, [3, 0, 0], 0).jump(start);
        let handler = program.here();
        match body {
            0 => program.set(0, 77).ret(),
            1 => program.set(0, 5).svc(6, 0).set(0, 6).ret(),
            2 => program.op(Opcode::Div, [1, 1, 14], 0),
            3 => program.set(0, 3).svc(1, 0),
            4 => program.call(8, 2, &[0x101, 0]).set(0, 8).ret(),
            5 => program.op(Opcode::Call, [0; 3], 2).ret().op(Opcode::Cmp, [0, 1, 1], 0).ret(),
            _ => program.op(Opcode::Brk, [0; 3], 3).set(0, 9).ret(),
        };
        program.commands(&[DeclaredCommand { oid: 0x101, flags: 2, handler, ..DeclaredCommand::default() }]);
        let call = Call::CmdCall { oid: 0x101, pid: None, r#async: how == 1 };
        let mut calls = vec![load(&program), step(step_size), call, step(step_size)];
        calls.extend([
            Call::Advance { ms: 5 },
            step(6),
            Call::Resume { pid: Some(1) },
            step(6),
            Call::Kill { pid: 1 },
        ]);
        of(calls)
    });
    calls.chain(helps).chain(guests)
}
