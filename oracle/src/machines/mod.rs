//! The machines that run on this host, whatever the subject.

pub mod caught;
pub mod last_words;
pub mod processes;
pub mod program;
pub mod python;
pub(crate) mod running;
pub mod workers;
