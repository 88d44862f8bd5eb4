//! Target `vector`: see `fuzzing/src/targets/vector.rs`.
#![no_main]

lockstep_fuzz::target!(vector);
