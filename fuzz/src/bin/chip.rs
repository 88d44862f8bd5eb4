//! Target `chip`: see `fuzz/targets/src/targets/chip.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::chip::create(lockstep_fuzz::subjects::ALL, bench));
