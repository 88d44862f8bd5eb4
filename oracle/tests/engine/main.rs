//! Tests of the engine on the toy subject.

mod bench;
mod contracts;
mod exits;
mod findings;
mod ladder;
mod ledger;
mod merging;
mod protocol;
mod repeating;
mod replaying;
mod rules;
mod samples;
mod sequences;
mod suites;
mod verdicts;
mod workers;
