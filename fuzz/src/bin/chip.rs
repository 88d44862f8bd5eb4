//! Target `chip`: see `fuzzing/src/targets/chip.rs`.
#![no_main]

lockstep_fuzz::target!(chip);
