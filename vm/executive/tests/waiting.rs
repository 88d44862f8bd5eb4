//! Waiting for messages: who is woken, when, in which order, and what becomes of those who are gone.

mod common;

use common::{AREA, Bench, both};
use executive::host::HostMessage;
use executive::{Event, Raise};

const FANOUT: u32 = 0x0B;

/// Has a task wait, without end or for a time.
fn wait(bench: &mut Bench<'_>, pid: u16, handle: u32, timeout: u32) -> common::After {
    bench.call(pid, 0x503, &[handle, 0x2000, 64, timeout, 0x2200])
}

#[test]
fn a_message_wakes_who_waits() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        let (inward, out) = (bench.open(one, "app:w"), bench.open(two, "app:w"));
        let after = wait(bench, one, inward, 0xFFFF);
        let waiting =
            Event::MailboxWait { pid: one, descriptor: 9, handle: inward, timeout: 0xFFFF, deadline: None };
        assert_eq!((after.events, bench.state(one)), (vec![waiting], "waiting_mbx"));
        bench.poke(two, 0x2000, b"hello");
        let after = bench.call(two, 0x502, &[out, 0x2000, 5, 3, 5]);
        assert_eq!(after.names(), ["mailbox_send", "mailbox_wake"]);
        let regs = bench.executive.registers(one).unwrap().regs;
        assert_eq!((&regs[..5], bench.peek(one, 0x2000, 5)), ([0, 5, 3, 5, 2].as_slice(), b"hello".to_vec()));
        assert_eq!((bench.state(one), bench.executive.waits().len()), ("ready", 0));
    });
}

#[test]
fn words_of_the_host_are_kept_whole_in_the_info_block() {
    both(|bench, _| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:w");
        wait(bench, pid, handle, 0xFFFF);
        let message = HostMessage { data: b"x", flags: 0x12345, channel: 0x23456 };
        let sent = bench.executive.mailbox_send(0, None, Some("app:w"), message).unwrap();
        assert_eq!((sent.taken, sent.length, sent.descriptor), (true, 1, 5));
        let regs = bench.executive.registers(pid).unwrap().regs;
        assert_eq!(regs[..5], [0, 1, 0x2345, 0x3456, 0]);
        assert_eq!(bench.peek(pid, 0x2208, 8), [0x45, 0x23, 1, 0, 0x56, 0x34, 2, 0]);
    });
}

#[test]
fn waiting_ends_at_its_deadline() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let handles = [one, two].map(|pid| bench.open(pid, "app:w"));
        wait(bench, one, handles[0], 20);
        wait(bench, two, handles[1], 10);
        bench.advance(9);
        assert_eq!(bench.executive.step(1, None).executed, 0);
        bench.advance(1);
        bench.executive.step(0, None);
        assert_eq!((bench.state(one), bench.state(two) == "waiting_mbx"), ("waiting_mbx", false));
        let regs = bench.executive.registers(two).unwrap().regs;
        assert_eq!(
            (regs[0], regs[1..5].iter().sum::<u32>(), bench.peek(two, 0x2200, 4)),
            (7, 0, vec![7, 0, 0, 0])
        );
        wait(bench, two, handles[1], 5);
        bench.advance(100);
        bench.executive.step(1, None);
        let mut events = bench.take_events();
        events.retain(|event| event.name() == "mailbox_timeout");
        let pids: Vec<u16> = events
            .iter()
            .map(|event| match event {
                Event::MailboxTimeout(delivery) => delivery.pid,
                _ => 0,
            })
            .collect();
        assert!(pids.ends_with(&[one, two]), "in the order of blocking: {pids:?}, strict: {strict}");
    });
}

#[test]
fn waiters_are_served_in_order() {
    both(|bench, _| {
        let tasks = [bench.caller(), bench.caller(), bench.caller()];
        let handles = tasks.map(|pid| bench.open(pid, "app:w"));
        wait(bench, tasks[1], handles[1], 0xFFFF);
        wait(bench, tasks[0], handles[0], 0xFFFF);
        bench.send(tasks[2], handles[2], b"a");
        assert_eq!((bench.state(tasks[1]) == "waiting_mbx", bench.state(tasks[0])), (false, "waiting_mbx"));
        bench.send(tasks[2], handles[2], b"b");
        assert_eq!(bench.peek(tasks[0], 0x2000, 1), b"b");
        bench.bind(tasks[2], "app:w", 0, FANOUT);
        for at in [1, 0] {
            wait(bench, tasks[at], handles[at], 0xFFFF);
        }
        let after = bench.send(tasks[2], handles[2], b"c");
        assert_eq!(after.names(), ["mailbox_send", "mailbox_wake", "mailbox_wake"]);
        assert!(matches!(after.events[1], Event::MailboxWake(delivery) if delivery.pid == tasks[1]));
    });
}

