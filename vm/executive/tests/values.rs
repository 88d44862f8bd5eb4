//! Every call on values, with each of its answers and the order of its checks, in both profiles.

mod common;

use common::{Bench, both, chain};
use executive::Event;
use executive::event::Registration;

fn value(bench: &mut Bench<'_>, pid: u16, oid: u32, flags: u32, head: u32) -> u32 {
    bench.call(pid, 0x700, &[oid >> 8, oid & 0xFF, flags, head]).regs[0]
}

fn command(bench: &mut Bench<'_>, pid: u16, oid: u32, flags: u32, head: u32) -> u32 {
    bench.call(pid, 0x800, &[oid >> 8, oid & 0xFF, flags, head]).regs[0]
}

fn get(bench: &mut Bench<'_>, pid: u16, oid: u32) -> u32 {
    bench.call(pid, 0x702, &[oid]).regs[0]
}

fn set(bench: &mut Bench<'_>, pid: u16, oid: u32, bits: u32) -> u32 {
    bench.call(pid, 0x703, &[oid, bits]).regs[0]
}

#[test]
fn values_are_registered_once() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        let after = bench.call(one, 0x700, &[0x101, 0x103, 0x1FF, 0]);
        let registration = Registration { pid: one, oid: 0x103, flags: 0xFF, auth: 0, desc_head: 0xFFFF };
        assert_eq!(after.regs[..2], [0, 0x103]);
        assert_eq!(after.events, [Event::ValueRegistered(registration)]);
        assert_eq!((value(bench, one, 0x103, 0, 0), value(bench, two, 0x103, 0, 0)), (5, 5));
        assert_eq!(value(bench, one, 0x103, 0, 0xFFFE), 4, "a bad chain is found first");
        assert_eq!(bench.call(two, 0x701, &[1, 3]).regs[..2], [0, 0x103]);
        assert_eq!(bench.call(two, 0x701, &[1, 4]).regs[0], 1);
        assert_eq!(set(bench, one, 0x103, 0x3C00), 2, "read only");
        for number in [0x707, 0x7FF, 0x805, 0x8FF] {
            assert_eq!(bench.call(one, number, &[]).regs[0], 4);
        }
    });
}

#[test]
fn numbers_are_kept_but_for_nan() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        value(bench, one, 0x102, 0, 0);
        for bits in [0x8000, 1, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0xFE00] {
            assert_eq!((set(bench, two, 0x102, bits), get(bench, two, 0x102)), (0, bits));
        }
        for (bits, read) in [(0x7C01, 0x7E00), (0xFFFF, 0xFE00), (0x12_3C00, 0x3C00)] {
            assert_eq!((set(bench, one, 0x102, bits), get(bench, one, 0x102)), (0, read));
        }
        assert_eq!((get(bench, one, 0x999), set(bench, one, 0x999, 0)), (1, 1));
        let after = bench.call(two, 0x703, &[0x102, 0x4000]);
        let changed = Event::ValueChanged {
            pid: one,
            caller: two,
            oid: 0x102,
            old: 0x3C00,
            new: 0x4000,
            flags: 0,
            auth: 0,
        };
        assert_eq!(after.events, [changed]);
    });
}

#[test]
fn a_list_has_the_callers_own() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        for oid in [0x102, 0x701, 0x103] {
            value(bench, one, oid, 0, 0);
        }
        let mut list = |pid, group, ptr, max| bench.call(pid, 0x704, &[group, ptr, max]).regs[..2].to_vec();
        assert_eq!(list(one, 0xFF, 0x2000, 9), [0, 3]);
        assert_eq!(list(one, 7, 0x2100, 9), [0, 1]);
        assert_eq!((list(one, 1, 0x2200, 1), list(two, 0xFF, 0x2200, 9)), (vec![0, 1], vec![0, 0]));
        assert_eq!((list(one, 0xFF, 0xFFFF, 9), list(one, 0xFF, 0xFFFD, 9)), (vec![0, 0], vec![0, 1]));
        assert_eq!(bench.peek(one, 0x2000, 6), [2, 1, 1, 7, 3, 1]);
    });
}

