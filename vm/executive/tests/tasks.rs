//! Tasks: loading, names, layout, stops, pausing, killing, in both profiles.

mod common;

use common::{BOTH, Bench, both, image, with};
use executive::desk::Start;
use executive::scheduler::AnyPolicy;
use executive::{Config, Error, Event, Switch, SwitchSet};
use minivm::hxe::{self, ImageParts};
use minivm::{Fault, asm};

const SPIN: &str = "again: ADD R1, R1, R2\nJMP again";

fn named(name: &str, flags: u16) -> Vec<u8> {
    let app_name = name.as_bytes().into();
    hxe::write(&ImageParts { version: 2, flags, app_name, ..asm::assemble(SPIN).unwrap().into() })
}

fn names<'b>(bench: &'b Bench<'_>) -> Vec<&'b str> {
    bench.executive.tasks().iter().map(|task| task.name.as_str()).collect()
}

#[test]
fn a_task_has_a_name_of_its_own() {
    both(|bench, _| {
        assert_eq!(bench.executive.load(b"HSXE"), Err(Error::BadImage));
        assert_eq!(bench.load(SPIN), 2, "the PID of a failed load is used up");
        let long = "abcdefghijklmnopqrstuvwxyz012345";
        for _ in 0..3 {
            bench.executive.load(&named(long, 2)).unwrap();
        }
        bench.executive.load(&named(" once ", 0)).unwrap();
        assert_eq!(bench.executive.load(&named("once", 0)), Err(Error::Exists));
        let wanted = [
            "<stream:2>",
            "abcdefghijklmnopqrstuvwxyz01234",
            "abcdefghijklmnopqrstuvwxyz01_#0",
            "abcdefghijklmnopqrstuvwxyz01_#1",
            "once",
        ];
        assert_eq!(names(bench), wanted);
        bench.executive.kill(4).unwrap();
        assert_eq!(bench.executive.load(&named(long, 2)).unwrap().name, wanted[2]);
    });
}

#[test]
fn the_layout_of_tasks() {
    both(|bench, strict| {
        let pids: Vec<u16> = (0..3).map(|_| bench.load(SPIN)).collect();
        let registers = |bench: &Bench<'_>, pid| bench.executive.registers(pid).unwrap();
        let (first, third) = (registers(bench, pids[0]), registers(bench, pids[2]));
        if strict {
            assert_eq!((first.reg_base, &first.stack, first.sp), (0xFFC0, &(0xEFC0..0xFFC0), 0xFFC0));
            assert_eq!((third.reg_base, &third.stack), (0xFFC0, &(0xEFC0..0xFFC0)));
            return;
        }
        assert_eq!((first.reg_base, &first.stack, first.sp), (0x1000, &(0xEFFC..0xFFFC), 0xFFFC));
        assert_eq!((third.reg_base, &third.stack), (0x1080, &(0xCFFC..0xDFFC)));
        bench.executive.kill(pids[1]).unwrap();
        let next = bench.load(SPIN);
        assert_eq!(registers(bench, next).reg_base, 0x1040, "a freed place is used again");
        for _ in 3..14 {
            bench.load(SPIN);
        }
        assert_eq!(bench.executive.load(&image(SPIN)), Err(Error::NoSpace));
    });
}

#[test]
fn rodata_that_reaches_the_stack() {
    both(|bench, strict| {
        let parts = |length: usize| {
            hxe::write(&ImageParts {
                version: 1,
                rodata: vec![7; length],
                ..asm::assemble(SPIN).unwrap().into()
            })
        };
        let largest = bench.executive.load(&parts(0xEFC0 - 0x4000));
        let larger = bench.executive.load(&parts(0xC004));
        assert!(largest.is_ok());
        assert_eq!(larger.is_err(), strict);
        if !strict {
            let memory = bench.executive.memory(2).unwrap().bytes();
            let seven = memory.iter().filter(|&&byte| byte == 7).count();
            assert_eq!(
                seven,
                0xC000 - 0x1000,
                "the second stack is zeroed, and what is beyond memory is cut"
            );
        }
    });
}

