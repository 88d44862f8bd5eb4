//! Target `loader`: see `fuzz/targets/src/targets/loader.rs`.
#![no_main]

lockstep_fuzz::target!(loader);
