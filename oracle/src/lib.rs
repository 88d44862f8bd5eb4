//! The engine: machines run cases, their outcomes are compared, differences are explained.
//!
//! It knows no VM and no subject. A [`Subject`] is what is compared, and what it can do beyond that is
//! found by asking. A [`Machine`] is whatever runs cases of a subject, in batches. A [`Lane`] pairs a machine with an
//! oracle. A [`Campaign`](campaign::Campaign) runs many cases over many lanes and gives a [`Report`](report::Report), in
//! which every case that was asked for is accounted for. How a report is shown is not known here.

pub mod called;
pub mod campaign;
pub mod cases;
pub mod check;
pub mod contract;
pub mod cores;
pub mod coverage;
pub mod digest;
pub mod exhaust;
pub mod export;
pub mod fuzz;
mod git;
pub mod hex;
pub mod inputs;
pub mod jobs;
pub mod ladder;
pub mod lane;
pub mod ledger;
pub mod machine;
pub mod machines;
pub mod measurement;
pub mod origin;
pub mod outside;
pub mod partition;
pub mod plan;
pub mod points;
pub mod printable;
pub mod project;
pub mod protocol;
pub mod random;
pub mod reading;
pub mod replay;
pub mod report;
pub mod server;
pub mod strict;
pub mod subject;
pub mod suite;
pub mod target;
#[cfg(feature = "trials")]
pub mod trials;
pub mod verdict;

pub use called::{called, quoted};
pub use cases::{Cases, Profile};
pub use lane::Lane;
pub use machine::{Answer, Machine, Role, Sample};
pub use origin::Origin;
pub use subject::Subject;
