//! What fuzz targets of every subject are made with: seeds, mutations, panics as complaints, and a judge of cases.

mod judge;
pub mod mutation;
pub mod panics;
mod relation;
pub mod seeds;

pub use crate::random::Rng;
pub use crate::target::{
    Bench, Cause, Complaint, Create, Fuzzed, FuzzedCase, ModelUse, Target, Use, simpler,
};
pub use judge::Judge;
pub use relation::{Relation, relation};
