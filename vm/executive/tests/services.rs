//! Every call of the small services and of the file system, with each of its answers, in both profiles.

mod common;

use common::{AREA, BOTH, both, with};
use executive::desk::Start;
use executive::hal::record::Io;
use executive::{Config, Event, Raise};

const ENOSYS: u32 = 0xFFFF_FF01;
const FAILED: u32 = 0xFFFF_FFFF;

#[test]
fn steps_are_those_of_the_task_before_the_call() {
    both(|bench, _| {
        let pid = bench.caller();
        assert_eq!(bench.call(pid, 0x000, &[]).regs[0], 1);
        assert_eq!(bench.call(pid, 0x000, &[]).regs[0], 5);
        assert_eq!(bench.executive.tasks()[0].steps, 6);
    });
}

#[test]
fn what_does_not_exist_says_so() {
    both(|bench, _| {
        let pid = bench.caller();
        for number in
            [0x001, 0x0FF, 0x102, 0x201, 0x300, 0x3FF, 0x601, 0x900, 0xA00, 0xB00, 0xC00, 0xD00, 0xF00]
        {
            let after = bench.call(pid, number, &[1, 2, 3]);
            assert_eq!((after.regs[0], after.regs[1]), (ENOSYS, 1), "{number:#x}");
        }
    });
}

#[test]
fn text_and_frames_go_to_the_devices() {
    both(|bench, _| {
        let pid = bench.caller();
        bench.poke(pid, 0x2000, b"he\xFFl\x80");
        let after = bench.call(pid, 0x101, &[0x1_2000, 0x3_0005]);
        assert_eq!((after.regs[0], after.io), (5, vec![Io::Uart { pid, data: b"he\xFFl\x80".into() }]));
        let after = bench.call(pid, 0x101, &[0xFFFE, 9]);
        assert_eq!(after.regs[0], 9, "as asked for, although memory ends");
        assert!(matches!(&after.io[0], Io::Uart { data, .. } if data.len() == 2));
        let after = bench.call(pid, 0x200, &[0xF_FFFF, 0x2000, 0x103]);
        assert_eq!((after.regs[0], after.io), (0, vec![Io::Can { pid, id: 0x7FF, data: b"he\xFF".into() }]));
    });
}

#[test]
fn leaving_ends_the_task_in_strict_alone() {
    both(|bench, strict| {
        let pid = bench.caller();
        let after = bench.call_with(pid, 0x100, &[(0, 77)]);
        assert_eq!((after.regs[0], after.io), (77, vec![Io::Exit { pid, code: 77 }]));
        let task = &bench.executive.tasks()[0];
        if strict {
            assert_eq!((task.state().name(), task.exit_status), ("returned", Some(77)));
            assert_eq!(after.events, [Event::Exited { pid, status: 77 }]);
        } else {
            assert_eq!((task.state().name(), task.exit_status), ("stopped", None));
            assert_eq!(bench.executive.step(5, None).executed, 0);
            bench.executive.resume(Some(pid)).unwrap();
            assert_eq!(bench.executive.step(5, None).executed, 1, "each resume runs one more instruction");
        }
    });
}

#[test]
fn libm_is_a_matter_of_configuration_and_rounds_as_the_vm() {
    both(|bench, strict| {
        let pid = bench.caller();
        let mut f = |function: u16, bits: u32| {
            bench.call_with(pid, 0xE00 + function, &[(0, 0x1234_0000), (1, bits)]).regs[0]
        };
        assert_eq!(f(0, 0xFFFF_3C00), 0x1234_3ABB);
        assert_eq!((f(1, 0x3C00), f(2, 0x3C00), f(2, 0x4900)), (0x1234_3853, 0x1234_4170, 0x1234_7561));
        assert_eq!((f(2, 0xFC00), f(2, 0x7C00), f(0, 0x7C01)), (0x1234_0000, 0x1234_7C00, 0x1234_7E00));
        assert_eq!((f(3, 0x3C00), f(2, 0x618B)), (0, 0x1234_7C00));
        if strict {
            assert_eq!((f(0, 0x7C00), f(1, 0xFC00), f(2, 0x618C)), (0x1234_7E00, 0x1234_7E00, 0x1234_7C00));
        }
    });
    for (number, bits, raise) in [
        (0xE00, 0x7C00, Raise::LibmDomain),
        (0xE01, 0xFC00, Raise::LibmDomain),
        (0xE02, 0x618C, Raise::LibmOverflow),
        (0xE02, 0x7BFF, Raise::LibmOverflow),
    ] {
        with(BOTH[0].0, Config::default(), Start::default(), |bench| {
            let pid = bench.caller();
            bench.call(pid, number, &[bits]);
            assert_eq!(bench.executive.raised(), Some(raise));
            assert_eq!(bench.executive.step(9, None).executed, 0);
        });
    }
    for (profile, _) in BOTH {
        with(profile, Config { libm: false, ..Config::default() }, Start::default(), |bench| {
            let pid = bench.caller();
            assert_eq!(bench.call(pid, 0xE00, &[0x3C00]).regs[0], ENOSYS);
        });
    }
}