#[test]
fn what_each_stop_does() {
    let stops = [
        ("RET", "returned", "returned"),
        ("SVC 0x100", "stopped", "returned"),
        (".word 0xEE000000", "stopped", "faulted"),
        ("BRK 5", "paused", "paused"),
        ("JMP 0x800", "ready", "ready"),
        ("LDI R1, -1\nLD R2, [R1]", "ready", "ready"),
    ];
    both(|bench, strict| {
        for (source, reference, wanted) in stops {
            let pid = bench.load(source);
            assert_eq!(bench.executive.step(1, Some(pid)).executed, 1);
            assert_eq!(bench.state(pid), if strict { wanted } else { reference }, "{source}");
            bench.executive.kill(pid).unwrap();
            bench.executive.resume(None).unwrap();
        }
    });
}

#[test]
fn a_task_that_returns_has_a_status() {
    both(|bench, strict| {
        let pid = bench.load("LDI R0, 9\nRET");
        let reply = bench.executive.step(5, None);
        assert_eq!((reply.executed, reply.steps, reply.pc, reply.running), (2, 1, Some(4), false));
        assert_eq!(bench.executive.tasks()[0].exit_status, Some(9));
        let exited = if strict { vec![Event::Exited { pid, status: 9 }] } else { vec![] };
        assert_eq!(bench.take_events(), exited);
        bench.executive.resume(Some(pid)).unwrap();
        assert_eq!(
            bench.executive.step(5, None).executed,
            u32::from(!strict),
            "the reference runs the RET again"
        );
        assert_eq!(bench.state(pid), "returned");
    });
}

#[test]
fn faults_park_in_strict_and_spin_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.load("LDI R1, 1\nDIV R2, R1, R3");
        let other = bench.load(SPIN);
        let reply = bench.executive.step(10, None);
        assert_eq!((reply.executed, bench.reg(pid, 0)), (10, if strict { 0 } else { 0xFFFF_FF05 }));
        let turns = bench.executive.tasks()[1].steps;
        assert_eq!((turns, bench.state(pid)), if strict { (8, "faulted") } else { (5, "running") });
        let fault = Event::Faulted { pid, pc: 4, fault: Fault::DivideByZero };
        assert_eq!(bench.take_events(), if strict { vec![fault] } else { vec![] });
        assert!(bench.executive.tasks()[1].is_runnable(), "{other}");
    });
}

#[test]
fn a_pc_outside_code_pauses_all_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.load("JMP 0x800");
        bench.load(SPIN);
        let reply = bench.executive.step(10, Some(pid));
        assert_eq!((reply.executed, reply.paused), (2, !strict));
        let seen: Vec<_> = bench.take_events().iter().map(Event::name).collect();
        assert_eq!(seen, if strict { vec!["fault"] } else { vec!["vm_error", "debug_stop"] });
        assert_eq!(bench.executive.step(3, None).executed, if strict { 3 } else { 0 });
    });
}

#[test]
fn a_break_stops_one_in_strict_and_all_in_the_reference() {
    both(|bench, strict| {
        let pid = bench.load("BRK 5\nLDI R1, 1\nLDI R1, 2\nRET");
        bench.load(SPIN);
        let reply = bench.executive.step(4, None);
        assert_eq!((reply.executed, reply.paused), if strict { (4, false) } else { (2, true) });
        let stop = Event::DebugBreak { pid, pc: 0, opcode: 0x7F00_0005, code: 5, steps: 1 };
        assert_eq!(bench.take_events(), [stop]);
        bench.executive.resume(Some(pid)).unwrap();
        bench.executive.step(4, Some(pid));
        let left = (bench.reg(pid, 1), bench.state(pid));
        assert_eq!(
            left,
            if strict { (2, "returned") } else { (1, "stopped") },
            "resume goes on, or for one instruction"
        );
    });
}

#[test]
fn a_wait_goes_on_beneath_a_pause_in_strict() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        let (inward, out) = (bench.open(one, "app:w"), bench.open(two, "app:w"));
        bench.call(one, 0x503, &[inward, 0x2000, 9, 0xFFFF, 0]);
        bench.executive.pause(Some(one)).unwrap();
        assert_eq!(bench.state(one), "paused");
        bench.send(two, out, b"x");
        assert_eq!(
            bench.state(one),
            if strict { "paused" } else { "ready" },
            "a message un-pauses in the reference"
        );
        bench.executive.resume(Some(one)).unwrap();
        assert_eq!(bench.reg(one, 1), 1);
        assert!(bench.executive.tasks()[0].is_runnable());
    });
}

