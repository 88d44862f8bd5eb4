//! The links there are.

pub mod faulty;
#[cfg(feature = "probe")]
pub mod probe;
pub mod qemu;
pub mod serial;
pub mod simulated;
