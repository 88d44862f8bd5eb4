//! Target `cockpit`: see `vectors/cockpit/src/fuzz/program.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_cockpit::fuzz::program::create);
