//! Target `stream_loader`: see `fuzzing/src/targets/stream_loader.rs`.
#![no_main]

lockstep_fuzz::target!(stream_loader);
