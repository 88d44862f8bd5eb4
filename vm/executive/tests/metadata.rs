//! What images declare: values, commands and mailboxes, in both profiles.

mod common;

use common::{BOTH, both, declaring, with};
use executive::desk::Start;
use executive::{Config, Error};

/// A value of group 1, id 2: init 1.5, name at 20, persist key.
fn declared_value(group: u8, auth: u8, key: u16) -> Vec<u8> {
    let key = key.to_be_bytes();
    let entry = [group, 2, 0, auth, 0x3E, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, key[0], key[1], 0, 0];
    declaring(1, &entry, b"volt\0", "again: JMP again")
}

#[test]
fn images_declare_values() {
    for (profile, strict) in BOTH {
        let start = Start { stored: vec![(0x77, 0x4700)], ..Start::default() };
        with(profile, Config::default(), start, |bench| {
            let pid = bench.executive.load(&declared_value(1, 2, 0x77)).unwrap().pid;
            let registry = bench.executive.registry();
            let value = registry.value(0x102).unwrap();
            assert_eq!((value.entry.flags, value.entry.auth, value.entry.owner), (2, 2, pid));
            assert_eq!(registry.texts(&value.entry).name, "volt");
            assert_eq!(value.bits, if strict { 0x4700 } else { 0x3E00 });
            assert_eq!((registry.descriptor_bytes, registry.strings.used()), (14, 5));
            let events = bench.take_events();
            assert_eq!(events.len(), usize::from(strict), "the first image's are lost in the reference");
            let other = bench.caller();
            let refused = [0x702, 0x703].map(|number| bench.call(other, number, &[0x102, 0]).regs[0]);
            assert_eq!(refused, [2, 2]);
            let again = bench.executive.load(&declared_value(1, 0, 0));
            assert_eq!((again, bench.executive.next_pid()), (Err(Error::Exists), 4), "its PID is used up");
            bench.executive.kill(pid).unwrap();
            assert_eq!(bench.executive.registry().value(0x102).is_some(), !strict);
            assert_eq!(bench.executive.registry().strings.used(), if strict { 0 } else { 5 });
        });
    }
}

#[test]
fn the_shared_group_is_skipped_in_strict() {
    both(|bench, strict| {
        bench.executive.load(&declared_value(0xF0, 0, 0)).unwrap();
        let second = bench.executive.load(&declared_value(0xF0, 0, 0));
        assert_eq!(second.is_ok(), strict);
    });
}

#[test]
fn images_declare_mailboxes() {
    both(|bench, strict| {
        let json = br#"{"mailboxes":[{"target":" app:log ","capacity":96,"mode":"RDWR|FANOUT"},{"target":"svc:x","owner_pid":7}]}"#;
        bench.executive.load(&declaring(3, json, b"", "RET")).unwrap();
        let boxes: Vec<_> = bench.executive.mail().boxes()[4..].to_vec();
        assert_eq!(
            (boxes[0].name.as_str(), boxes[0].owner, boxes[0].capacity, boxes[0].mode),
            ("log", None, 96, 0x0B)
        );
        assert_eq!((boxes[1].owner, boxes[1].mode), (Some(7), 3));
        let bad = br#"[{"target":"app:new"},{"target":"app:x@y"}]"#;
        let tasks = bench.executive.tasks().len();
        assert_eq!(bench.executive.load(&declaring(3, bad, b"", "RET")), Err(Error::Invalid));
        let left = (bench.executive.tasks().len() - tasks, bench.executive.mail().boxes().len());
        // The mailbox that was bound in the name of PID 7, which does not exist, goes with the first handle that is closed.
        assert_eq!(left, if strict { (0, 5) } else { (1, 11) }, "a failed load leaves nothing in strict");
        if !strict {
            let task = bench.executive.tasks().last().unwrap();
            assert_eq!((task.state().name(), task.stdio), ("running", false));
        }
    });
}
