//! Long runs: nobody starves, and memory stays flat.

mod common;

use std::cell::RefCell;

use common::{image, with};
use executive::desk::{DeskRooms, Start};
use executive::scheduler::{AGE, AnyPolicy};
use executive::{Config, SwitchSet};
use minivm::hxe::{self, ImageParts};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

const SPIN: &str = "again: ADD R1, R1, R2\nADD R3, R3, R1\nJMP again";
const TASKS: Config<'_> = Config {
    descriptors: 256,
    handles: 64,
    host_handles: 64,
    capacity: 64,
    tap_rate: 0,
    libm: true,
    pin: None,
    tasks: 64,
    start: 1_000_000,
    queued: 1 << 20,
    pending: 0,
};

#[test]
fn sixty_four_tasks_share_ten_million_instructions() {
    for policy in [AnyPolicy::Instruction, AnyPolicy::Preemptive] {
        with(SwitchSet::STRICT, TASKS, Start { policy, ..Start::default() }, |bench| {
            for _ in 0..64 {
                bench.load(SPIN);
            }
            let before = bench.executive.used();
            let started = std::time::Instant::now();
            for _ in 0..100 {
                assert_eq!(bench.executive.step(100_000, None).executed, 100_000);
            }
            println!("{policy:?}: 10,000,000 instructions of 64 tasks in {:?}", started.elapsed());
            let steps: Vec<u64> = bench.executive.tasks().iter().map(|task| task.steps).collect();
            let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
            assert!(most - least <= 1 && steps.iter().sum::<u64>() == 10_000_000, "{least}..{most}");
            assert_eq!(bench.executive.used(), before);
        });
    }
}

#[test]
fn tasks_that_wake_each_other_starve_nobody() {
    // Each pair passes a token to and fro, which is what starves others if the first runnable task is always taken.
    let player = |own: &str, other: &str| {
        format!(
            ".data\nown: .asciz \"{own}\"\nother: .asciz \"{other}\"\n.text
            LDI32 R1, own\nSVC 0x500\nMOV R6, R1\nLDI32 R1, other\nSVC 0x500\nMOV R7, R1
            loop: MOV R1, R7\nLDI32 R2, 0x3000\nLDI R3, 1\nLDI R4, 0\nLDI R5, 0\nSVC 0x502
            MOV R1, R6\nLDI32 R2, 0x3000\nLDI R3, 1\nLDI32 R4, 0xFFFF\nSVC 0x503\nJMP loop"
        )
    };
    for policy in [AnyPolicy::Instruction, AnyPolicy::Cooperative, AnyPolicy::Preemptive] {
        with(SwitchSet::STRICT, TASKS, Start { policy, ..Start::default() }, |bench| {
            for pair in 0..10 {
                let (a, b) = (format!("app:a{pair}"), format!("app:b{pair}"));
                bench.load(&player(&a, &b));
                bench.load(&player(&b, &a));
            }
            bench.load("loop: LDI R0, 0\nSVC 0x600\nADD R1, R1, R2\nJMP loop");
            bench.executive.step(100_000, None);
            bench.take_events();
            let steps: Vec<u64> = bench.executive.tasks().iter().map(|task| task.steps).collect();
            assert!(steps.iter().all(|&steps| steps > 800), "{policy:?} {steps:?}");
        });
    }
}

#[test]
fn ten_thousand_tasks_come_and_go() {
    let json = br#"[{"target":"app:log","capacity":96},{"target":"svc:own","mode":"FANOUT"}]"#;
    let value = [1, 1, 0, 0, 0x3C, 0, 0, 20, 0, 0, 0x38, 0, 0, 0, 0x44, 0, 0, 0, 0, 20, b'v', 0];
    let program = minivm::asm::assemble(
        ".data\nname: .asciz \"app:x\"\n.text\nLDI32 R1, name\nSVC 0x500\nLDI32 R2, name\nLDI R3, 5\nSVC 0x502\nSVC 0x400\nRET",
    );
    let parts = ImageParts {
        version: 2,
        flags: 2,
        app_name: b"app".into(),
        sections: vec![(1, 1, value.into()), (3, 2, json.as_slice().into())],
        ..program.unwrap().into()
    };
    let image = hxe::write(&parts);
    with(SwitchSet::STRICT, TASKS, Start::default(), |bench| {
        let resident = bench.load(SPIN);
        let before = bench.executive.used();
        for cycle in 0..10_000 {
            let pid = bench.executive.load(&image).unwrap().pid;
            bench.executive.step(12, Some(pid));
            if cycle % 2 == 0 {
                bench.executive.step(9, Some(pid));
            }
            bench.executive.kill(pid).unwrap();
            assert_eq!(bench.executive.used(), before, "cycle {cycle}");
            bench.executive.devices_mut().take();
        }
        let mail = bench.executive.mail();
        assert_eq!((mail.boxes().len(), mail.handles().len(), bench.executive.tasks().len()), (4, 3, 1));
        assert_eq!((bench.executive.next_pid(), bench.executive.shortage()), (10_002, None));
        assert_eq!(bench.state(resident), "ready");
    });
}

#[test]
fn the_reference_runs_out_of_descriptors() {
    with(SwitchSet::REFERENCE, Config::default(), Start::default(), |bench| {
        let image = image(SPIN);
        for _ in 0..64 {
            let pid = bench.executive.load(&image).unwrap().pid;
            bench.executive.kill(pid).unwrap();
        }
        assert_eq!(bench.executive.load(&image), Err(executive::Error::NoDescriptor));
    });
}

#[test]
fn the_promise_of_the_preemptive_policy_is_kept() {
    let rooms = RefCell::new(DeskRooms::<64>::default());
    let strategy = prop::collection::vec((0u8..6, 1u16..30), 2..12);
    TestRunner::new(Cases { cases: 60, ..Cases::default() })
        .run(&strategy, |tasks| {
            let mut rooms = rooms.borrow_mut();
            let start = Start { policy: AnyPolicy::Preemptive, ..Start::default() };
            let mut executive = rooms.executive(SwitchSet::STRICT, TASKS, start);
            for &(priority, quantum) in &tasks {
                let pid = executive.load(&image(SPIN)).unwrap().pid;
                executive.schedule(pid, Some(priority), Some(quantum)).unwrap();
            }
            let all: u64 = tasks.iter().map(|(_, quantum)| u64::from(*quantum)).sum();
            let mut last = vec![0; tasks.len()];
            for turn in 1..4000u64 {
                let ran = usize::from(executive.step(1, None).current.unwrap()) - 1;
                last[ran] = turn;
                for (at, &(priority, quantum)) in tasks.iter().enumerate() {
                    let bound = AGE * u64::from(priority) + all - u64::from(quantum);
                    prop_assert!(turn - last[at] <= bound, "task {} of {:?} at turn {}", at + 1, tasks, turn);
                }
            }
            Ok(())
        })
        .unwrap();
}
