//! Target `stream_loader`: see `fuzz/targets/src/targets/stream_loader.rs`.
#![no_main]

lockstep_fuzz::target!(stream_loader);
