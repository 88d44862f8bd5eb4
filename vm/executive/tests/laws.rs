//! What holds for every script: nothing panics, nothing leaks, messages are conserved, a refused call changes nothing.

mod common;

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write;
use std::hash::{Hash, Hasher};

use common::{Bench, image};
use executive::desk::{DeskExecutive, DeskRooms, Start};
use executive::host::{CommandCall, HostMessage};
use executive::scheduler::AnyPolicy;
use executive::{Config, Event, Profile, Switch, SwitchSet};
use minivm::hxe::{self, ImageParts};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const TARGETS: [&str; 7] =
    ["app:q", "shared:f", "svc:stdio.out@2", "pid:1", "", "pid:x", "svc:long name that is cut off somewhere"];

/// A call of the host or of a task. Tasks are named by numbers that need not be PIDs.
#[derive(Clone, Debug)]
enum Call {
    Load(usize),
    Step(u32, Option<u16>),
    Advance(u64),
    Pause(Option<u16>),
    Resume(Option<u16>),
    Kill(u16),
    Schedule(u16, u8, u16),
    Service(u16, u16, [u32; 5]),
    Poke(u16, u16, Vec<u8>),
    Open(u16, usize),
    Close(u16, u32),
    Bind(u16, usize, u16, u16),
    Send(u16, Option<u32>, Option<usize>, usize),
    Receive(u16, u32),
    Tap(u16, u32, bool),
    Stdio(usize, u16, bool),
    SetValue(u16, u16, Option<u16>),
    Command(u16, Option<u16>, bool),
}

fn call() -> impl Strategy<Value = Call> {
    let pid = || 0u16..6;
    let some = || prop::option::of(1u16..5);
    let target = || 0..TARGETS.len();
    let handle = || 0u32..9;
    let mode = || prop::sample::select(vec![0u16, 3, 0x0B, 0x2B]);
    let word = || {
        prop_oneof![
            4 => 0u32..10,
            3 => prop::sample::select(vec![0x2000u32, 0x2020, 0x2040, 0x2060, 0x101, 0xFFFE, 0xFFC0, 0x1000]),
            1 => any::<u32>(),
        ]
    };
    let service = prop_oneof![
        4 => 0x500u16..0x508,
        3 => 0x700u16..0x708,
        3 => 0x800u16..0x806,
        2 => prop::sample::select(vec![0x400u16, 0x401, 0x402, 0x403, 0x40A, 0x40B, 0x40C]),
        2 => prop::sample::select(vec![0x000u16, 0x100, 0x101, 0x200, 0x600, 0xE00, 0xE02]),
        1 => 0u16..0x1000,
    ];
    let number = || prop::sample::select(vec![0x101u16, 0x102, 0x200]);
    prop_oneof![
        4 => (0usize..6).prop_map(Call::Load),
        8 => (0u32..60, some()).prop_map(|(n, pid)| Call::Step(n, pid)),
        2 => (0u64..40).prop_map(Call::Advance),
        1 => some().prop_map(Call::Pause),
        2 => some().prop_map(Call::Resume),
        1 => pid().prop_map(Call::Kill),
        1 => (pid(), any::<u8>(), 1u16..9).prop_map(|(pid, priority, quantum)| Call::Schedule(pid, priority, quantum)),
        24 => (1u16..5, service, prop::array::uniform5(word())).prop_map(|(pid, number, args)| Call::Service(pid, number, args)),
        2 => (pid(), any::<u16>(), prop::collection::vec(any::<u8>(), 0..90)).prop_map(|(pid, at, bytes)| Call::Poke(pid, at, bytes)),
        2 => (pid(), target()).prop_map(|(pid, target)| Call::Open(pid, target)),
        1 => (pid(), handle()).prop_map(|(pid, handle)| Call::Close(pid, handle)),
        2 => (pid(), target(), 0u16..90, mode()).prop_map(|(pid, target, capacity, mode)| Call::Bind(pid, target, capacity, mode)),
        3 => (pid(), prop::option::of(handle()), prop::option::of(target()), 0usize..60)
            .prop_map(|(pid, handle, target, length)| Call::Send(pid, handle, target, length)),
        2 => (pid(), handle()).prop_map(|(pid, handle)| Call::Receive(pid, handle)),
        1 => (pid(), handle(), any::<bool>()).prop_map(|(pid, handle, on)| Call::Tap(pid, handle, on)),
        1 => (0usize..4, mode(), any::<bool>()).prop_map(|(stream, mode, update)| Call::Stdio(stream, mode, update)),
        1 => (number(), any::<u16>(), some()).prop_map(|(oid, bits, pid)| Call::SetValue(oid, bits, pid)),
        1 => (number(), some(), any::<bool>()).prop_map(|(oid, pid, waits)| Call::Command(oid, pid, waits)),
    ]
}