#[test]
fn pausing_all() {
    both(|bench, strict| {
        let pid = bench.load(SPIN);
        bench.executive.pause(None).unwrap();
        assert_eq!(
            (bench.state(pid), bench.executive.step(3, None).executed),
            (if strict { "ready" } else { "paused" }, 0)
        );
        bench.executive.resume(None).unwrap();
        assert_eq!(bench.executive.step(3, None).executed, if strict { 3 } else { 0 });
        for refused in
            [bench.executive.pause(Some(9)), bench.executive.resume(Some(9)), bench.executive.kill(9)]
        {
            assert_eq!(refused, Err(Error::NoTask));
        }
        assert_eq!(bench.executive.schedule(9, None, None), Err(Error::NoTask));
        assert_eq!(bench.executive.register(9, 0), Err(Error::NoTask));
        assert_eq!(bench.executive.peek(9, 0, &mut []), Err(Error::NoTask));
    });
}

#[test]
fn hidden_state_of_the_reference() {
    with(SwitchSet::REFERENCE, Config::default(), Start::default(), |bench| {
        let (one, two) = (bench.load("SVC 0x100\nRET"), bench.load(SPIN));
        bench.executive.step(1, Some(one));
        assert_eq!((bench.state(one), bench.executive.current()), ("stopped", Some(one)));
        bench.executive.step(1, Some(two));
        bench.executive.kill(two).unwrap();
        assert_eq!((bench.state(one), bench.executive.current()), ("stopped", Some(one)));
        let three = bench.load(SPIN);
        assert_eq!(
            bench.state(one),
            "running",
            "killing another has activated it with the text of a running one"
        );
        assert_eq!(bench.executive.current(), Some(three));
        let paused = bench.load(SPIN);
        bench.executive.pause(Some(paused)).unwrap();
        bench.executive.set_register(paused, 1, 5).unwrap();
        assert_eq!(bench.state(paused), "ready", "setting a register un-pauses");
    });
}

#[test]
fn events_wait_for_the_next_step_in_the_reference() {
    both(|bench, strict| {
        let (one, two) = (bench.load(SPIN), bench.load(SPIN));
        let full = |bench: &mut Bench<'_>| {
            let message = executive::host::HostMessage { data: &[0; 56], ..Default::default() };
            bench.executive.mailbox_send(0, None, Some("app:q"), message).unwrap();
        };
        full(bench);
        full(bench);
        assert_eq!(bench.take_events().len(), usize::from(strict));
        if strict {
            return;
        }
        assert_eq!(bench.executive.pending().count(), 1);
        bench.load(SPIN);
        assert_eq!(bench.executive.current(), Some(3));
        bench.executive.step(1, Some(3));
        assert_eq!(bench.take_events().len(), 1);
        bench.executive.step(1, Some(two));
        assert_eq!(
            bench.take_events().len(),
            1,
            "a load has saved it with the task that was active, which tells it again"
        );
        bench.executive.step(1, Some(one));
        assert_eq!(bench.take_events().len(), 0);
    });
}

#[test]
fn a_poke_on_registers_of_a_task_that_is_not_active() {
    both(|bench, strict| {
        let (one, _) = (bench.load(SPIN), bench.load(SPIN));
        bench.executive.step(1, Some(2));
        bench.executive.pause(Some(2)).unwrap();
        let base = bench.executive.registers(one).unwrap().reg_base;
        bench.poke(one, base - 1, &[9, 1, 2, 3, 4]);
        assert_eq!(bench.peek(one, base - 1, 5), [9, 1, 2, 3, 4]);
        assert_eq!(bench.reg(one, 0), if strict { 0x0403_0201 } else { 0 });
        bench.executive.step(1, Some(one));
        assert_eq!(bench.peek(one, base - 1, 2), if strict { [9, 1] } else { [9, 0] });
    });
}

#[test]
fn a_load_while_the_active_task_does_not_run() {
    with(SwitchSet::REFERENCE, Config::default(), Start::default(), |bench| {
        bench.load("LDI R0, 5\nSVC 0x600");
        bench.executive.step(2, None);
        let pid = bench.load("DIV R2, R1, R3");
        bench.executive.step(1, Some(pid));
        assert_eq!(bench.state(pid), "running", "the context of a new task says that it runs");
    });
}

