//! The fuzz targets of the instruction set, a file each.

pub mod conc;
pub mod program;

use oracle::fuzz::{Create, Fuzzed};

use crate::cases::Cockpit;

impl Fuzzed for Cockpit {
    fn targets(&self) -> Vec<(&'static str, Create)> {
        vec![("conc", conc::create), ("cockpit", program::create)]
    }
}
