//! Every call on mailboxes, with each of its answers and the order of its checks, in both profiles.

mod common;

use common::{BOTH, Bench, both, with};
use executive::desk::Start;
use executive::event::Pressure;
use executive::host::HostMessage;
use executive::{Config, Error, Event, Raise};

const FANOUT: u32 = 0x0B;
const FANOUT_BLOCK: u32 = 0x2B;

fn capacity(bench: &Bench<'_>, id: u32) -> (u64, u64) {
    let mailbox = bench.executive.mail().mailbox(id).unwrap();
    (mailbox.capacity, mailbox.used)
}

#[test]
fn names_lead_to_mailboxes() {
    both(|bench, strict| {
        let pid = bench.caller();
        assert_eq!((bench.open(pid, "app:q"), bench.open(pid, "app:q")), (4, 5));
        let ids: Vec<u32> =
            ["app:q", "app:q@1", "q", "svc:q", "svc:q@1", "shared:q", "shared:q@5", "pid:", "pid:01"]
                .map(|name| bench.bind(pid, name, 0, 0))
                .into();
        assert_eq!(ids, [5, 6, 7, 7, 7, 8, 8, 4, 4]);
        let long = |n| format!("app:{}", "n".repeat(n));
        assert_eq!(bench.bind(pid, &long(40), 0, 0), bench.bind(pid, &long(28), 0, 0));
        let empty = bench.text(pid, "");
        for number in [0x500, 0x501] {
            let after = bench.call(pid, number, &[empty]);
            let error = Event::MailboxError { pid, function: number as u8, status: 0xFF };
            assert_eq!((after.regs[0], after.events), (0xFF, vec![error]));
        }
        let wide = bench.text(pid, "app:\u{E9}");
        assert_eq!(bench.call(pid, 0x500, &[wide]).regs[0], if strict { 0xFF } else { 0 });
        let bad = bench.text(pid, "svc:x@q");
        let after = bench.call(pid, 0x500, &[bad]);
        assert_eq!(bench.executive.raised(), (!strict).then_some(Raise::BadTarget));
        if strict {
            assert_eq!(after.regs[0], 0xFF);
        }
        assert_eq!(bench.executive.mailbox_open(0, "pid:zz"), Err(Error::Invalid), "the host is answered");
    });
}

#[test]
fn a_message_is_what_was_sent() {
    both(|bench, _| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:q");
        bench.poke(pid, 0x2000, b"hello");
        let after = bench.call(pid, 0x502, &[handle, 0x2000, 5, 0xFFFF_1234, 7]);
        assert_eq!((after.regs[0], after.regs[1], after.names()), (0, 5, vec!["mailbox_send"]));
        let after = bench.call(pid, 0x504, &[handle]);
        assert_eq!(after.regs[..4], [0, 1, 13, 5]);
        let after = bench.call(pid, 0x503, &[handle, 0x2100, 64, 0, 0x2200]);
        assert_eq!(
            (&after.regs[..5], after.names()),
            ([0, 5, 0x1234, 7, pid.into()].as_slice(), vec!["mailbox_recv"])
        );
        assert_eq!(bench.peek(pid, 0x2100, 5), b"hello");
        let words: Vec<u8> = [0u32, 5, 0x1234, 7, 1].into_iter().flat_map(u32::to_le_bytes).collect();
        assert_eq!(bench.peek(pid, 0x2200, 20), words);
        let after = bench.call(pid, 0x503, &[handle, 0x2100, 64, 0, 0x2200]);
        assert_eq!((&after.regs[..4], after.names()), ([3, 0, 0x2100, 64].as_slice(), vec![]));
        assert_eq!(bench.peek(pid, 0x2200, 8), [3, 0, 0, 0, 0, 0, 0, 0]);
    });
}

