//! Target `assembler`: see `fuzz/targets/src/targets/assembler.rs`.
#![no_main]

lockstep_fuzz::target!(assembler);
