//! Target `lockstep`: see `vectors/minivm/src/fuzz/lockstep.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_minivm::fuzz::lockstep::create);
