//! Target `decoder`: see `fuzz/targets/src/targets/decoder.rs`.
#![no_main]

lockstep_fuzz::target!(decoder);
