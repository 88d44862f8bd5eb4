//! What is fuzzed, and how that which fuzzing finds becomes a vector.
//!
//! A [`Target`] eats any bytes and complains when what it tests is wrong. Targets know nothing of libFuzzer: the
//! binaries in `fuzz/` hand them bytes, and so do plain tests on stable, with a fixed seed.
//!
//! A [`session`] runs the binaries side by side. What they complain about is kept by cause ([`harness`]), made small and
//! turned into a vector or a hex file ([`explain`]), and moved to the regressions by [`promote`].

pub mod baseline;
pub mod corpus;
pub mod explain;
pub mod harness;
pub mod hexfile;
pub mod judge;
pub mod known;
pub mod mutation;
pub mod promote;
pub mod relation;
pub mod session;
pub mod simpler;
pub mod tape;
pub mod target;
pub mod targets;

pub use fastrand::Rng;
pub use target::{Cause, Complaint, Known, Meaning, Target, Use};
