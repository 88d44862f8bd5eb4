//! Target `stream_loader`: see `vectors/hxe/src/fuzz/stream_loader.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_hxe::fuzz::stream_loader::create);
