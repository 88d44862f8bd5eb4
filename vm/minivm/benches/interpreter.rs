//! The interpreter: programs run from code bytes and from prepared code, and what preparing costs.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minivm::call_stack::FixedCallStack;
use minivm::prepared::Prepared;
use minivm::{Context, Memory, Reference, Run, Vm, asm, hxe};

/// Programs of `vectors/minivm/programs` that run for long: loops, bytes, words, calls, wide arithmetic.
const PROGRAMS: [&str; 7] = ["adler32", "collatz", "divide-64", "quicksort", "rc4", "sha256", "sieve"];
/// Words of a buffer that holds each of them.
const WORDS: usize = 1024;

type Machine<'a> = Vm<'a, Reference, FixedCallStack<64>>;

fn program(name: &str) -> asm::Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/minivm/programs");
    let text =
        fs::read_to_string(folder.join(name).with_extension("mvasm")).expect("it lies in the repository");
    asm::assemble(&text).expect("it assembles")
}

/// Runs the program from its start.
fn run(program: &asm::Program, memory: &mut Memory, run: impl FnOnce(&mut Machine<'_>) -> Run) -> u32 {
    memory.reset();
    memory.write_block(hxe::RODATA_BASE, &program.rodata).expect("it fits");
    let context = Context { pc: program.entry, ..Context::default() };
    run(&mut Vm::new(Reference, &program.code, memory, FixedCallStack::new(), context)).steps
}

fn programs(criterion: &mut Criterion) {
    let programs = PROGRAMS.map(program);
    let mut memory = Box::new(Memory::new());
    let mut buffers = [[0; WORDS]; PROGRAMS.len()];
    let prepared: Vec<_> =
        programs.iter().zip(&mut buffers).map(|(one, words)| Prepared::new(&one.code, words)).collect();
    let mut plain = || programs.iter().map(|one| run(one, &mut memory, |vm| vm.run(u32::MAX))).sum::<u32>();
    let steps = plain();
    let mut group = criterion.benchmark_group("interpreter");
    group.throughput(Throughput::Elements(steps.into()));
    group.bench_function("plain", |bencher| bencher.iter(&mut plain));
    group.bench_function("prepared", |bencher| {
        bencher.iter(|| {
            let each = programs.iter().zip(&prepared);
            each.map(|(one, code)| run(one, &mut memory, |vm| vm.run_prepared(code, u32::MAX))).sum::<u32>()
        });
    });
    group.finish();
    let code: usize = programs.iter().map(|program| program.code.len()).sum();
    let mut group = criterion.benchmark_group("preparing");
    group.throughput(Throughput::Bytes(code as u64));
    group.bench_function("code", |bencher| {
        let mut words = [0; WORDS];
        bencher.iter(|| {
            for program in &programs {
                black_box(Prepared::new(black_box(&program.code), &mut words));
            }
        });
    });
}

criterion_group!(benches, programs);
criterion_main!(benches);
