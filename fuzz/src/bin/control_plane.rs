//! Target `control_plane`: see `fuzzing/src/targets/control_plane/`.
#![no_main]

lockstep_fuzz::target!(control_plane);
