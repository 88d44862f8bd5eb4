//! The fuzz targets of the loader, a file each, and what they share.

mod images;
pub mod loader;
pub mod stream_loader;

use oracle::fuzz::{Create, Fuzzed};

use crate::Hxe;

impl Fuzzed for Hxe {
    fn targets(&self) -> Vec<(&'static str, Create)> {
        vec![("loader", loader::create), ("stream_loader", stream_loader::create)]
    }
}