#[test]
fn a_tap_that_waits_stops_nobody_in_strict() {
    both(|bench, strict| {
        let tasks = [bench.caller(), bench.caller(), bench.caller()];
        let handles = tasks.map(|pid| bench.open(pid, "app:w"));
        let tap = bench.open(tasks[0], "app:other");
        bench.call(tasks[0], 0x505, &[tap, 1]);
        // It waits at this mailbox with a handle that it makes a tap of later.
        wait(bench, tasks[0], handles[0], 0xFFFF);
        bench.executive.mailbox_tap(tasks[0], handles[0], true).unwrap();
        wait(bench, tasks[1], handles[1], 0xFFFF);
        let message = HostMessage { data: b"", ..HostMessage::default() };
        bench.executive.mailbox_send(tasks[2], Some(handles[2]), None, message).unwrap();
        bench.take_events();
        let after = bench.send(tasks[2], handles[2], b"m");
        let woken: Vec<u16> = after
            .events
            .iter()
            .filter_map(
                |event| if let Event::MailboxWake(delivery) = event { Some(delivery.pid) } else { None },
            )
            .collect();
        assert_eq!(woken, if strict { [tasks[1], tasks[0]] } else { [tasks[0], tasks[1]] });
    });
}

#[test]
fn closing_the_handle_of_a_waiter() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let (inward, out) = (bench.open(one, "app:w"), bench.open(two, "app:w"));
        wait(bench, one, inward, 0xFFFF);
        bench.executive.mailbox_close(one, inward).unwrap();
        if strict {
            assert_eq!((bench.state(one), bench.reg(one, 0), bench.executive.waits().len()), ("ready", 2, 0));
            return;
        }
        assert_eq!((bench.state(one), bench.executive.waits().len()), ("waiting_mbx", 1));
        bench.send(two, out, b"x");
        assert_eq!((bench.state(one), bench.executive.waits().len()), ("waiting_mbx", 0), "for ever");
        assert_eq!(bench.poll(two, out).0, 0, "the message is still there");
    });
}

#[test]
fn writes_to_streams_wake_in_strict_alone() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let inward = bench.open(one, "svc:stdio.out@2");
        wait(bench, one, inward, 50);
        bench.poke(two, AREA, b"text");
        bench.call(two, 0x402, &[1, AREA.into(), 4]);
        assert_eq!(bench.state(one) == "waiting_mbx", !strict);
        bench.advance(50);
        bench.executive.step(0, None);
        assert_eq!(bench.reg(one, 0), if strict { 0 } else { 7 }, "it times out beside the message");
    });
}

#[test]
fn a_killed_waiter_is_a_ghost_in_the_reference() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let (inward, out) = (bench.open(one, "app:w"), bench.open(two, "app:w"));
        wait(bench, one, inward, 0xFFFF);
        bench.executive.kill(one).unwrap();
        assert_eq!(bench.executive.waits().len(), usize::from(!strict));
        let after = bench.send(two, out, b"x");
        let names: &[_] = if strict { &["mailbox_send"] } else { &["mailbox_send", "mailbox_wake"] };
        assert_eq!(after.names(), names);
        assert_eq!(bench.poll(two, out).0, if strict { 0 } else { 3 });
    });
}

#[test]
fn a_payload_on_the_registers() {
    both(|bench, strict| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:r");
        bench.send(pid, handle, &[0x11; 56]);
        let window = u32::from(bench.executive.registers(pid).unwrap().reg_base);
        let after = bench.call(pid, 0x503, &[handle, window, 64, 0, 0]);
        assert_eq!(after.regs[..6], [0, 56, 0, 0, pid.into(), 0x1111_1111]);
        bench.executive.set_register(pid, 14, 8 + 8 * 0x503).unwrap();
        bench.settle(pid);
        wait(bench, pid, handle, 0xFFFF);
        let at = u32::from(bench.executive.registers(pid).unwrap().reg_base);
        assert_eq!((at, bench.state(pid)), (window, "waiting_mbx"));
        bench
            .executive
            .mailbox_send(pid, Some(handle), None, HostMessage { data: &[0x22; 50], ..Default::default() })
            .unwrap();
        assert_eq!(bench.reg(pid, 5), 0x2200, "a wake writes the registers over it; strict: {strict}");
    });
}

#[test]
fn payloads_beyond_memory() {
    both(|bench, strict| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:r");
        bench.send(pid, handle, &[7; 6]);
        bench.call(pid, 0x503, &[handle, 0xFFFD, 64, 0, 0]);
        assert_eq!(bench.executive.raised(), (!strict).then_some(Raise::MemoryGrowth));
        if strict {
            assert_eq!((bench.reg(pid, 1), bench.peek(pid, 0xFFFD, 9)), (6, vec![7; 3]));
            bench.call(pid, 0x503, &[handle, 0x2000, 64, 0, 0xFFEC]);
            assert_eq!(bench.peek(pid, 0xFFEC, 1), [3]);
        }
    });
}
