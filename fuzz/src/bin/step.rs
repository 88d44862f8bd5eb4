//! Target `step`: see `vectors/minivm/src/fuzz/step.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_minivm::fuzz::step::create);
