//! Target `protocol`: see `fuzzing/src/targets/protocol.rs`.
#![no_main]

lockstep_fuzz::target!(protocol);
