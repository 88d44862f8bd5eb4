//! Target `vector`: see `fuzz/targets/src/targets/vector.rs`.
#![no_main]

lockstep_fuzz::target!(vector);
