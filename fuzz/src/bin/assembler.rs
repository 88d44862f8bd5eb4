//! Target `assembler`: see `vectors/minivm/src/fuzz/assembler.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_minivm::fuzz::assembler::create);
