//! Target `assembler`: see `fuzzing/src/targets/assembler.rs`.
#![no_main]

lockstep_fuzz::target!(assembler);
