//! The machines that run on this host, whatever the subject.

pub mod caught;
pub mod processes;
pub mod program;
pub mod python;
pub(crate) mod running;
pub mod workers;
