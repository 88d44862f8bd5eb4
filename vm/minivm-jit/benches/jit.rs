//! Machine code beside the two interpreters, over the same programs, and what making it costs.

use std::fs;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minivm::call_stack::FixedCallStack;
use minivm::prepared::Prepared;
use minivm::{Context, Memory, Reference, Run, Vm, asm, hxe};
use minivm_jit::{Compiled, Compiler, Effort};

/// Programs of `vectors/minivm/programs` that run for long: those of the interpreter's benchmark.
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

fn compile(compiler: &Compiler, program: &asm::Program) -> Compiled {
    compiler.compile(Reference, &program.code, program.entry).expect("Cranelift knows this host")
}

fn programs(criterion: &mut Criterion) {
    let programs = PROGRAMS.map(program);
    let mut memory = Box::new(Memory::new());
    let mut buffers = [[0; WORDS]; PROGRAMS.len()];
    let prepared: Vec<_> =
        programs.iter().zip(&mut buffers).map(|(one, words)| Prepared::new(&one.code, words)).collect();
    let compiler = Compiler::new(Effort::Most).expect("Cranelift knows this host");
    let mut compiled: Vec<_> = programs.iter().map(|one| compile(&compiler, one)).collect();

    let mut all = criterion.benchmark_group("machine code");
    let steps: u32 = programs.iter().map(|one| run(one, &mut memory, |vm| vm.run(u32::MAX))).sum();
    all.throughput(Throughput::Elements(steps.into()));
    all.bench_function("plain", |bencher| {
        bencher.iter(|| programs.iter().map(|one| run(one, &mut memory, |vm| vm.run(u32::MAX))).sum::<u32>());
    });
    all.bench_function("prepared", |bencher| {
        bencher.iter(|| {
            let each = programs.iter().zip(&prepared);
            each.map(|(one, code)| run(one, &mut memory, |vm| vm.run_prepared(code, u32::MAX))).sum::<u32>()
        });
    });
    all.bench_function("jit", |bencher| {
        bencher.iter(|| {
            let each = programs.iter().zip(&mut compiled);
            each.map(|(one, code)| run(one, &mut memory, |vm| code.run(vm, u32::MAX))).sum::<u32>()
        });
    });
    all.finish();

    for (name, (one, code)) in PROGRAMS.iter().zip(programs.iter().zip(&mut compiled)) {
        let mut each = criterion.benchmark_group(format!("machine code of {name}"));
        let steps = run(one, &mut memory, |vm| vm.run(u32::MAX));
        assert_eq!(run(one, &mut memory, |vm| code.run(vm, u32::MAX)), steps, "{name}");
        each.throughput(Throughput::Elements(steps.into()));
        each.bench_function("plain", |bencher| {
            bencher.iter(|| run(one, &mut memory, |vm| vm.run(u32::MAX)));
        });
        each.bench_function("jit", |bencher| {
            bencher.iter(|| run(one, &mut memory, |vm| code.run(vm, u32::MAX)));
        });
    }

    let bytes: usize = programs.iter().map(|program| program.code.len()).sum();
    for (name, effort) in [("most", Effort::Most), ("least", Effort::Least)] {
        let mut group = criterion.benchmark_group("compiling");
        group.throughput(Throughput::Bytes(bytes as u64));
        let compiler = Compiler::new(effort).expect("Cranelift knows this host");
        group.bench_function(name, |bencher| {
            bencher.iter(|| programs.iter().map(|program| compile(&compiler, program)).collect::<Vec<_>>());
        });
    }
}

criterion_group!(benches, programs);
criterion_main!(benches);
