//! Target `step`: see `fuzz/targets/src/targets/step.rs`.
#![no_main]

lockstep_fuzz::target!(step);