#[test]
fn the_end_of_a_task_frees_what_it_held_in_strict() {
    both(|bench, strict| {
        let (one, two) = (bench.caller(), bench.caller());
        bench.call(one, 0x700, &[1, 1, 0, 0]);
        let target = bench.text(two, "app:ev");
        bench.call(two, 0x705, &[0x101, target]);
        bench.open(two, "app:shared");
        let path = bench.text(two, "file");
        bench.call(two, 0x400, &[path]);
        bench.call_with(two, 0x100, &[(0, 1)]);
        let handles = bench.executive.mail().handles().len();
        assert_eq!((handles, bench.executive.open_files().count()), if strict { (3, 0) } else { (8, 1) });
        bench.executive.kill(two).unwrap();
        bench.executive.kill(one).unwrap();
        let mail = bench.executive.mail();
        assert_eq!((mail.boxes().len(), mail.handles().len()), if strict { (0, 0) } else { (10, 8) });
        assert_eq!(bench.executive.registry().values.len(), usize::from(!strict));
        if strict {
            assert_eq!(bench.executive.used(), [0; 8]);
        }
    });
}

#[test]
fn the_successor_of_a_task_that_cannot_go_on() {
    both(|bench, strict| {
        for source in [SPIN, "SVC 0x100", SPIN] {
            bench.load(source);
        }
        bench.executive.step(1, Some(2));
        assert_eq!(bench.executive.step(1, None).current, Some(if strict { 3 } else { 1 }));
    });
}

#[test]
fn each_switch_alone_can_be_turned() {
    for (profile, _) in BOTH {
        for &switch in Switch::ALL {
            with(profile.flipped(switch), Config::default(), Start::default(), |bench| {
                let (one, two) = (bench.caller(), bench.caller());
                let handle = bench.open(one, "app:q");
                bench.call(one, 0x503, &[handle, 0x2000, 9, 5, 0]);
                bench.open(two, "app:q");
                bench.advance(5);
                bench.executive.step(0, None);
                assert_eq!(bench.reg(one, 0), 7, "{}", switch.name());
                for refused in [bench.executive.kill(one), bench.executive.kill(two)] {
                    refused.unwrap();
                }
                assert_eq!(bench.executive.step(9, None).executed, 0);
            });
        }
    }
}

fn order(policy: AnyPolicy, sources: &[&str], setup: impl Fn(&mut Bench<'_>), turns: usize) -> Vec<u16> {
    let mut seen = Vec::new();
    with(SwitchSet::STRICT, Config::default(), Start { policy, ..Start::default() }, |bench| {
        for source in sources {
            bench.load(source);
        }
        setup(bench);
        seen = (0..turns).filter_map(|_| bench.executive.step(1, None).current).collect();
    });
    seen
}

#[test]
fn policies_in_small() {
    let yields = "again: LDI R0, 0\nSVC 0x600\nJMP again";
    let nothing = |_: &mut Bench<'_>| {};
    assert_eq!(order(AnyPolicy::Instruction, &[SPIN; 3], nothing, 6), [1, 2, 3, 1, 2, 3]);
    assert_eq!(order(AnyPolicy::Cooperative, &[yields, SPIN, yields], nothing, 5), [1, 1, 2, 2, 2]);
    assert_eq!(order(AnyPolicy::Cooperative, &[yields, yields], nothing, 7), [1, 1, 2, 2, 1, 1, 1]);
    let quanta = |bench: &mut Bench<'_>| {
        bench.executive.schedule(1, None, Some(3)).unwrap();
        bench.executive.schedule(2, None, Some(2)).unwrap();
    };
    assert_eq!(order(AnyPolicy::Preemptive, &[SPIN, SPIN], quanta, 7), [1, 1, 1, 2, 2, 1, 1]);
    assert_eq!(order(AnyPolicy::Preemptive, &[yields, SPIN], quanta, 6), [1, 1, 2, 2, 1, 1]);
    let urgent = |bench: &mut Bench<'_>| bench.executive.schedule(2, Some(0), Some(9)).unwrap();
    assert_eq!(order(AnyPolicy::Preemptive, &[SPIN, SPIN], urgent, 4), [1, 2, 2, 2]);
}
