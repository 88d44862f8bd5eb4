//! The fuzz targets of the instruction set, a file each, and what they share.

pub mod assembler;
pub mod decoder;
pub mod lockstep;
mod programs;
pub mod step;
pub mod tape;
mod words;

use oracle::fuzz::{Create, Fuzzed};

use crate::cases::MiniVm;

impl Fuzzed for MiniVm {
    fn targets(&self) -> Vec<(&'static str, Create)> {
        vec![
            ("assembler", assembler::create),
            ("decoder", decoder::create),
            ("lockstep", lockstep::create),
            ("step", step::create),
        ]
    }
}
