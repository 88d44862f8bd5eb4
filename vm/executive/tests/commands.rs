//! Every call on commands, with each of its answers and the order of its checks, in both profiles; handlers that run.

mod common;

use common::{BOTH, Bench, both, chain, declaring, with};
use executive::desk::Start;
use executive::event::CommandResult;
use executive::host::CommandCall;
use executive::registry::Status;
use executive::{Config, Event};

fn command(bench: &mut Bench<'_>, pid: u16, oid: u32, flags: u32, head: u32) -> u32 {
    bench.call(pid, 0x800, &[oid >> 8, oid & 0xFF, flags, head]).regs[0]
}

#[test]
fn commands_are_called_by_their_owner() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        bench.poke(one, 0x2400, b"reset\0Reset it\0");
        let head = chain(bench, one, &[&[0x10, 0, 0, 0, 0, 0x24, 6, 0x24]]);
        assert_eq!((command(bench, one, 0x101, 0, head), command(bench, one, 0x101, 0, head)), (0, 5));
        let value_record = chain(bench, one, &[&[2, 0, 0, 0, 0, 0x24, 0, 0]]);
        assert_eq!(command(bench, one, 0x102, 0, value_record), 4, "a record of a value");
        assert_eq!(bench.call(two, 0x801, &[1, 1]).regs[..2], [0, 0x101]);
        let after = bench.call(one, 0x802, &[0x101, 0]);
        assert_eq!(
            (&after.regs[..2], after.names()),
            ([0, 0x101].as_slice(), vec!["cmd_invoked", "cmd_completed"])
        );
        assert_eq!(
            (bench.call(two, 0x802, &[0x101, 0]).regs[0], bench.call(one, 0x802, &[0x999, 0]).regs[0]),
            (2, 1)
        );
        let mut help = |pid, ptr, max| bench.call(pid, 0x804, &[0x101, ptr, max]).regs[..2].to_vec();
        assert_eq!(
            (help(two, 0x2800, 32), help(one, 0x2900, 4), help(one, 0x2900, 1)),
            (vec![0, 8], vec![0, 3], vec![0, 0])
        );
        assert_eq!(
            (help(one, 0x2900, 0), help(one, 0xFFFC, 32), help(one, 0xFFFF, 32)),
            (vec![0, 0], vec![0, 3], vec![0, 0])
        );
        assert_eq!(bench.peek(two, 0x2800, 9), b"Reset it\0");
        command(bench, one, 0x103, 0, 0);
        assert_eq!(bench.call(one, 0x804, &[0x103, 0x2800, 32]).regs[0], 1);
        assert_eq!(bench.call(one, 0x804, &[0x999, 0x2800, 32]).regs[0], 1);
    });
}

/// A call of the host in the name of the command's owner.
fn by_owner(oid: u16, waits: bool) -> CommandCall<'static> {
    CommandCall { oid, pid: None, token: None, waits }
}

#[test]
fn a_token_opens_commands() {
    for (profile, _) in BOTH {
        for (pin, opened) in [(Some("pin"), 0), (None, 2)] {
            with(profile, Config { pin, ..Config::default() }, Start::default(), |bench| {
                let pid = bench.caller();
                command(bench, pid, 0x101, 1, 0);
                let right = bench.text(pid, "pin");
                assert_eq!(bench.call(pid, 0x802, &[0x101, right]).regs[0], opened);
                let wrong = bench.text(pid, "pix");
                assert_eq!(bench.call(pid, 0x802, &[0x101, wrong]).regs[0], 2);
                assert_eq!(bench.call(pid, 0x802, &[0x101, 0]).regs[0], 2);
                let mut called =
                    |token| bench.executive.call_command_as(CommandCall { token, ..by_owner(0x101, true) }).0;
                assert_eq!((called(None), called(Some("pix"))), (Status::NotPermitted, Status::NotPermitted));
                assert_eq!(called(Some("pin")).code(), opened as u8);
            });
        }
    }
}

#[test]
fn calls_that_do_not_wait() {
    both(|bench, _| {
        let (one, two) = (bench.caller(), bench.caller());
        command(bench, one, 0x103, 2, 0);
        command(bench, one, 0x104, 0, 0);
        let target = bench.text(one, "app:r");
        assert_eq!(bench.call(one, 0x803, &[0x104, 0, target]).regs[0], 6);
        assert_eq!(bench.call(one, 0x803, &[0x999, 0, target]).regs[0], 1);
        let after = bench.call(one, 0x803, &[0x103, 0, target]);
        assert_eq!(
            (&after.regs[..2], after.names()),
            ([0, 6].as_slice(), vec!["cmd_invoked", "cmd_completed"])
        );
        assert_eq!(bench.poll(one, 6), (0, vec![3, 1, 0, 0]));
        let empty = bench.text(one, "");
        assert_eq!(bench.call(one, 0x803, &[0x999, 0, empty]).regs[0], 4);
        let target = bench.text(two, "app:r");
        assert_eq!(bench.call(two, 0x803, &[0x103, 0, target]).regs[0], 2);
        assert_eq!(
            bench.executive.call_command_as(by_owner(0x103, false)),
            (Status::Ok, CommandResult::Nothing)
        );
        assert_eq!(bench.executive.call_command_as(by_owner(0x104, false)).0, Status::NoAsync);
    });
}