#[test]
fn chains_describe_values() {
    both(|bench, _| {
        let pid = bench.caller();
        bench.poke(pid, 0x2400, b"group\0name\0\xFFother\0");
        let unit = [3, 0, 0, 0, b'm', b'V', 0x80, 0, 0x00, 0x38, 50, 0];
        let records: [&[u8]; 6] = [
            &[1, 9, 0, 0, 0x00, 0x24],
            &[2, 0, 0, 0, 0x06, 0x24],
            &unit,
            &[4, 0, 0, 0, 0x00, 0xBC, 0x01, 0x7C],
            &[5, 0, 0, 0, 0x77, 0, 100, 0],
            &[2, 0, 0, 0, 0x0B, 0x24],
        ];
        let head = chain(bench, pid, &records);
        assert_eq!(value(bench, pid, 0x105, 2, head), 0);
        let registry = bench.executive.registry();
        let value = registry.value(0x105).unwrap();
        let texts = registry.texts(&value.entry);
        assert_eq!((texts.group_name, texts.name, texts.unit()), ("group", "other", "mV"));
        assert_eq!((texts.epsilon, texts.rate_ms, texts.min, texts.max), (0x3800, 50, 0xBC00, 0x7E00));
        assert_eq!((texts.key, texts.debounce), (0x77, 100));
        assert_eq!((value.entry.desc_head, registry.descriptor_bytes), (40, 46));
        assert_eq!(registry.strings.used(), 17);
    });
}

#[test]
fn epsilon_and_rate_hold_changes_back() {
    both(|bench, strict| {
        let pid = bench.caller();
        let head = chain(bench, pid, &[&[3, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x38, 0, 0]]);
        value(bench, pid, 0x101, 0, head);
        let target = bench.text(pid, "app:ev");
        let handle = bench.call(pid, 0x705, &[0x101, target]).regs[1];
        assert_eq!((set(bench, pid, 0x101, 0x3400), get(bench, pid, 0x101)), (0, 0));
        assert_eq!(bench.poll(pid, handle), if strict { (3, vec![]) } else { (0, vec![1, 1, 0, 0]) });
        assert_eq!((set(bench, pid, 0x101, 0x3800), get(bench, pid, 0x101)), (0, 0x3800));
        let head = chain(bench, pid, &[&[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 0]]);
        value(bench, pid, 0x102, 0, head);
        assert_eq!((set(bench, pid, 0x102, 1), set(bench, pid, 0x102, 2)), (0, 6));
        bench.advance(49);
        assert_eq!(set(bench, pid, 0x102, 2), 6);
        bench.advance(1);
        assert_eq!(set(bench, pid, 0x102, 2), 0);
    });
}

#[test]
fn subscribers_are_told() {
    both(|bench, strict| {
        let pid = bench.caller();
        value(bench, pid, 0x102, 0, 0);
        let target = bench.text(pid, "app:ev");
        let handles = [0, 1].map(|_| bench.call(pid, 0x705, &[0x102, target]).regs[1]);
        assert_eq!(handles, [4, 5]);
        let after = bench.call(pid, 0x703, &[0x102, 0x4200]);
        assert_eq!((after.regs[0], after.names()), (0, vec!["value_changed"]));
        let six = vec![2, 1, 0, 0, 0, 0x42];
        let four = vec![2, 1, 0, 0x42];
        let wanted = if strict { vec![six.clone(), six] } else { vec![six.clone(), six, four.clone(), four] };
        let mut got = Vec::new();
        while let (0, message) = bench.poll(pid, handles[0]) {
            got.push(message);
        }
        assert_eq!(got, wanted);
        bench.executive.set_value_as(0x102, 0, None).unwrap();
        assert_eq!(bench.executive.mail().mailbox(5).unwrap().used, 28, "the host sends no second message");
        for _ in 0..3 {
            set(bench, pid, 0x102, 0x4000);
        }
        let subscribed =
            bench.executive.registry().subscribers(bench.executive.registry().value(0x102).unwrap()).count();
        assert_eq!(
            (subscribed, get(bench, pid, 0x102)),
            (0, 0x4000),
            "who cannot take a message is told no more"
        );
        assert_eq!(bench.executive.mail().handles().len(), 3);
    });
}

