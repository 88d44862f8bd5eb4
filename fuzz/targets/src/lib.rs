//! Fuzzing, whatever the subject: what runs its targets, and how that which they find becomes a vector.
//!
//! A [target](oracle::fuzz::Target) eats any bytes and complains when what it tests is wrong. Some are brought by subjects;
//! those in [`targets`] every subject gets for nothing. Targets know nothing of libFuzzer: the binaries in `fuzz/` hand
//! them bytes, and so do plain tests on stable, with a fixed seed.
//!
//! A [`session`] runs the binaries side by side. What they complain about is kept by cause ([`harness`]), made small and
//! turned into a vector or a hex file ([`explain`]), and moved to the regressions by [`promote`]. Which subjects there
//! are, the caller says ([`Fuzzing`]).

pub mod baseline;
pub mod build;
pub mod corpus;
pub mod explain;
pub mod finding;
mod fuzzing;
pub mod harness;
pub mod hexfile;
pub mod promote;
pub mod regressions;
pub mod session;
mod subject;
pub mod targets;
pub mod worker;

pub use fuzzing::{Fuzzing, Make};
pub use subject::{FuzzedSubject, Of, Subjects};
