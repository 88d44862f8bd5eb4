//! Target `loader`: see `vectors/hxe/src/fuzz/loader.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_hxe::fuzz::loader::create);