#[test]
fn sleepers_wake_in_strict_alone() {
    both(|bench, strict| {
        let pid = bench.caller();
        let after = bench.call_with(pid, 0x600, &[(0, 100)]);
        let deadline = 1_000_100;
        assert_eq!(after.events, [Event::SleepRequest { pid, ms: 100, deadline }]);
        assert_eq!((after.regs[0], bench.state(pid)), (0, "sleeping"));
        bench.advance(99);
        assert_eq!(bench.executive.step(1, None).executed, 0);
        bench.advance(1);
        let reply = bench.executive.step(1, None);
        if strict {
            assert_eq!((reply.executed, bench.take_events()), (1, vec![Event::SleepComplete { pid }]));
            return;
        }
        assert_eq!((reply.executed, reply.sleep_pending), (0, true), "it never wakes by itself");
        bench.executive.resume(Some(pid)).unwrap();
        let steps = bench.executive.tasks()[0].steps;
        assert_eq!(bench.executive.step(1, None).executed, 1);
        assert_eq!(bench.take_events(), [Event::SleepComplete { pid }]);
        assert_eq!(bench.executive.tasks()[0].steps, steps + 1);
    });
}

#[test]
fn a_sleeper_that_is_resumed_too_early_sleeps_on() {
    both(|bench, strict| {
        let pid = bench.caller();
        bench.call_with(pid, 0x600, &[(0, 100)]);
        bench.advance(50);
        bench.executive.resume(Some(pid)).unwrap();
        let steps = bench.executive.tasks()[0].steps;
        assert_eq!(bench.executive.step(1, None).executed, u32::from(!strict));
        assert_eq!((bench.state(pid), bench.executive.tasks()[0].steps), ("sleeping", steps));
        bench.advance(1000);
        bench.executive.resume(Some(pid)).unwrap();
        bench.call_with(pid, 0x600, &[(0, u32::MAX)]);
        assert_eq!(bench.state(pid), "sleeping");
    });
}

fn open(bench: &mut common::Bench<'_>, pid: u16, path: &str) -> u32 {
    let path = bench.text(pid, path);
    bench.call(pid, 0x400, &[path]).regs[0]
}

#[test]
fn files_are_read_and_written_at_positions_of_their_own() {
    both(|bench, _| {
        let pid = bench.caller();
        assert_eq!((open(bench, pid, "a.txt"), open(bench, pid, "a.txt")), (3, 4));
        bench.poke(pid, 0x2000, b"hello");
        assert_eq!(bench.call(pid, 0x402, &[3, 0x2000, 5]).regs[0], 5);
        assert_eq!(bench.call(pid, 0x401, &[4, 0x2100, 20]).regs[0], 5);
        assert_eq!(bench.peek(pid, 0x2100, 5), b"hello");
        assert_eq!(bench.call(pid, 0x401, &[4, 0x2100, 20]).regs[0], 0);
        assert_eq!(bench.call(pid, 0x402, &[3, 0xFFFE, 8]).regs[0], 2, "cut at the end of memory");
        for fd in [0, 1, 2, 9] {
            assert_eq!(bench.call(pid, 0x401, &[fd, 0x2100, 20]).regs[0], 0);
            assert_eq!(bench.call(pid, 0x403, &[fd]).regs[0], FAILED);
        }
        assert_eq!(bench.call(pid, 0x402, &[9, 0x2000, 1]).regs[0], 0);
        assert_eq!((bench.call(pid, 0x403, &[3]).regs[0], bench.call(pid, 0x403, &[3]).regs[0]), (0, FAILED));
        assert_eq!(open(bench, pid, "b"), 5, "a number is not used again");
        assert_eq!((bench.call(pid, 0x40D, &[0]).regs[0], bench.call(pid, 0x404, &[0]).regs[0]), (0, FAILED));
    });
}

#[test]
fn the_names_of_files() {
    both(|bench, _| {
        let pid = bench.caller();
        for bad in ["", "/hello.txt", "a:b", "../x", "a\\..\\b"] {
            assert_eq!(open(bench, pid, bad), 0xFFFF_FFEA, "{bad}");
        }
        assert_eq!((open(bench, pid, "b"), open(bench, pid, " a")), (3, 4));
        assert_eq!(bench.call(pid, 0x40A, &[0, 0x2000, 0xFFFF]).regs[0], 15);
        assert_eq!(bench.peek(pid, 0x2000, 15), b" a\n/hello.txt\nb");
        assert_eq!(bench.call(pid, 0x40A, &[0, 0x2100, 4]).regs[0], 4);
        assert_eq!(bench.peek(pid, 0x2100, 5), b" a\n/\0");
        bench.poke(pid, 0x2200, b"/hello.txt\0c\0b\0");
        let mut rename = |old, new| bench.call(pid, 0x40C, &[old, new]).regs[0];
        assert_eq!(
            (rename(0x2200, 0x220D), rename(0x220D, 0x220D), rename(0x2200, 0x220B)),
            (FAILED, FAILED, 0)
        );
        assert_eq!(rename(0x2200, 0x220B), FAILED);
        assert_eq!(
            (bench.call(pid, 0x40B, &[0x220B]).regs[0], bench.call(pid, 0x40B, &[0x220B]).regs[0]),
            (0, FAILED)
        );
    });
}

