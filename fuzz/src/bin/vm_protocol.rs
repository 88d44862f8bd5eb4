//! Target `vm_protocol`: see `vectors/executive/src/fuzz/protocols.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_executive::fuzz::protocols::vm);