#[test]
fn capacity_is_counted_in_bytes_with_eight_for_each_message() {
    both(|bench, _| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:q");
        assert_eq!(bench.send(pid, handle, &[1; 56]).regs[0], 0);
        let after = bench.send(pid, handle, &[1]);
        let policy = Pressure::Single;
        let pressure = Event::Backpressure { descriptor: 5, policy, capacity: 64, used: 64, requested: 9 };
        assert_eq!((after.regs[0], after.events), (1, vec![pressure]));
        assert_eq!(bench.send(pid, handle, &[]).regs[0], 0, "nothing fits always");
        let after = bench.call(pid, 0x503, &[handle, 0x2000, 10, 0, 0]);
        assert_eq!((after.regs[0], after.regs[1]), (0, 10), "the rest is lost");
        assert_eq!(bench.call(pid, 0x504, &[handle]).regs[..4], [0, 0, 0, 0]);
        let after = bench.send(pid, handle, &[1; 57]);
        assert_eq!(after.events, [Event::MailboxError { pid, function: 2, status: 4 }]);
        for length in [24, 24] {
            assert_eq!(bench.send(pid, handle, &vec![1; length]).regs[0], 0);
        }
        assert_eq!(bench.send(pid, handle, &[1]).regs[0], 1);
        bench.poll(pid, handle);
        assert_eq!(bench.send(pid, handle, &[1; 23]).regs[0], 0);
        assert_eq!(capacity(bench, 5), (64, 63));
        assert_eq!(bench.call(pid, 0x502, &[handle, 0xFFFE, 8, 0, 0]).regs[0], 1);
        bench.poll(pid, handle);
        assert_eq!(bench.call(pid, 0x502, &[handle, 0xFFFE, 8, 0, 0]).regs[1], 2, "cut at the end of memory");
    });
}

#[test]
fn a_handle_that_is_not_open_is_found_first() {
    both(|bench, _| {
        let pid = bench.caller();
        let handle = bench.open(pid, "app:q");
        for (number, function) in [(0x502, 2), (0x503, 3), (0x504, 4), (0x505, 5), (0x506, 6)] {
            let after = bench.call(pid, number, &[99, 0x2000, 0xFFFF, 5, 0x2200]);
            assert_eq!(after.regs[..3], [2, 99, 0x2000]);
            assert_eq!(after.events, [Event::MailboxError { pid, function, status: 2 }]);
        }
        assert_eq!(bench.peek(pid, 0x2200, 4), [0; 4], "no info of an error");
        assert_eq!(bench.call(pid, 0x504, &[0x1_0000 + handle]).regs[0], 0, "cut to 16 bits");
        assert_eq!(bench.call(pid, 0x507, &[handle]).regs[0], 0xFF);
        bench.send(pid, handle, b"x");
        assert_eq!(
            (bench.call(pid, 0x506, &[handle]).regs[0], bench.call(pid, 0x506, &[handle]).regs[0]),
            (0, 2)
        );
        let again = bench.open(pid, "app:q");
        assert_eq!((again, bench.poll(pid, again)), (handle + 1, (0, b"x".to_vec())));
    });
}

#[test]
fn binding_sets_capacity_and_mode() {
    both(|bench, _| {
        let pid = bench.caller();
        let id = bench.bind(pid, "app:b", 0, 0);
        assert_eq!((id, capacity(bench, id)), (5, (64, 0)));
        let handle = bench.open(pid, "app:b");
        for byte in 0..4 {
            assert_eq!(bench.send(pid, handle, &[byte; 8]).regs[0], 0);
        }
        bench.bind(pid, "app:b", 40, 0);
        assert_eq!(capacity(bench, id), (40, 32), "the oldest go");
        assert_eq!(
            (bench.poll(pid, handle).1, bench.poll(pid, handle).1, bench.poll(pid, handle).0),
            (vec![2; 8], vec![3; 8], 3)
        );
        bench.bind(pid, "app:b", 8, 0xFFFF);
        assert_eq!((bench.send(pid, handle, &[1]).regs[0], bench.send(pid, handle, &[]).regs[0]), (4, 0));
        assert_eq!(bench.executive.mail().mailbox(id).unwrap().mode, 0xFFFF);
        let bound = bench.executive.mailbox_bind(0, "app:b", 0, 0).unwrap();
        assert_eq!((bound.descriptor, bound.capacity, bound.mode), (id, 8, 0xFFFF));
    });
}

#[test]
fn the_limits_of_descriptors_and_handles() {
    for (profile, _) in BOTH {
        with(profile, Config::embedded(), Start::default(), |bench| {
            let pid = bench.caller();
            for n in 0..5 {
                bench.open(pid, &format!("app:{n}"));
            }
            let target = bench.text(pid, "app:5");
            let after = bench.call(pid, 0x500, &[target]);
            let exhausted = Event::HandlesExhausted { pid, limit: 8, handles: 8 };
            assert_eq!(after.regs[0], 5);
            assert_eq!(after.events, [exhausted, Event::MailboxError { pid, function: 0, status: 5 }]);
            assert_eq!(bench.executive.mail().boxes().len(), 10, "the mailbox was made all the same");
            for n in 6..12 {
                bench.bind(pid, &format!("app:{n}"), 0, 0);
            }
            let target = bench.text(pid, "app:x@7");
            let after = bench.call(pid, 0x501, &[target, 0, 0]);
            assert_eq!((after.regs[0], after.names()), (5, vec!["mailbox_exhausted", "mailbox_error"]));
            assert!(matches!(
                after.events[0],
                Event::DescriptorsExhausted { namespace: 2, owner: Some(7), max: 16, .. }
            ));
            assert_eq!(bench.bind(pid, "app:0", 0, 0), 5, "one that exists is found");
            assert_eq!(bench.executive.shortage(), None, "that is no shortage of this executive's");
        });
    }
}

