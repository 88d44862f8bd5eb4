//! Planted bugs: each must be found, located, made small, and written as a vector that tells right from wrong.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use minivm::instruction::{Reg, Word};
use minivm::{Opcode, Reference};
use oracle::campaign::Campaign;
use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::machines::rust::{Running, Rust};
use oracle::native::Native;
use oracle::plan::Plan;
use oracle::report::{Exit, Report};
use oracle::{Answer, Lane, Machine};
use rstest::rstest;
use vectors::minivm::{Case, MiniVm, Outcome, Stop, changed_runs};
use vectors::{Profile, Subject, Suite};

/// What is done to the machine behind an instruction that has retired: the opcode, and the registers before it.
type Bug = fn(&mut Running<'_, Reference>, Opcode, &[u32; 16]);

/// The VM with a bug.
struct Mutant {
    vm: Rust,
    bug: Bug,
}

impl Machine<MiniVm> for Mutant {
    fn name(&self) -> &str {
        "mutant"
    }

    fn profiles(&self) -> &[Profile] {
        &[Profile::Reference]
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| Answer::Outcome(self.execute(case))).collect()
    }
}

impl Mutant {
    fn execute(&mut self, case: &Case) -> Outcome {
        let mut vm = self.vm.begin(Reference, case);
        let (mut steps, mut stop) = (0, None);
        while stop.is_none() && steps < case.max_steps {
            stop = vm.step();
            steps += u32::from(stop.is_none_or(|stop| vm.retires(stop)));
            if let (None, Some(op)) = (stop, Word(vm.last.opcode).op()) {
                let before = vm.last.regs;
                (self.bug)(&mut vm, op, &before);
            }
        }
        Outcome {
            stop: stop.and_then(Stop::of).unwrap_or(Stop::Budget {}),
            steps,
            pc: vm.context.pc,
            sp: vm.context.sp,
            psw: vm.context.psw,
            regs: vm.regs(),
            call_stack: vm.calls.clone(),
            mem: changed_runs(&case.initial_memory()[..], vm.memory().bytes(), vm.memory().written_pages()),
            trace: None,
        }
    }
}

fn word(vm: &Running<'_, Reference>) -> Word {
    Word(vm.last.opcode)
}

/// V of ADC is lost.
fn flag(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Adc {
        vm.context.psw &= !8;
    }
}

/// LDH extends the sign.
fn sign_extension(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Ldh {
        let rd = word(vm).rd();
        let value = vm.reg(rd);
        vm.set_reg(rd, i32::from(value as u16 as i16) as u32);
    }
}

/// SUB saturates at 0.
fn wrap(vm: &mut Running<'_, Reference>, op: Opcode, before: &[u32; 16]) {
    let i = word(vm);
    if op == Opcode::Sub && before[i.rs1().index()] < before[i.rs2().index()] {
        vm.set_reg(i.rd(), 0);
    }
}

/// POP R15 keeps the stack pointer instead of the value.
fn stack_order(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Pop && word(vm).rd() == Reg::R15 {
        let sp = vm.context.sp;
        vm.set_reg(Reg::R15, sp);
    }
}

/// FMUL rounds one unit up where the result is odd and large.
fn rounding(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    let rd = word(vm).rd();
    let value = vm.reg(rd);
    if op == Opcode::Fmul && value & 0x7C01 == 0x4001 {
        vm.set_reg(rd, value + 1);
    }
}

/// Only the third CALL in a row forgets to count: shows in programs alone.
fn depth(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Call && vm.calls.len() == 3 {
        vm.calls[2] ^= 4;
    }
}

fn campaign(bug: Bug, folder: &Path) -> Report {
    let suite = Suite { vectors: Vec::new(), rules: Default::default() };
    let ledger = Ledger::default();
    let machines: Vec<Box<dyn Machine<MiniVm>>> =
        vec![MiniVm::machine(), Box::new(Mutant { vm: Rust::default(), bug })];
    let campaign = Campaign {
        kind: "conformance",
        suite: &suite,
        ledger: &ledger,
        machines,
        lanes: vec![Lane::between("mutant", "rust", Profile::Reference)],
        skipped: Vec::new(),
        plan: Plan { seed: 1, random: 4000, sweep_stride: 5, topics: Vec::new(), shard: (1, 1) },
        failures: folder.to_owned(),
        replay_options: String::new(),
        commit: None,
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}

#[rstest]
#[case::flag(flag, "ADC", "psw")]
#[case::sign_extension(sign_extension, "LDH", "r")]
#[case::wrap(wrap, "SUB", "r")]
#[case::stack_order(stack_order, "POP", "r15")]
#[case::rounding(rounding, "FMUL", "r")]
#[case::depth(depth, "CALL", "call_stack")]
fn a_planted_bug_becomes_a_vector_of_one_instruction(
    #[case] bug: Bug,
    #[case] topic: &str,
    #[case] field: &str,
) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(topic);
    let _ = std::fs::remove_dir_all(&folder);
    let report = campaign(bug, &folder);
    assert_eq!(report.exit(), Exit::Differs);
    assert!(!report.findings.is_empty());
    assert!(report.findings.iter().all(|finding| finding.topic == topic), "only {topic} has a bug");
    let finding = &report.findings[0];
    assert!(finding.differences.iter().any(|difference| difference.field.starts_with(field)), "{finding:?}");

    let suite = Suite::<MiniVm>::load(Path::new(&finding.file)).expect("what is written can be read");
    let vector = &suite.vectors[0];
    assert!(vector.case.code.len() <= 8 && vector.case.max_steps == 1, "{}", finding.listing);
    let expected = &vector.expected[0].outcome;
    let agrees = |machine: &mut dyn Machine<MiniVm>| match run_one(machine, Profile::Reference, &vector.case)
    {
        Answer::Outcome(outcome) => MiniVm::compare(expected, &outcome).is_empty(),
        other => panic!("{other:?}"),
    };
    assert!(agrees(&mut *MiniVm::machine()), "the right machine keeps to the vector");
    assert!(!agrees(&mut Mutant { vm: Rust::default(), bug }), "the wrong one does not");
}

#[test]
fn the_right_machine_under_another_name_agrees() {
    let report = campaign(|_, _, _| {}, Path::new(env!("CARGO_TARGET_TMPDIR")));
    let lane = &report.lanes[0];
    assert_eq!((lane.differ, lane.agree), (0, lane.cases));
    assert!(lane.cases > 60_000);
}
