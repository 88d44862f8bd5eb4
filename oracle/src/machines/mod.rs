//! The machines that run on this host.

pub mod process;
pub mod python;
pub mod rust;

mod processes;
