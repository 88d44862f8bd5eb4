//! Target `conc`: see `vectors/cockpit/src/fuzz/conc.rs`.
#![no_main]

lockstep_fuzz::target!(vectors_cockpit::fuzz::conc::create);
