//! Data memory: 64 KiB for each task, little-endian, all zero when new.
//!
//! [`Memory`] keeps all of it. [`SparseMemory`] keeps the pages that differ from zero, for chips that have less. An array of
//! [`SIZE`] bytes is memory too, for hosts that keep the bytes themselves.

mod access;
mod plain;
mod sparse;
mod whole;

pub use access::{Bytes, DataMemory, LoadStore, SIZE};
pub use sparse::SparseMemory;
pub use whole::{Memory, PAGE, PAGES};
