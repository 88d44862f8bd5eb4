//! Fuzz targets of what is around the executive: the protocols that tools speak.

pub mod protocols;
mod talk;

use oracle::fuzz::{Create, Fuzzed};

use crate::Executive;

impl Fuzzed for Executive {
    fn targets(&self) -> Vec<(&'static str, Create)> {
        vec![("executive_protocol", protocols::executive), ("vm_protocol", protocols::vm)]
    }

    fn cases_target(&self) -> Option<&'static str> {
        Some("executive_services")
    }
}
