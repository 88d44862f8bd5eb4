//! Target `decoder`: see `fuzzing/src/targets/decoder.rs`.
#![no_main]

lockstep_fuzz::target!(decoder);
