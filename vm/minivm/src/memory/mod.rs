//! Data memory: 64 KiB for each task, little-endian, all zero when new.
//!
//! [`Memory`] keeps all of it. [`SparseMemory`] keeps the pages that differ from zero, for chips that have less.

mod access;
mod sparse;
mod whole;

pub use access::{Bytes, DataMemory, SIZE};
pub use sparse::SparseMemory;
pub use whole::{Memory, PAGE};
