//! Tests of the engine on the toy subject.

mod bench;
mod exits;
mod findings;
mod ledger;
mod merging;
mod protocol;
mod replaying;
mod sequences;
mod suites;
mod verdicts;
mod workers;
