//! Hands libFuzzer's bytes to fuzz targets. Every file in `src/bin/` is a target of that name.

use std::cell::RefCell;

use fuzz_targets::harness::Process;
use oracle::fuzz::{Bench, Create, ModelUse, Rng};
use oracle::project::Project;

/// What the list of subjects is made of here.
mod subject {
    pub use fuzz_targets::{FuzzedSubject as AnySubject, Of};
}

#[path = "../../xtask/src/subjects.rs"]
pub mod subjects;

thread_local! {
    static PROCESS: RefCell<Option<Process>> = const { RefCell::new(None) };
}

/// Starts the target that `create` makes.
pub fn start(create: Create) {
    let bench = if cfg!(feature = "model") {
        let project = Project::find().unwrap_or_else(|why| panic!("{why}"));
        Bench { model: ModelUse::Sampled, project: Some(project) }
    } else {
        Bench { model: ModelUse::Never, project: None }
    };
    PROCESS.set(Some(Process::new(create, bench)));
}

/// Runs one input.
pub fn run(input: &[u8]) {
    PROCESS.with_borrow_mut(|process| process.as_mut().expect("libFuzzer starts before it runs").run(input));
}

/// Changes one input, of `size` bytes in `data`, and gives the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut input = data[..size].to_vec();
    let mut basic = |input: &mut Vec<u8>| {
        let size = input.len().min(max_size);
        input.resize(max_size, 0);
        let size = libfuzzer_sys::fuzzer_mutate(input, size, max_size);
        input.truncate(size);
    };
    PROCESS.with_borrow(|process| {
        let target = process.as_ref().expect("libFuzzer starts before it mutates").target();
        target.mutate(&mut input, &mut Rng::with_seed(seed.into()), &mut basic);
    });
    let size = input.len().min(max_size);
    data[..size].copy_from_slice(&input[..size]);
    size
}

/// Makes this binary a target: the one that the function makes, or a closure that calls it with some subjects.
#[macro_export]
macro_rules! target {
    ($create:expr) => {
        use libfuzzer_sys::{fuzz_mutator, fuzz_target};

        fuzz_target!(init: lockstep_fuzz::start($create), |input: &[u8]| lockstep_fuzz::run(input));
        fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            lockstep_fuzz::mutate(data, size, max_size, seed)
        });
    };
}