#[test]
fn fan_out_keeps_a_message_until_all_have_read_it() {
    both(|bench, _| {
        let tasks = [bench.caller(), bench.caller(), bench.caller()];
        let id = bench.bind(tasks[0], "app:f", 0, FANOUT);
        let handles = tasks.map(|pid| bench.open(pid, "app:f"));
        bench.send(tasks[0], handles[0], b"one");
        assert_eq!(bench.poll(tasks[1], handles[1]), (0, b"one".to_vec()));
        assert_eq!((bench.poll(tasks[1], handles[1]).0, capacity(bench, id).1), (3, 11));
        assert_eq!(bench.poll(tasks[2], handles[2]).0, 0);
        assert_eq!(capacity(bench, id).1, 0);
        bench.send(tasks[0], handles[0], b"two");
        let late = bench.open(tasks[1], "app:f");
        assert_eq!(bench.poll(tasks[1], late).0, 3, "it begins behind what was sent before");
        assert_eq!(bench.poll(tasks[0], handles[0]).1, b"two", "the sender reads it, too");
        assert!(!bench.executive.mail().handle(tasks[0], handles[0]).unwrap().sender);
        bench.bind(tasks[2], "app:f", 0, FANOUT);
        assert_eq!(
            (bench.poll(tasks[1], handles[1]).0, capacity(bench, id).1),
            (3, 0),
            "a mode makes all begin anew"
        );
    });
}

#[test]
fn fan_out_drops_or_blocks() {
    both(|bench, _| {
        let (writer, reader) = (bench.caller(), bench.caller());
        let id = bench.bind(writer, "app:f", 0, FANOUT);
        let (out, inward) = (bench.open(writer, "app:f"), bench.open(reader, "app:f"));
        for byte in 0..4 {
            assert_eq!(bench.send(writer, out, &[byte; 8]).regs[0], 0);
        }
        let after = bench.send(writer, out, &[4; 8]);
        let overrun =
            Event::Overrun { pid: writer, descriptor: id, seq: 0, length: 8, flags: 0, channel: 0, depth: 3 };
        assert_eq!((after.regs[0], after.events[0], after.names().len()), (0, overrun, 2));
        let first = bench.call(reader, 0x503, &[inward, 0x2000, 64, 0, 0]);
        let second = bench.call(reader, 0x503, &[inward, 0x2000, 64, 0, 0]);
        assert_eq!((first.regs[2], second.regs[2]), (8, 0), "the loss is told once");
        bench.bind(writer, "app:f", 0, FANOUT_BLOCK | 0x10);
        for _ in 0..4 {
            assert_eq!(bench.send(writer, out, &[0; 8]).regs[0], 0);
        }
        let after = bench.send(writer, out, &[0; 8]);
        assert!(matches!(after.events[..], [Event::Backpressure { policy: Pressure::FanoutBlock, .. }]));
        bench.poll(reader, inward);
        assert_eq!(bench.send(writer, out, &[0; 8]).regs[0], 0);
    });
}

#[test]
fn taps_get_copies() {
    both(|bench, strict| {
        let pid = bench.caller();
        let (main, tap) = (bench.open(pid, "app:t"), bench.open(pid, "app:t"));
        assert_eq!(bench.call(pid, 0x505, &[tap, 3]).regs[0], 0);
        bench.send(pid, main, b"hi");
        assert_eq!((bench.poll(pid, tap), bench.poll(pid, tap).0), ((0, b"hi".to_vec()), 3));
        assert_eq!(bench.poll(pid, main), (0, b"hi".to_vec()));
        for byte in 0..2 {
            bench.send(pid, main, &[byte; 24]);
        }
        bench.poll(pid, main);
        bench.send(pid, main, &[2; 24]);
        let after = bench.call(pid, 0x503, &[tap, 0x2000, 64, 0, 0]);
        assert_eq!((after.regs[2], bench.peek(pid, 0x2000, 1)), (8, vec![1]), "the oldest copy went");
        bench.call(pid, 0x505, &[tap, 1]);
        assert_eq!(bench.poll(pid, tap), (0, vec![2; 24]), "enabling twice keeps the copies");
        bench.send(pid, main, &[]);
        bench.call(pid, 0x505, &[tap, 2]);
        assert_eq!(bench.executive.mail().handle(pid, tap).unwrap().tap_used, 0);
        bench.bind(pid, "app:t", 0, FANOUT);
        bench.call(pid, 0x505, &[tap, 1]);
        bench.send(pid, main, b"x");
        bench.poll(pid, tap);
        let left = capacity(bench, 5).1;
        assert_eq!(left, 9, "without readers nothing is reclaimed");
        let reader = bench.open(pid, "app:t");
        bench.send(pid, main, b"y");
        bench.poll(pid, reader);
        assert_eq!(
            capacity(bench, 5).1,
            if strict { 0 } else { 18 },
            "a tap holds messages in the reference"
        );
    });
}

