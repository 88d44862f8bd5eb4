//! The machines that run on this host.

pub mod process;
pub mod processes;
pub mod python;
pub mod rust;
