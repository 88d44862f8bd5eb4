//! Target `wire`: see `fuzz/targets/src/targets/wire.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::wire::create(lockstep_fuzz::subjects::ALL, bench));
