//! Hands libFuzzer's bytes to the targets of `lockstep-fuzzing`. Every file in `src/bin/` is a target of that name.

use std::cell::RefCell;
use std::ffi::c_char;

pub use fuzzing;
use fuzzing::harness::Process;
use fuzzing::targets::Create;

thread_local! {
    static PROCESS: RefCell<Option<Process>> = const { RefCell::new(None) };
}

/// Starts the target that `create` makes.
pub fn start(create: Create) {
    PROCESS.set(Some(Process::new(create)));
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
        target.mutate(&mut input, &mut fuzzing::Rng::with_seed(seed.into()), &mut basic);
    });
    let size = input.len().min(max_size);
    data[..size].copy_from_slice(&input[..size]);
    size
}

/// What the leak check of a sanitizer asks for: leaks that are none of the project's. Python keeps its objects until the
/// process ends.
// SAFETY: the sanitizers' interface reserves the name for exactly this, and nothing else here has it.
#[unsafe(no_mangle)]
pub extern "C" fn __lsan_default_suppressions() -> *const c_char {
    c"leak:libpython\n".as_ptr()
}

/// Makes this binary a target, by the name of its module.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        use libfuzzer_sys::{fuzz_mutator, fuzz_target};

        fuzz_target!(init: lockstep_fuzz::start(lockstep_fuzz::fuzzing::targets::$name::create), |input: &[u8]| lockstep_fuzz::run(input));
        fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            lockstep_fuzz::mutate(data, size, max_size, seed)
        });
    };
}
