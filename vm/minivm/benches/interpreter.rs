//! The interpreter: programs run from code bytes and from prepared code, and what preparing costs.

mod programs;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minivm::Memory;
use minivm::prepared::Prepared;
use programs::{PROGRAMS, WORDS, program, run};

fn forms(criterion: &mut Criterion) {
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

criterion_group!(benches, forms);
criterion_main!(benches);
