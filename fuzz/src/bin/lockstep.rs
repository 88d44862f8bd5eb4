//! Target `lockstep`: see `fuzzing/src/targets/lockstep.rs`.
#![no_main]

lockstep_fuzz::target!(lockstep);