/// Images: one that makes calls, with metadata; programs; and what is none.
fn images() -> [Vec<u8>; 6] {
    let caller = || -> ImageParts {
        let mut source = String::from("loop: CALL R14, 0\nJMP loop\n");
        for number in 0..0x1000 {
            writeln!(source, "SVC {number}\nRET").unwrap();
        }
        minivm::asm::assemble(&source).unwrap().into()
    };
    let mut declaring = caller();
    declaring.version = 2;
    declaring.flags = 2;
    declaring.app_name = b"app".into();
    let value = [1, 1, 0, 0, 0x3C, 0, 0, 20, 0, 0, 0x38, 0, 0, 0, 0x44, 0, 0, 5, 0, 20, b'v', 0];
    let command = [1, 2, 2, 0, 0, 0, 0, 4, 0, 16, 0, 0, 0, 0, 0, 0, b'c', 0];
    let mailbox =
        br#"[{"target":"app:q","capacity":40},{"target":"shared:f","mode":"FANOUT"},{"target":"app:b@x"}]"#;
    declaring.sections = vec![(1, 1, value.into()), (2, 1, command.into())];
    let mut bad_mailbox = declaring.clone();
    bad_mailbox.sections.push((3, 1, mailbox.as_slice().into()));
    [
        hxe::write(&caller()),
        hxe::write(&declaring),
        hxe::write(&bad_mailbox),
        image("LDI R0, 3\nSVC 0x600\nBRK 1\nLDI R1, -1\nLD R0, [R1]"),
        image("loop: ADD R1, R1, R2\nPUSH R1\nJMP loop"),
        b"HSXE".into(),
    ]
}

fn play<P: Profile>(executive: &mut DeskExecutive<'_, P, 64>, images: &[Vec<u8>], call: &Call) -> bool {
    match call.clone() {
        Call::Load(index) => match executive.load(&images[index]) {
            Ok(loaded) => {
                let chain = [2, 0, 0xFF, 0xFF, 0x21, 0x20, 1, 0, 5, 0, 0xFF, 0xFF, 9, 0, 0, 0];
                for (at, bytes) in [
                    (0x2000, b"app:q\0".as_slice()),
                    (0x2020, b"shared:f\0"),
                    (0x2040, &chain),
                    (0x2060, b"a\0"),
                ] {
                    executive.poke(loaded.pid, at, bytes).unwrap();
                }
                true
            }
            Err(_) => false,
        },
        Call::Step(n, pid) => executive.step(n, pid).executed > 0,
        Call::Advance(ms) => {
            executive.set_time(executive.now() + ms);
            true
        }
        Call::Pause(pid) => executive.pause(pid).is_ok(),
        Call::Resume(pid) => executive.resume(pid).is_ok(),
        Call::Kill(pid) => executive.kill(pid).is_ok(),
        Call::Schedule(pid, priority, quantum) => {
            executive.schedule(pid, Some(priority), Some(quantum)).is_ok()
        }
        Call::Service(pid, number, arguments) => {
            let arguments = (1..).zip(arguments).chain([(14, 8 + 8 * u32::from(number)), (0, arguments[0])]);
            let set: Vec<bool> = arguments
                .map(|(register, value)| executive.set_register(pid, register, value).is_ok())
                .collect();
            set.iter().all(|&done| done) && executive.step(4, Some(pid)).executed > 0
        }
        Call::Poke(pid, address, bytes) => executive.poke(pid, address, &bytes).is_ok(),
        Call::Open(pid, target) => executive.mailbox_open(pid, TARGETS[target]).is_ok(),
        Call::Close(pid, handle) => executive.mailbox_close(pid, handle).is_ok(),
        Call::Bind(pid, target, capacity, mode) => {
            executive.mailbox_bind(pid, TARGETS[target], capacity, mode).is_ok()
        }
        Call::Send(pid, handle, target, length) => {
            let message = HostMessage { data: &[7; 60][..length], flags: 1, channel: 2 };
            executive.mailbox_send(pid, handle, target.map(|target| TARGETS[target]), message).is_ok()
        }
        Call::Receive(pid, handle) => executive.mailbox_receive(pid, handle, &mut [0; 20]).is_ok(),
        Call::Tap(pid, handle, on) => executive.mailbox_tap(pid, handle, on).is_ok(),
        Call::Stdio(stream, mode, update) => executive.mailbox_stdio(stream, mode, update, |_| {}).is_ok(),
        Call::SetValue(oid, bits, pid) => executive.set_value_as(oid, bits, pid).is_ok(),
        Call::Command(oid, pid, waits) => {
            executive.call_command_as(CommandCall { oid, pid, token: None, waits }).0.code() == 0
        }
    }
}

