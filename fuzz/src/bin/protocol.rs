//! Target `protocol`: see `fuzz/targets/src/targets/protocol.rs`.
#![no_main]

lockstep_fuzz::target!(protocol);