#[test]
fn a_subscription_that_fails() {
    both(|bench, strict| {
        let pid = bench.caller();
        let target = bench.text(pid, "app:ev");
        assert_eq!(bench.call(pid, 0x705, &[0x999, target]).regs[0], 1);
        assert_eq!(bench.executive.mail().handles().len(), if strict { 3 } else { 4 });
        let empty = bench.text(pid, "");
        assert_eq!(bench.call(pid, 0x705, &[0x999, empty]).regs[0], 4);
        let bad = bench.text(pid, "pid:zz");
        assert_eq!((bench.call(pid, 0x705, &[0x999, bad]).regs[0], bench.executive.raised()), (4, None));
    });
}

#[test]
fn values_are_stored() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let head = chain(bench, one, &[&[5, 0, 0, 0, 0x77, 0, 0, 0]]);
        value(bench, one, 0x101, 2, head);
        set(bench, one, 0x101, 0x4700);
        assert_eq!(bench.executive.non_volatile().entries(), [(0x77, 0x4700)]);
        value(bench, one, 0x102, 2, head);
        assert_eq!(get(bench, one, 0x102), 0x4700);
        let mut persist = |pid, oid, mode| bench.call(pid, 0x706, &[oid, mode]).regs[0];
        assert_eq!((persist(one, 0x999, 9), persist(two, 0x101, 9), persist(one, 0x101, 3)), (1, 2, 4));
        assert_eq!((persist(one, 0x101, 0), persist(one, 0x102, 0x102)), (0, 0));
        set(bench, one, 0x101, 0x4800);
        assert_eq!(bench.executive.non_volatile().entries(), [(0x77, 0x4700)]);
        value(bench, one, 0x103, 0, 0);
        let before = bench.executive.registry().descriptor_bytes;
        assert_eq!(bench.call(one, 0x706, &[0x103, 1]).regs[0], 0);
        let registry = bench.executive.registry();
        assert_eq!(
            (registry.value(0x103).unwrap().entry.desc_head, registry.descriptor_bytes),
            (before, before + 8)
        );
        let head = chain(bench, one, &[&[5, 0, 0, 0, 0xFF, 0xFF, 0, 0]]);
        value(bench, one, 0x104, 2, head);
        set(bench, one, 0x104, 0x4900);
        assert_eq!(bench.executive.non_volatile().entries().len(), if strict { 1 } else { 2 });
    });
}

#[test]
fn the_limits_of_the_registry() {
    both(|bench, strict| {
        let pid = bench.caller();
        for id in 0..256 {
            assert_eq!(value(bench, pid, 0x100 + id, 0, 0), 0);
        }
        assert_eq!((value(bench, pid, 0x200, 0, 0), value(bench, pid, 0x100, 0, 0)), (3, 5));
        for n in 0..62u8 {
            bench.poke(pid, 0x2400, &[&[b'a'; 64], &[b'0' + n, 0][..]].concat());
            let head = chain(bench, pid, &[&[0x10, 0, 0, 0, 0, 0x24, 0x41, 0x24]]);
            // The help is the empty text behind the name, which is kept once.
            assert_eq!(command(bench, pid, 0x100 + u32::from(n), 0, head), 0, "{n}");
        }
        let used = bench.executive.registry().strings.used();
        bench.poke(pid, 0x2400, &[&[b'b'; 64][..], &[0]].concat());
        let head = chain(bench, pid, &[&[0x10, 0, 0, 0, 0, 0x24, 0x3F, 0x24]]);
        assert_eq!(command(bench, pid, 0x1FF, 0, head), 3);
        let after = bench.executive.registry().strings.used();
        assert_eq!(after - used, if strict { 0 } else { 2 }, "the text that fits stays in the reference");
        assert_eq!(bench.executive.shortage(), None);
    });
}
