//! Target `vector`: see `fuzz/targets/src/targets/vector.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::vector::create(lockstep_fuzz::subjects::ALL, bench));
