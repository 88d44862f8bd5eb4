//! Target `control_plane`: see `fuzz/targets/src/targets/control_plane/`.
#![no_main]

lockstep_fuzz::target!(control_plane);