/// Everything that can be seen of an executive.
fn digest<P: Profile>(executive: &DeskExecutive<'_, P, 64>) -> String {
    let mut text = String::new();
    let mail = executive.mail();
    for task in executive.tasks() {
        let mut hasher = DefaultHasher::new();
        executive.memory(task.pid).map(|memory| memory.bytes()).hash(&mut hasher);
        let registers = executive.registers(task.pid);
        writeln!(text, "{task:?} {registers:?} {:x}", hasher.finish()).unwrap();
    }
    for mailbox in mail.boxes() {
        let queued: Vec<_> = mail.queued(mailbox).collect();
        let waiters: Vec<_> = mail.waiters(mailbox).collect();
        let taps: Vec<_> = mail.taps(mailbox).map(|tap| mail.copies(tap).count()).collect();
        writeln!(text, "{mailbox:?} {queued:?} {waiters:?} {taps:?}").unwrap();
    }
    let registry = executive.registry();
    for value in registry.values.iter() {
        writeln!(text, "{value:?} {:?}", registry.texts(&value.entry)).unwrap();
    }
    for command in registry.commands.iter() {
        writeln!(text, "{command:?} {:?}", registry.texts(&command.entry)).unwrap();
    }
    let open: Vec<_> = executive.open_files().map(|(file, _)| *file).collect();
    let stored = executive.non_volatile().entries();
    let rest =
        (mail.handles(), executive.waits(), open, stored, registry.strings.used(), executive.current());
    writeln!(text, "{rest:?} {:?} {}", executive.stdio_modes(), executive.is_paused()).unwrap();
    text
}

/// What must hold between any two calls.
fn check<P: Profile>(executive: &DeskExecutive<'_, P, 64>) -> Result<(), TestCaseError> {
    let mail = executive.mail();
    let mut messages = 0;
    for mailbox in mail.boxes() {
        let cost: u64 = mail.queued(mailbox).map(|message| u64::from(message.payload.len()) + 8).sum();
        prop_assert_eq!(cost, mailbox.used);
        prop_assert!(mailbox.used <= mailbox.capacity);
        let seqs: Vec<u32> = mail.queued(mailbox).map(|message| message.seq).collect();
        prop_assert!(seqs.is_sorted_by(|a, b| a < b) && seqs.iter().all(|&seq| seq < mailbox.next_seq));
        messages += seqs.len();
        for tap in mail.taps(mailbox) {
            let cost: u64 = mail.copies(tap).map(|message| u64::from(message.payload.len()) + 8).sum();
            prop_assert_eq!(cost, tap.tap_used);
            messages += mail.copies(tap).count();
        }
    }
    let [held, places, ..] = mail.used();
    prop_assert_eq!(places, messages, "each place is in a queue");
    prop_assert!(held <= messages);
    prop_assert!(mail.handles().is_sorted_by_key(|handle| (handle.pid, handle.number)));
    prop_assert!(mail.handles().iter().all(|handle| mail.mailbox(handle.descriptor).is_some()));
    Ok(())
}

fn profile() -> impl Strategy<Value = SwitchSet> {
    let flips = prop::collection::vec(prop::sample::select(Switch::ALL), 0..4);
    (any::<bool>(), flips).prop_map(|(strict, flips)| {
        let base = if strict { SwitchSet::STRICT } else { SwitchSet::REFERENCE };
        flips.into_iter().fold(base, SwitchSet::flipped)
    })
}

fn policy() -> impl Strategy<Value = AnyPolicy> {
    prop::sample::select(vec![AnyPolicy::Instruction, AnyPolicy::Cooperative, AnyPolicy::Preemptive])
}