#[test]
fn copies_are_limited_in_a_second() {
    for (profile, _) in BOTH {
        with(profile, Config { tap_rate: 2, ..Config::default() }, Start::default(), |bench| {
            let pid = bench.caller();
            let (main, tap) = (bench.open(pid, "app:t"), bench.open(pid, "app:t"));
            bench.call(pid, 0x505, &[tap, 1]);
            for _ in 0..2 {
                bench.send(pid, main, b"a");
                assert_eq!(bench.poll(pid, tap).0, 0);
                bench.poll(pid, main);
            }
            bench.advance(999);
            let after = bench.send(pid, main, b"b");
            let limited = Event::TapLimited { descriptor: 5, pid, handle: tap, limit: 2 };
            assert_eq!(after.events[0], limited);
            bench.advance(1);
            bench.send(pid, main, b"c");
            let after = bench.call(pid, 0x503, &[tap, 0x2000, 64, 0, 0]);
            assert_eq!((after.regs[0], after.regs[2], bench.peek(pid, 0x2000, 1)), (0, 8, b"c".to_vec()));
        });
    }
}

#[test]
fn modes_of_standard_streams() {
    both(|bench, _| {
        let one = bench.caller();
        let mut ids = Vec::new();
        bench.executive.mailbox_stdio(1, 0x0B, false, |id| ids.push(id)).unwrap();
        let two = bench.caller();
        assert!(ids.is_empty());
        let mode = |bench: &Bench<'_>, id| bench.executive.mail().mailbox(id).unwrap().mode;
        assert_eq!((mode(bench, 2), mode(bench, 6)), (3, 0x0B));
        bench.executive.mailbox_stdio(1, 0, true, |id| ids.push(id)).unwrap();
        assert_eq!((ids, mode(bench, 2), mode(bench, 6)), (vec![2, 6], 0, 0));
        assert_eq!(bench.executive.mailbox_stdio(3, 0, true, |_| {}), Err(Error::Invalid));
        assert_ne!(one, two);
    });
}

#[test]
fn the_host_sends_by_handle_and_by_name() {
    both(|bench, _| {
        let message = HostMessage { data: b"12345", ..HostMessage::default() };
        let executive = &mut bench.executive;
        assert_eq!(executive.mailbox_send(0, Some(0), None, message), Err(Error::Invalid));
        assert_eq!(executive.mailbox_send(0, Some(9), None, message), Err(Error::BadHandle));
        assert_eq!(executive.mailbox_send(0, Some(9), Some(""), message), Err(Error::BadHandle));
        let handle = executive.mailbox_open(0, "app:h").unwrap();
        executive.mailbox_bind(0, "app:h", 12, 0).unwrap();
        assert_eq!(executive.mailbox_send(0, Some(handle), None, message), Err(Error::TooLarge));
        let sent = executive.mailbox_send(0, Some(handle), Some("app:i"), message).unwrap();
        assert_eq!((sent.descriptor, sent.taken), (2, true));
        assert_eq!(executive.mail().counters()[0].next, 3, "an opened handle uses up its number");
        assert_eq!(executive.mail().handles().len(), 1);
        let inward = executive.mailbox_open(5, "app:i").unwrap();
        assert_eq!(executive.mailbox_peek(5, inward).unwrap().next_length, 5);
        let mut buffer = [0; 3];
        let received = executive.mailbox_receive(5, inward, &mut buffer).unwrap().unwrap();
        assert_eq!((received.length, received.src, &buffer), (3, 0, b"123"));
        assert_eq!(executive.mailbox_receive(5, inward, &mut buffer), Ok(None));
        let tiny = HostMessage { data: b"1234", ..HostMessage::default() };
        assert!(executive.mailbox_send(0, Some(handle), None, tiny).unwrap().taken);
        let refused = executive.mailbox_send(0, Some(handle), None, tiny).unwrap();
        assert_eq!((refused.taken, refused.length), (false, 0));
    });
}
