//! Programs of several tasks, in both profiles and under every policy.

mod common;

use common::{BOTH, Bench, with};
use executive::desk::Start;
use executive::scheduler::AnyPolicy;
use executive::{Config, Event, SwitchSet};

/// Opens the mailbox that is named in the data; its handle is in R6. R8 is 1, R11 and R7 are 0.
const OPEN: &str = "LDI32 R1, name\nSVC 0x500\nMOV R6, R1\nLDI R8, 1\nLDI R11, 0\nLDI R7, 0\n";

/// Sends the numbers from 0 on, a byte each; gives way while there is no room. R0 is how many.
fn producer(target: &str, count: u32) -> String {
    format!(
        ".data\nname: .asciz \"{target}\"\n.text\n{OPEN}LDI R9, {count}
        loop: LDI32 R2, 0x3000
        STB [R2], R7
        again: MOV R1, R6
        LDI R3, 1
        LDI R4, 0
        LDI R5, 0
        SVC 0x502
        CMP R0, R11
        JZ sent
        LDI R0, 0
        SVC 0x600
        JMP again
        sent: ADD R7, R7, R8
        CMP R7, R9
        JNZ loop
        MOV R0, R7
        RET"
    )
}

/// Receives so many messages; R0 is the sum of their first bytes.
fn consumer(target: &str, count: u32) -> String {
    format!(
        ".data\nname: .asciz \"{target}\"\n.text\n{OPEN}LDI R9, {count}\nLDI R12, 0
        loop: MOV R1, R6
        LDI32 R2, 0x3000
        LDI R3, 16
        LDI32 R4, 0xFFFF
        LDI R5, 0
        SVC 0x503
        LDI32 R2, 0x3000
        LDB R10, [R2]
        ADD R12, R12, R10
        ADD R7, R7, R8
        CMP R7, R9
        JNZ loop
        MOV R0, R12
        RET"
    )
}

/// Receives so many messages from one mailbox and passes them on to another.
fn stage(from: &str, to: &str, count: u32) -> String {
    format!(
        ".data\nname: .asciz \"{from}\"\nnext: .asciz \"{to}\"\n.text\n{OPEN}LDI32 R1, next\nSVC 0x500\nMOV R13, R1\nLDI R9, {count}
        loop: MOV R1, R6
        LDI32 R2, 0x3000
        LDI R3, 16
        LDI32 R4, 0xFFFF
        LDI R5, 0
        SVC 0x503
        again: MOV R1, R13
        LDI32 R2, 0x3000
        LDI R3, 1
        LDI R4, 0
        SVC 0x502
        CMP R0, R11
        JZ sent
        LDI R0, 0
        SVC 0x600
        JMP again
        sent: ADD R7, R7, R8
        CMP R7, R9
        JNZ loop
        RET"
    )
}

/// Waits so long for a message; R0 is the status.
fn patient(target: &str, ms: u32) -> String {
    format!(
        ".data\nname: .asciz \"{target}\"\n.text\n{OPEN}MOV R1, R6\nLDI32 R2, 0x3000\nLDI R3, 16\nLDI32 R4, {ms}\nLDI R5, 0\nSVC 0x503\nRET"
    )
}