#[test]
fn nothing_panics_and_queues_add_up() {
    let rooms = RefCell::new(DeskRooms::<64>::default());
    let images = images();
    let strategy = (profile(), policy(), prop::collection::vec(call(), 1..60));
    TestRunner::default()
        .run(&strategy, |(profile, policy, script)| {
            let mut rooms = rooms.borrow_mut();
            let config = Config { handles: 8, descriptors: 20, tap_rate: 3, ..Config::default() };
            let mut executive = rooms.executive(profile, config, Start { policy, ..Start::default() });
            play(&mut executive, &images, &Call::Load(1));
            for call in &script {
                play(&mut executive, &images, call);
                check(&executive)?;
                if executive.raised().is_some() {
                    break;
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Whether a call makes or leaves something of a PID that is no task, which nobody will take away.
fn is_of_nobody<P: Profile>(executive: &DeskExecutive<'_, P, 64>, call: &Call) -> bool {
    let (Call::Open(pid, _) | Call::Bind(pid, ..) | Call::Send(pid, ..)) = call else { return false };
    executive.tasks().iter().all(|task| task.pid != *pid)
}

#[test]
fn nothing_leaks_when_all_tasks_are_killed_in_strict() {
    let rooms = RefCell::new(DeskRooms::<64>::default());
    let images = images();
    TestRunner::default()
        .run(&(policy(), prop::collection::vec(call(), 1..60)), |(policy, script)| {
            let mut rooms = rooms.borrow_mut();
            let mut executive =
                rooms.executive(SwitchSet::STRICT, Config::default(), Start { policy, ..Start::default() });
            play(&mut executive, &images, &Call::Load(1));
            for call in &script {
                if !is_of_nobody(&executive, call) {
                    play(&mut executive, &images, call);
                }
            }
            while let Some(task) = executive.tasks().first() {
                let pid = task.pid;
                executive.kill(pid).unwrap();
            }
            prop_assert_eq!(executive.used(), [0; 8]);
            let mail = executive.mail();
            prop_assert_eq!((mail.boxes().len(), mail.handles().len(), executive.waits().len()), (0, 0, 0));
            let registry = executive.registry();
            prop_assert_eq!(
                (registry.values.len(), registry.commands.len(), registry.strings.used()),
                (0, 0, 0)
            );
            prop_assert_eq!((executive.open_files().count(), executive.current()), (0, None));
            Ok(())
        })
        .unwrap();
}

/// Whether a refused call may leave a trace: one that steps may have expired something, what opens a mailbox makes it
/// before its quota is looked at, and a handle is a sender's even if the message is too large.
fn may_leave_a_trace(call: &Call) -> bool {
    matches!(call, Call::Step(..) | Call::Service(..) | Call::Open(..) | Call::Send(..))
}

#[test]
fn a_refused_call_changes_nothing_in_strict() {
    let rooms = RefCell::new(DeskRooms::<64>::default());
    let images = images();
    TestRunner::default()
        .run(&prop::collection::vec(call(), 1..50), |script| {
            let mut rooms = rooms.borrow_mut();
            let mut executive = rooms.executive(SwitchSet::STRICT, Config::default(), Start::default());
            play(&mut executive, &images, &Call::Load(1));
            for call in &script {
                if is_of_nobody(&executive, call) {
                    continue;
                }
                let before = digest(&executive);
                let done = play(&mut executive, &images, call);
                if !done && !may_leave_a_trace(call) && !matches!(call, Call::Load(2)) {
                    prop_assert_eq!(before, digest(&executive), "{:?}", call);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn messages_are_conserved() {
    let strategy = (
        any::<bool>(),
        prop::sample::select(vec![3u16, 0x0B, 0x2B]),
        prop::collection::vec((0usize..3, 0u8..4, 0usize..40), 1..60),
    );
    let rooms = RefCell::new(DeskRooms::<64>::default());
    TestRunner::default()
        .run(&strategy, |(strict, mode, script)| {
            let mut rooms = rooms.borrow_mut();
            let profile = if strict { SwitchSet::STRICT } else { SwitchSet::REFERENCE };
            let mut bench =
                Bench { executive: rooms.executive(profile, Config::default(), Start::default()) };
            let tasks = [bench.caller(), bench.caller(), bench.caller()];
            bench.executive.mailbox_bind(0, "app:q", 0, mode).unwrap();
            let handles = tasks.map(|pid| bench.open(pid, "app:q"));
            let fans_out = mode & 8 != 0;
            let (mut sent, mut received, mut dropped) = (0, 0, 0);
            for (at, action, length) in script {
                let (pid, handle) = (tasks[at], handles[at]);
                if bench.state(pid) == "waiting_mbx" {
                    bench.advance(5);
                    bench.executive.step(0, None);
                }
                let events = match action {
                    0 | 1 => bench.send(pid, handle, &vec![9; length]).events,
                    2 => bench.call(pid, 0x503, &[handle, 0x2000, 64, 0, 0]).events,
                    _ => bench.call(pid, 0x503, &[handle, 0x2000, 64, 5, 0]).events,
                };
                for event in events {
                    match event {
                        Event::MailboxSend(delivery) if delivery.length > 0 => sent += 1,
                        Event::MailboxRecv(_) => received += 1,
                        Event::MailboxWake(_) => received += 1,
                        Event::Overrun { .. } => dropped += 1,
                        _ => {}
                    }
                }
            }
            let mail = bench.executive.mail();
            let mailbox = mail.boxes().iter().find(|mailbox| mailbox.name.as_str() == "q").unwrap();
            let queued = mail.queued(mailbox).count();
            if fans_out {
                prop_assert!(dropped + queued <= sent && received <= 3 * sent);
            } else {
                prop_assert_eq!(sent, received + queued);
            }
            prop_assert_eq!(sent, mailbox.next_seq as usize);
            Ok(())
        })
        .unwrap();
}
