//! Every service with arguments at their edges, and every call of the host in every state of a task.

mod files;
mod mailboxes;
mod registry;
mod scripts;
mod tasks;

use itertools::iproduct;

use crate::case::{Call, Case};
use crate::programs::FLOATS;
use scripts::{TEXT, of, run, running, step};

/// All of them, always in the same order.
pub fn cases() -> impl Iterator<Item = Case> + Send {
    numbers()
        .chain(devices())
        .chain(files::files())
        .chain(mailboxes::targets())
        .chain(mailboxes::messages())
        .chain(mailboxes::queues())
        .chain(mailboxes::waits())
        .chain(registry::values())
        .chain(registry::chains())
        .chain(registry::commands())
        .chain(floats())
        .chain(tasks::host())
        .chain(tasks::metadata())
        .chain(tasks::full())
        .chain(tasks::policies())
        .chain(tasks::corners())
}

/// Every number of a service, with arguments of zeros and of ones.
fn numbers() -> impl Iterator<Item = Case> + Send {
    let functions = (0..16).chain([0xFF]);
    iproduct!(0..16u32, functions, [0, u32::MAX]).map(|(module, function, value)| {
        run(|program| {
            program.call(module, function, &[value; 5]);
        })
    })
}

/// UART, CAN, exit, sleep, and the steps of a task.
fn devices() -> impl Iterator<Item = Case> + Send {
    let places = [0, 0x4000, 0xFFC0, 0xFFFC, 0xFFFF, 0x1_4000];
    let lengths = [0, 1, 8, 9, 64, 255, 256, 0x1_0001];
    let uart = iproduct!(places, lengths).map(|(place, length)| {
        run(|program| {
            program.text(TEXT);
            program.call(1, 1, &[place, length]);
        })
    });
    let can = iproduct!([0, 0x7FF, 0x800, u32::MAX], places, [0, 8, 255, 256]).map(|(id, place, length)| {
        run(|program| {
            program.text(TEXT);
            program.call(2, 0, &[id, place, length]);
        })
    });
    let sleeps = iproduct!([0, 1, 10, 0xFFFF, u32::MAX], [0, 1, 9, 10, 11], [false, true]).map(
        |(ms, advance, resumes)| {
            let mut calls = running(|program| {
                program.set(0, ms).svc(6, 0).set(2, 5).svc(0, 0);
            });
            calls.push(Call::Advance { ms: advance });
            calls.extend(resumes.then_some(Call::Resume { pid: Some(1) }));
            calls.push(step(4));
            of(calls)
        },
    );
    let exits = [0, 7, u32::MAX].into_iter().map(|code| {
        let mut calls = running(|program| {
            program.set(0, code).svc(1, 0).set(3, 1);
        });
        calls.extend([Call::Resume { pid: Some(1) }, step(3)]);
        of(calls)
    });
    uart.chain(can).chain(sleeps).chain(exits)
}

/// Functions of module 0xE at edges, with and without the module.
fn floats() -> impl Iterator<Item = Case> + Send {
    let edges = FLOATS
        .into_iter()
        .chain([0x4248, 0x3E48, 0x618C, 0x6200, 0xE18C, 0x7BFF, 0xFBFF, 0x0400, 0x03FF, 0x8001, 0x2C00]);
    iproduct!(edges, 0..4u32, [true, false]).map(|(bits, function, libm)| {
        let mut case = run(|program| {
            program.set(0, 0xDEAD_BEEF).call(14, function, &[0xABCD_0000 | u32::from(bits)]);
        });
        case.config.libm = libm;
        case
    })
}
