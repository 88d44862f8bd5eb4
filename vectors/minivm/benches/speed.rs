//! How fast the machines are, to be read as ratios within one run.
//!
//! `instructions`: one long program on each machine. `cases`: cases of one instruction each, in batches, with the
//! state to set up, the outcome to take and the memory to reset; `pipe` is the Rust VM behind the machine protocol.
//! `HSX_REFERENCE` names a checkout of the reference; `LOCKSTEP_BENCH_MACHINE` the command that serves the Rust VM.

use std::path::PathBuf;
use std::time::Duration;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use oracle::machines::program::Program;
use oracle::machines::python;
use oracle::project::Project;
use oracle::{Answer, Cases, Machine};
use vectors_minivm::{Block, Case, MiniVm, NativeVm, REFERENCE, sweep};

type Machines = Vec<(&'static str, Box<dyn Machine<MiniVm>>)>;

fn machines() -> Machines {
    let project = Project::find().expect("Cargo runs benchmarks in a checkout");
    let mut machines: Machines = vec![
        ("rust", Box::new(NativeVm::default())),
        ("python", Box::new(python::model::<MiniVm>(&project).expect("the model loads"))),
    ];
    if let Some(checkout) = std::env::var_os("HSX_REFERENCE").map(PathBuf::from) {
        machines.push((
            "upstream",
            Box::new(python::upstream::<MiniVm>(&project, &checkout).expect("a checkout of the reference")),
        ));
    }
    machines
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    group
}

fn run(machine: &mut dyn Machine<MiniVm>, cases: &[Case]) {
    for answer in machine.run(REFERENCE, cases) {
        assert!(matches!(answer, Answer::Outcome(_)), "{answer:?}");
    }
}

fn instructions(criterion: &mut Criterion) {
    let program = minivm::asm::assemble(include_str!("mix.mvasm")).expect("the mix assembles");
    let mut group = group(criterion, "instructions");
    for (name, mut machine) in machines() {
        let max_steps = if name == "rust" { 1_000_000 } else { 20_000 };
        let case = Case { code: program.code.clone(), max_steps, ..Case::default() };
        group.throughput(Throughput::Elements(max_steps.into()));
        group
            .bench_function(name, |bencher| bencher.iter(|| run(&mut *machine, std::slice::from_ref(&case))));
    }
}

fn cases(criterion: &mut Criterion) {
    let cases: Vec<Case> = sweep::cases().step_by(sweep::cases().count() / 1024).take(1024).collect();
    let mut machines = machines();
    if let Ok(command) = std::env::var("LOCKSTEP_BENCH_MACHINE") {
        let program = Program::start(&command, Duration::from_secs(10)).expect("the machine starts");
        let machine = program.machine::<MiniVm>("pipe".into()).expect("it has a profile of minivm");
        machines.push(("pipe", Box::new(machine.expect("it knows minivm"))));
    }
    let mut group = group(criterion, "cases");
    group.throughput(Throughput::Elements(cases.len() as u64));
    for (name, mut machine) in machines {
        group.bench_function(name, |bencher| bencher.iter(|| run(&mut *machine, &cases)));
    }
}

/// The cost of a case by what it writes: nothing, one word, all of memory.
fn reset(criterion: &mut Criterion) {
    let store = Case::of_words(&[0x0302_3000]);
    let everything = Case { mem: vec![Block(0, vec![1; 0x1_0000])], ..store.clone() };
    let mut group = group(criterion, "reset");
    let mut rust = NativeVm::default();
    for (name, case) in
        [("nothing", Case::of_words(&[0x0110_0001])), ("word", store), ("everything", everything)]
    {
        MiniVm::check_case(&case).expect("a legal case");
        group.bench_function(name, |bencher| bencher.iter(|| run(&mut rust, std::slice::from_ref(&case))));
    }
}

criterion_group!(benches, instructions, cases, reset);
criterion_main!(benches);
