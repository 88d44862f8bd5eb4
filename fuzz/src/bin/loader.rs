//! Target `loader`: see `fuzzing/src/targets/loader.rs`.
#![no_main]

lockstep_fuzz::target!(loader);
