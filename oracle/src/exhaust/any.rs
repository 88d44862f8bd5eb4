//! Parts of any subject.

use std::collections::BTreeMap;

use rustix::time::{ClockId, clock_gettime};

use super::record::{Done, Found, PartRecord};
use crate::inputs::{Chunk, Expected, Part, Wrong};
use crate::report::file_name;
use crate::subject::{Subject, native};
use crate::suite;

/// A part of a subject that is not known.
pub struct AnyPart {
    /// The subject.
    pub subject: &'static str,
    /// The machine whose results they are.
    pub machine: String,
    /// The name.
    pub name: &'static str,
    /// What is run.
    pub about: &'static str,
    /// How many inputs there are.
    pub inputs: u64,
    /// Into how many chunks they are cut.
    pub chunks: u64,
    run: Box<dyn Fn(u64) -> (Done, Vec<Found>) + Send + Sync>,
}

impl AnyPart {
    /// The record of it before anything was run.
    pub fn record(&self) -> PartRecord {
        PartRecord {
            subject: self.subject.into(),
            name: self.name.into(),
            machine: self.machine.clone(),
            inputs: self.inputs,
            chunks: self.chunks,
            done: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Runs a chunk.
    pub fn run(&self, chunk: u64) -> (Done, Vec<Found>) {
        (self.run)(chunk)
    }
}

/// The parts of a subject; none if it cannot be exhausted.
pub fn parts<S: Subject>() -> Vec<AnyPart> {
    let parts = S::exhausts().map(|exhausts| exhausts.parts()).unwrap_or_default();
    let machine = native::<S>().map(|machine| machine.name().to_owned()).unwrap_or_default();
    parts.into_iter().map(|part| any(part, machine.clone())).collect()
}

fn any<S: Subject>(part: Part<S>, machine: String) -> AnyPart {
    let Part { name, about, inputs, chunks, run } = part;
    let run = move |number| {
        let start = processor_seconds();
        let mut chunk = Chunk::default();
        run(number, &mut chunk);
        let done = Done {
            digest: format!("{:016x}", chunk.digest),
            inputs: chunk.inputs,
            wrong: chunk.wrong,
            seconds: processor_seconds() - start,
        };
        (done, chunk.found.into_iter().map(|wrong| found::<S>(name, wrong)).collect())
    };
    AnyPart { subject: S::NAME, machine, name, about, inputs, chunks, run: Box::new(run) }
}

/// A wrong result as it is kept: with a vector, if the subject writes vectors.
fn found<S: Subject>(part: &str, wrong: Wrong<S>) -> Found {
    let mut found = Found { what: wrong.what, file: String::new(), vector: String::new() };
    if let (Some(written), Some(expected)) = (S::written(), wrong.case) {
        let Expected { case, profile, outcome } = &*expected;
        let name = file_name(&format!("{}-exhaust-{part}", S::NAME), found.what.as_bytes());
        let note = format!("Found by exhausting {part}.");
        let rule = suite::OF_ORACLE;
        let entry = suite::Found { name: &name, rule, note: &note, case, profile: *profile, outcome };
        found.vector = written.write(&[entry]);
        found.file = format!("failures/{name}.yaml");
    }
    found
}

/// How long this thread has run on a core, in seconds: others that share the core take no part in it.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
