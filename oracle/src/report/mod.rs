//! A campaign's result: plain data, complete, without a word about how it is shown.
//!
//! `reports/REPORT.md` documents the JSON form. A change that readers must know of raises [`SCHEMA`].

mod contradiction;
mod exit;
mod finding;
mod ladder;
mod lane;
mod made;
mod merge;
mod result;
mod rule;
mod spent;
mod suite;
mod untried;

pub use crate::measurement::Measurement;
pub use exit::Exit;
pub(crate) use finding::EVERY_TOPIC;
pub use finding::{Blame, EXPLAINED, Finding, InCase, Step, Traces, file_name, is_file_name};
pub use ladder::{Ladder, Rung};
pub(crate) use lane::keep;
pub use lane::{LaneReport, PointCases, SampleReport};
pub use made::Made;
pub use merge::{Merging, merge};
pub use result::{LedgerReport, MachineReport, Part, Report, SCHEMA};
pub use spent::Spent;
pub use suite::{SuiteReport, VectorReport, file_of, suite_report};
