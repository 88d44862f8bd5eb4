//! Machine code beside the two interpreters, over the same programs, and what making it costs.

#[path = "../../minivm/benches/programs/mod.rs"]
mod programs;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minivm::prepared::Prepared;
use minivm::{Memory, Reference, asm};
use minivm_jit::{Compiled, Compiler, Effort};
use programs::{PROGRAMS, WORDS, program, run};

fn compile(compiler: &Compiler, program: &asm::Program) -> Compiled {
    compiler.compile(Reference, &program.code, program.entry).expect("Cranelift knows this host")
}

fn forms(criterion: &mut Criterion) {
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

criterion_group!(benches, forms);
criterion_main!(benches);
