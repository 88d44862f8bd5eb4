//! Target `wire`: see `fuzzing/src/targets/wire.rs`.
#![no_main]

lockstep_fuzz::target!(wire);
