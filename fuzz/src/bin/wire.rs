//! Target `wire`: see `fuzz/targets/src/targets/wire.rs`.
#![no_main]

lockstep_fuzz::target!(wire);
