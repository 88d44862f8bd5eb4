//! Target `step`: see `fuzzing/src/targets/step.rs`.
#![no_main]

lockstep_fuzz::target!(step);
