//! Target `lockstep`: see `fuzz/targets/src/targets/lockstep.rs`.
#![no_main]

lockstep_fuzz::target!(lockstep);
