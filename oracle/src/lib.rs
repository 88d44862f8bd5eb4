//! The engine: machines run cases, their outcomes are compared, differences are explained.
//!
//! A [`Machine`] is whatever runs cases of a subject, in batches. A [`Lane`] pairs a machine with an oracle. A
//! [`Campaign`](campaign::Campaign) runs many cases over many lanes and gives a [`Report`](report::Report), in which
//! every case that was asked for is accounted for. How a report is shown is not known in this crate.

pub mod campaign;
pub mod coverage;
pub mod digest;
mod draw;
pub mod explain;
pub mod findings;
pub mod hxe;
pub mod jobs;
pub mod lane;
pub mod ledger;
pub mod machine;
pub mod machines;
pub mod minivm;
pub mod native;
pub mod plan;
mod points;
pub mod protocol;
pub mod replay;
pub mod report;
pub mod server;
pub mod suite;
mod traces;
pub mod verdict;

pub use lane::Lane;
pub use machine::{Answer, Machine};
