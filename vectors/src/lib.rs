//! What is compared, and with which cases.
//!
//! A [`Subject`] is a thing that can be implemented twice: an instruction set, a loader, a service. It says what a
//! case of it looks like, what comes out, and how two outcomes are compared and a case is made smaller. Cases come
//! from three places, all found here: [`suite`]s of vectors written by hand in YAML, sweeps that enumerate edges, and
//! random generators. Who runs them is not known in this crate.

pub mod hex;
pub mod hxe;
pub mod minivm;
pub mod random;
pub mod subject;
pub mod suite;

mod text;

pub use subject::{Difference, Profile, Subject, TraceLine};
pub use suite::{Expectation, Suite, Vector};