/// A command of group 1, id 1 with a handler at 24: it adds 5 to R2, or does what `body` says.
fn with_handler(flags: u8, body: &str) -> Vec<u8> {
    let entry = [1, 1, flags, 3, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0];
    let code = format!("LDI R1, 0x101\nLDI R2, 0\nLDI R3, 9\nSVC 0x802\nMOV R5, R1\nRET\n{body}");
    declaring(2, &entry, b"", &code)
}

#[test]
fn handlers_run_in_their_task_in_strict() {
    both(|bench, strict| {
        let pid =
            bench.executive.load(&with_handler(0, "LDI R0, 5\nLDI R3, 77\nADD R0, R0, R0\nRET")).unwrap().pid;
        bench.take_events();
        bench.executive.step(4, None);
        let registers = bench.executive.registers(pid).unwrap();
        if !strict {
            assert_eq!(bench.reg(pid, 0), 2, "auth 3 bars the owner in the reference");
            return;
        }
        assert_eq!((registers.pc, registers.depth), (24, 1));
        assert_eq!(bench.take_events().iter().map(Event::name).collect::<Vec<_>>(), ["cmd_invoked"]);
        bench.executive.step(4, None);
        let after = bench.executive.registers(pid).unwrap();
        assert_eq!((after.pc, after.depth, after.sp), (16, 0, 0xFFC0));
        assert_eq!((after.regs[0], after.regs[1], after.regs[3]), (0, 10, 9), "registers are as before");
        let events = bench.take_events();
        assert!(matches!(
            events[..],
            [Event::CommandCompleted { status: 0, result: CommandResult::Integer(10), .. }]
        ));
        bench.executive.step(9, None);
        assert_eq!((bench.state(pid), bench.executive.tasks()[0].handler), ("returned", None));
    });
}

#[test]
fn the_host_calls_handlers() {
    with(BOTH[1].0, Config::default(), Start::default(), |bench| {
        let pid = bench.executive.load(&with_handler(2, "LDI R0, 5\nRET")).unwrap().pid;
        let called = bench.executive.call_command_as(by_owner(0x101, true));
        assert_eq!(called, (Status::Ok, CommandResult::Nothing), "the answer does not wait");
        assert_eq!(bench.executive.call_command_as(by_owner(0x101, true)).0, Status::Failed, "one at a time");
        bench.take_events();
        bench.executive.step(2, None);
        assert_eq!(bench.executive.registers(pid).unwrap().pc, 0);
        assert!(matches!(bench.take_events()[..], [Event::CommandCompleted { status: 0, .. }]));
        bench.executive.call_command_as(by_owner(0x101, false));
        bench.take_events();
        bench.executive.kill(pid).unwrap();
        assert!(matches!(bench.take_events()[..], [Event::CommandCompleted { status: 7, .. }]));
    });
}

#[test]
fn handlers_of_the_host_answer_in_the_reference() {
    let start = Start {
        answers: vec![CommandResult::Nothing, CommandResult::Integer(-1), CommandResult::Fail],
        ..Start::default()
    };
    with(BOTH[0].0, Config::default(), start, |bench| {
        let entry = |handler: u8, id: u8| [1, id, 2, 0, 0, 0, 0, handler, 0, 0, 0, 0, 0, 0, 0, 0];
        let pid = bench.caller_with(|parts| {
            let entries: Vec<u8> = (0..5).flat_map(|handler| entry(handler, handler)).collect();
            (parts.version, parts.sections) = (2, vec![(2, 5, entries)]);
        });
        let target = bench.text(pid, "app:r");
        let results = [(0, 0x100, 4), (0, 0x101, 4), (0, u32::MAX, 8), (7, 0, 4), (0, 0x104, 4)];
        for (oid, (status, r1, length)) in (0x100..).zip(results) {
            let after = bench.call(pid, 0x802, &[oid, 0]);
            assert_eq!(after.regs[..2], [status, r1], "{oid:#x}");
            let handle = bench.call(pid, 0x803, &[oid, 0, target]).regs[1];
            let (_, message) = bench.poll(pid, handle);
            assert_eq!((message.len(), message[2]), (length, status as u8));
        }
        assert_eq!(bench.executive.call_command_as(by_owner(0x102, true)).1, CommandResult::Integer(-1));
        assert_eq!(
            bench.executive.call_command_as(by_owner(0x103, true)),
            (Status::Failed, CommandResult::Fail)
        );
    });
}
