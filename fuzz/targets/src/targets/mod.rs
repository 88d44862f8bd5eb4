//! The targets that every subject gets for nothing, and those of the line between host and chip; a file each.

pub mod cases;
pub mod chip;
pub mod protocol;
pub mod vector;
pub mod wire;
