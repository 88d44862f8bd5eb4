//! Target `decoder`: see `vectors/minivm/src/fuzz/decoder.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_minivm::fuzz::decoder::create);
