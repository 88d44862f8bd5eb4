//! Target `protocol`: see `fuzz/targets/src/targets/protocol.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::protocol::create(lockstep_fuzz::subjects::ALL, bench));