#[test]
fn a_stale_file_raises_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.caller();
        open(bench, pid, "a");
        bench.poke(pid, 0x2000, b"a\0b\0xyz");
        bench.call(pid, 0x402, &[3, 0x2004, 3]);
        bench.call(pid, 0x40C, &[0x2000, 0x2002]);
        let after = bench.call(pid, 0x402, &[3, 0x2004, 1]);
        if !strict {
            assert_eq!(bench.executive.raised(), Some(Raise::StaleFd));
            return;
        }
        assert_eq!(after.regs[0], 1, "it is open under its new name");
        bench.call(pid, 0x40B, &[0x2002]);
        assert_eq!(bench.call(pid, 0x401, &[3, 0x2100, 9]).regs[0], 0);
        assert_eq!(bench.call(pid, 0x402, &[3, 0x2004, 3]).regs[0], 0);
        assert_eq!(bench.executive.raised(), None);
    });
}

#[test]
fn reading_beyond_memory_is_cut_in_strict_and_raises_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.caller();
        open(bench, pid, "a");
        bench.call(pid, 0x402, &[3, 0x2000, 8]);
        open(bench, pid, "a");
        let after = bench.call(pid, 0x401, &[4, 0xFFFD, 8]);
        assert_eq!(bench.executive.raised(), (!strict).then_some(Raise::MemoryGrowth));
        if strict {
            assert_eq!(after.regs[0], 8, "the count stays");
        }
    });
}

#[test]
fn open_files_are_of_the_task_in_strict_and_of_all_in_the_reference() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        assert_eq!(open(bench, one, "a"), 3);
        assert_eq!(open(bench, two, "a"), if strict { 3 } else { 4 });
        assert_eq!(bench.call(two, 0x403, &[3]).regs[0], 0);
        assert_eq!(bench.call(one, 0x403, &[3]).regs[0], if strict { 0 } else { FAILED });
    });
}

#[test]
fn standard_streams_are_mailboxes() {
    both(|bench, _| {
        let pid = bench.caller();
        let after = bench.call(pid, 0x402, &[1, AREA.into(), 5]);
        assert_eq!((after.regs[0], after.names()), (5, vec!["mailbox_send"]));
        assert!(
            matches!(after.events[0], Event::MailboxSend(sent) if (sent.handle, sent.flags, sent.descriptor) == (2, 1, 2))
        );
        assert_eq!(bench.call(pid, 0x402, &[2, 0, 57]).regs[0], 0, "too large, and no event of an error");
        assert_eq!(bench.call(pid, 0x402, &[2, 0, 56]).regs[0], 56);
        let after = bench.call(pid, 0x402, &[2, 0, 1]);
        assert_eq!((after.regs[0], after.names()), (0, vec!["mailbox_backpressure"]));
        assert_eq!(bench.call(pid, 0x402, &[0, 0, 3]).regs[0], 3);
        assert_eq!(bench.call(pid, 0x402, &[1, 0, 0]).regs[0], 0, "nothing to send");
        bench.call(pid, 0x506, &[2]);
        assert_eq!(bench.call(pid, 0x402, &[1, 0, 1]).regs[0], 0, "its handle is closed");
        assert_eq!(bench.poll(pid, 1), (0, vec![0; 3]));
    });
}

#[test]
fn standard_streams_have_the_handles_that_the_load_opened() {
    both(|bench, _| {
        bench.executive.mailbox_open(1, "app:early").unwrap();
        let pid = bench.caller();
        let after = bench.call(pid, 0x402, &[1, AREA.into(), 5]);
        assert!(
            matches!(after.events[0], Event::MailboxSend(sent) if (sent.handle, sent.descriptor) == (3, 3))
        );
    });
}

#[test]
fn pausing_the_active_task_makes_files_new_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.caller();
        open(bench, pid, "a");
        bench.executive.pause(Some(pid)).unwrap();
        bench.executive.resume(Some(pid)).unwrap();
        assert_eq!(open(bench, pid, "b"), if strict { 4 } else { 3 });
        let names: Vec<Vec<u8>> =
            bench.executive.file_system().each().map(|(name, _)| name.flatten().copied().collect()).collect();
        assert_eq!(names.len(), if strict { 3 } else { 2 });
    });
}