/// Runs a test in profile `reference`, and in `strict` under each policy.
fn everywhere(test: impl Fn(&mut Bench<'_>)) {
    let strict = [AnyPolicy::Instruction, AnyPolicy::Cooperative, AnyPolicy::Preemptive];
    let all = strict.map(|policy| (SwitchSet::STRICT, policy)).into_iter();
    for (profile, policy) in all.chain([(SwitchSet::REFERENCE, AnyPolicy::Instruction)]) {
        let start = Start { policy, ..Start::default() };
        with(profile, Config::default(), start, &test);
    }
}

fn status(bench: &Bench<'_>, pid: u16) -> Option<u32> {
    bench.executive.tasks().iter().find(|task| task.pid == pid)?.exit_status
}

#[test]
fn a_producer_and_a_consumer() {
    everywhere(|bench| {
        let one = bench.load(&producer("app:q", 50));
        let two = bench.load(&consumer("app:q", 50));
        bench.executive.step(5000, None);
        assert_eq!((status(bench, one), status(bench, two)), (Some(50), Some((0..50).sum())));
        assert_eq!(bench.executive.mail().used()[..3], [0, 0, 0]);
    });
}

#[test]
fn several_producers_and_consumers() {
    everywhere(|bench| {
        let consumers: Vec<u16> = (0..3).map(|_| bench.load(&consumer("shared:q", 40))).collect();
        for _ in 0..4 {
            bench.load(&producer("shared:q", 30));
        }
        bench.executive.step(50_000, None);
        let sum: u32 = consumers.iter().map(|&pid| status(bench, pid).unwrap()).sum();
        assert_eq!(sum, 4 * (0..30).sum::<u32>(), "each message is received once");
    });
}

#[test]
fn every_reader_gets_every_message() {
    everywhere(|bench| {
        bench.executive.mailbox_bind(0, "app:f", 0, 0x2B).unwrap();
        let readers: Vec<u16> = (0..3).map(|_| bench.load(&consumer("app:f", 20))).collect();
        // All have opened the mailbox and wait before anything is sent.
        bench.executive.step(200, None);
        assert_eq!(bench.executive.waits().len(), 3);
        bench.load(&producer("app:f", 20));
        bench.executive.step(20_000, None);
        assert!(readers.iter().all(|&pid| status(bench, pid) == Some((0..20).sum())));
        assert_eq!(bench.executive.mail().mailbox(1).unwrap().used, 0);
    });
}

#[test]
fn a_pipeline() {
    everywhere(|bench| {
        let last = bench.load(&consumer("app:c", 30));
        bench.load(&stage("app:b", "app:c", 30));
        bench.load(&stage("app:a", "app:b", 30));
        bench.load(&producer("app:a", 30));
        bench.executive.step(20_000, None);
        assert_eq!(status(bench, last), Some((0..30).sum()));
    });
}

#[test]
fn a_watchdog_that_nobody_feeds() {
    everywhere(|bench| {
        let dog = bench.load(&patient("app:dog", 100));
        bench.executive.step(50, None);
        bench.advance(99);
        assert_eq!(bench.executive.step(50, None).executed, 0);
        bench.advance(1);
        bench.executive.step(50, None);
        assert_eq!(status(bench, dog), Some(7));
        let fed = bench.load(&patient("app:dog", 100));
        bench.load(&producer("app:dog", 1));
        bench.executive.step(500, None);
        assert_eq!(status(bench, fed), Some(0));
    });
}

#[test]
fn those_who_wait_are_woken_in_order() {
    everywhere(|bench| {
        let waiters: Vec<u16> = (0..4)
            .map(|_| {
                let pid = bench.load(&patient("app:w", 0xFFFF));
                bench.executive.step(50, Some(pid));
                pid
            })
            .collect();
        bench.load(&producer("app:w", 4));
        bench.executive.step(5000, None);
        let events = bench.take_events();
        let woken: Vec<u16> = events
            .iter()
            .filter_map(
                |event| if let Event::MailboxWake(delivery) = event { Some(delivery.pid) } else { None },
            )
            .collect();
        assert_eq!(woken, waiters);
    });
}

#[test]
fn killing_a_task_that_waits() {
    for (profile, strict) in BOTH {
        with(profile, Config::default(), Start::default(), |bench| {
            let one = bench.load(&consumer("app:q", 5));
            bench.executive.step(50, Some(one));
            let two = bench.load(&consumer("app:q", 5));
            bench.executive.step(50, Some(two));
            bench.executive.kill(one).unwrap();
            bench.load(&producer("app:q", 5));
            bench.executive.step(2000, None);
            let sum = (0..5).sum();
            assert_eq!(status(bench, two), strict.then_some(sum), "a ghost takes a message in the reference");
        });
    }
}

#[test]
fn an_urgent_task_runs_first() {
    let start = Start { policy: AnyPolicy::Preemptive, ..Start::default() };
    with(SwitchSet::STRICT, Config::default(), start, |bench| {
        let spin = "again: ADD R1, R1, R2\nJMP again";
        let (idle, urgent) = (bench.load(spin), bench.load(&patient("app:alarm", 0xFFFF)));
        bench.executive.schedule(idle, Some(20), Some(10)).unwrap();
        bench.executive.schedule(urgent, Some(0), None).unwrap();
        bench.executive.step(100, None);
        let steps = bench.executive.tasks()[0].steps;
        let alarm = executive::host::HostMessage { data: b"!", ..Default::default() };
        bench.executive.mailbox_send(0, None, Some("app:alarm"), alarm).unwrap();
        let reply = bench.executive.step(2, None);
        assert_eq!((reply.current, status(bench, urgent)), (Some(urgent), Some(0)));
        assert_eq!(bench.executive.tasks()[0].steps, steps + 1, "it waits for one instruction");
    });
}
