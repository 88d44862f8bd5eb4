//! The control plane: what switching tasks costs with few and with many of them, and how fast images load, whole and in
//! pieces.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use minivm::control::{Arena, ControlPlane, Pid};
use minivm::hxe::{self, ImageParts};
use minivm::{Memory, Reference, asm};

/// Calls `bench` with a machine that has room for `N` tasks.
fn with_machine<const N: usize>(bench: impl FnOnce(ControlPlane<'_, Reference, N>)) {
    let mut codes = vec![vec![0; 0x1_0000]; N];
    let mut memories = vec![Memory::new(); N];
    let mut arenas = codes.iter_mut().zip(&mut memories);
    bench(ControlPlane::new(
        Reference,
        std::array::from_fn(|_| {
            let (code, memory) = arenas.next().expect("there are N");
            Arena::new(code, memory, &mut [])
        }),
    ));
}

fn switch<const N: usize>(group: &mut BenchmarkGroup<'_, WallTime>, instructions: u32) {
    with_machine::<N>(|mut vm| {
        let program = asm::assemble("again: ADD R1, R1, R2\nJMP again").expect("it assembles");
        let image = hxe::write(&program.into());
        let pids: Vec<Pid> = (0..N).map(|_| vm.load(&image).expect("there is room")).collect();
        let mut turn = 0;
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::from_parameter(N), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % N;
                vm.set_context(black_box(pids[turn])).expect("it is loaded");
                if instructions > 0 {
                    black_box(vm.clock(instructions).expect("it is ready"));
                }
            });
        });
    });
}

fn switches(criterion: &mut Criterion) {
    for (name, instructions) in [("switch", 0), ("switch and step", 1)] {
        let mut group = criterion.benchmark_group(name);
        switch::<2>(&mut group, instructions);
        switch::<8>(&mut group, instructions);
        switch::<64>(&mut group, instructions);
    }
}

fn loads(criterion: &mut Criterion) {
    let parts = ImageParts {
        version: 2,
        code: (0..0xF000).map(|at| (at * 7) as u8).collect(),
        rodata: (0..0x8000).map(|at| (at * 5) as u8).collect(),
        app_name: b"load".to_vec(),
        ..ImageParts::default()
    };
    let image = hxe::write(&parts);
    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(image.len() as u64));
    with_machine::<1>(|mut vm| {
        group.bench_function("whole", |bencher| {
            bencher.iter(|| {
                let pid = vm.load(black_box(&image)).expect("it is valid");
                vm.unload(pid).expect("it is there");
            });
        });
        for size in [1, 8, 64, 256] {
            group.bench_function(BenchmarkId::new("pieces", size), |bencher| {
                bencher.iter(|| {
                    let pid = vm.load_begin().expect("there is room");
                    for piece in black_box(&image).chunks(size) {
                        vm.load_write(pid, piece).expect("it is valid");
                    }
                    vm.load_end(pid).expect("it is valid");
                    vm.unload(pid).expect("it is there");
                });
            });
        }
    });
}

criterion_group!(benches, switches, loads);
criterion_main!(benches);
