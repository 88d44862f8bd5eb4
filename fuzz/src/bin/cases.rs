//! Target `cases`: see `fuzz/targets/src/targets/cases.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::cases::create(lockstep_fuzz::subjects::ALL, bench));
