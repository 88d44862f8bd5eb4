//! Target `chip`: see `fuzz/targets/src/targets/chip.rs`.
#![no_main]

lockstep_fuzz::target!(chip);
