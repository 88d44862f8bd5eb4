//! What has been exhausted so far.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest;
use crate::verdict::total;

/// The version of the form.
pub const VERSION: u32 = 1;

/// What has been exhausted of everything, by one build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`VERSION`].
    pub exhaust: u32,
    /// What was run.
    pub build: Build,
    /// The parts, in order.
    pub parts: Vec<PartRecord>,
}

/// What was run: results of another build say nothing of this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The commit of the project, with a `+` if files have been changed since; absent if git does not know it.
    pub commit: Option<String>,
    /// The digest of the program that ran it.
    pub program: String,
}

/// What has been exhausted of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRecord {
    /// The subject.
    pub subject: String,
    /// The part.
    pub name: String,
    /// The machine whose results they are.
    pub machine: String,
    /// How many inputs there are.
    pub inputs: u64,
    /// Into how many chunks they are cut.
    pub chunks: u64,
    /// The chunks that were run, by number.
    pub done: BTreeMap<u64, Done>,
    /// Some of the wrong results.
    pub found: Vec<Found>,
}

/// What running a chunk came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The digest of its results, 16 digits.
    pub digest: String,
    /// How many inputs it has.
    pub inputs: u64,
    /// How many results were wrong.
    pub wrong: u64,
    /// How long it took, as processor time.
    pub seconds: f64,
}

/// A wrong result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Input, result, and what it should be.
    pub what: String,
    /// The vector's file, seen from the record's folder; empty if there is none.
    pub file: String,
    /// The vector; empty if there is none.
    pub vector: String,
}

/// Wrong results that are kept of a part.
const KEPT: usize = 8;

impl Build {
    /// Whether the results of the other build are this one's: the same program, or one of the same clean commit.
    pub fn is(&self, other: &Build) -> bool {
        let clean = self.commit.as_ref().is_some_and(|commit| !commit.ends_with('+'));
        self.program == other.program || clean && self.commit == other.commit
    }
}

impl Record {
    /// What a record says that cannot be, if anything: a file may have been edited or damaged.
    pub fn contradiction(&self) -> Option<String> {
        let of_part = |part: &PartRecord| {
            let what = part.contradiction()?;
            Some(format!("{} {} of {}: {what}", part.subject, part.name, part.machine))
        };
        self.parts.iter().find_map(of_part)
    }

    /// What a build has done of these parts.
    pub fn new(build: Build, parts: Vec<PartRecord>) -> Self {
        Record { exhaust: VERSION, build, parts }
    }

    /// Takes over what another run has done.
    ///
    /// # Errors
    /// It is of another build or of other parts, or the two do not say the same of a chunk.
    pub fn add(&mut self, other: Record) -> Result<(), String> {
        if !self.build.is(&other.build) {
            return Err("it is a result of another build".into());
        }
        for theirs in other.parts {
            let is_same = |own: &&mut PartRecord| {
                (&own.subject, &own.name, &own.machine, own.inputs, own.chunks)
                    == (&theirs.subject, &theirs.name, &theirs.machine, theirs.inputs, theirs.chunks)
            };
            let name = format!("{} {}", theirs.subject, theirs.name);
            let own =
                self.parts.iter_mut().find(is_same).ok_or_else(|| format!("there is no part {name}"))?;
            for (number, done) in theirs.done {
                own.add(number, done).map_err(|why| format!("{name}: {why}"))?;
            }
            theirs.found.into_iter().for_each(|found| own.keep(found));
        }
        Ok(())
    }

    /// The share of the inputs that were run, 0 to 1.
    pub fn share(&self) -> f64 {
        let sum = |count: fn(&PartRecord) -> u64| total(self.parts.iter().map(count)) as f64;
        sum(PartRecord::run) / sum(|part| part.inputs).max(1.0)
    }

    /// Whether anything was run.
    pub fn has_run(&self) -> bool {
        self.parts.iter().any(|part| !part.done.is_empty())
    }

    /// How many results are wrong.
    pub fn wrong(&self) -> u64 {
        total(self.parts.iter().map(PartRecord::wrong))
    }

    /// Whether every input was run.
    pub fn is_whole(&self) -> bool {
        self.parts.iter().all(PartRecord::is_whole)
    }
}

impl PartRecord {
    /// What it says that cannot be.
    fn contradiction(&self) -> Option<String> {
        if self.inputs == 0 || self.chunks == 0 {
            return Some(format!("there are {} inputs in {} chunks", self.inputs, self.chunks));
        }
        let mut before = 0;
        for (&number, done) in &self.done {
            if let Err(what) = self.check(number, done, before) {
                return Some(what);
            }
            before += done.inputs;
        }
        None
    }

    /// Whether a chunk can be one of this part, beside others that have so many inputs.
    fn check(&self, number: u64, done: &Done, others: u64) -> Result<(), String> {
        if number >= self.chunks {
            return Err(format!("there is no chunk {number}"));
        }
        if done.inputs == 0 || done.wrong > done.inputs {
            return Err(format!(
                "chunk {number} has {} inputs, of which {} are wrong",
                done.inputs, done.wrong
            ));
        }
        if others.saturating_add(done.inputs) > self.inputs {
            return Err(format!("with chunk {number} there are more inputs than {}", self.inputs));
        }
        Ok(())
    }

    /// Takes a chunk in.
    pub(super) fn add(&mut self, number: u64, done: Done) -> Result<(), String> {
        let others = self.done.iter().filter(|(other, _)| **other != number).map(|(_, done)| done.inputs);
        self.check(number, &done, total(others))?;
        match self.done.get(&number) {
            Some(known) if (&known.digest, known.wrong) != (&done.digest, done.wrong) => {
                Err(format!("two runs do not say the same of chunk {number}"))
            }
            Some(_) => Ok(()),
            None => {
                self.done.insert(number, done);
                Ok(())
            }
        }
    }

    pub(super) fn keep(&mut self, found: Found) {
        if self.found.len() < KEPT && !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// How many inputs were run.
    pub fn run(&self) -> u64 {
        total(self.done.values().map(|done| done.inputs))
    }

    /// How many results are wrong.
    pub fn wrong(&self) -> u64 {
        total(self.done.values().map(|done| done.wrong))
    }

    /// How long it took, as processor time of all cores together.
    pub fn seconds(&self) -> f64 {
        // The sum of no numbers at all would be -0.
        self.done.values().fold(0.0, |sum, done| sum + done.seconds)
    }

    /// Whether every input was run.
    pub fn is_whole(&self) -> bool {
        self.done.len() as u64 == self.chunks && self.run() == self.inputs
    }

    /// The digest of all results; `None` as long as there are others.
    pub fn digest(&self) -> Option<String> {
        let digests: Vec<&str> = self.done.values().map(|done| done.digest.as_str()).collect();
        self.is_whole()
            .then(|| digest::of("lockstep exhaust", &(&self.subject, &self.name, self.inputs, digests)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(digest: &str, wrong: u64) -> Done {
        Done { digest: digest.into(), inputs: 4, wrong, seconds: 1.0 }
    }

    fn record(program: &str, commit: &str, chunks: &[u64]) -> Record {
        let part = PartRecord {
            subject: "toy".into(),
            name: "all".into(),
            machine: "rust".into(),
            inputs: 8,
            chunks: 2,
            done: chunks.iter().map(|&number| (number, done("a", 0))).collect(),
            found: Vec::new(),
        };
        let build = Build { commit: Some(commit.into()), program: program.into() };
        Record::new(build, vec![part])
    }

    #[test]
    fn shards_make_a_whole() {
        let mut one = record("p", "abc+", &[1]);
        assert_eq!((one.share(), one.parts[0].digest()), (0.5, None));
        one.add(record("p", "abc+", &[0])).unwrap();
        assert!(one.is_whole());
        assert_eq!(one.parts[0].digest(), record("q", "x", &[0, 1]).parts[0].digest());
    }

    #[test]
    fn a_record_that_cannot_be_is_told() {
        let told = |change: fn(&mut PartRecord)| {
            let mut record = record("p", "abc", &[0, 1]);
            change(&mut record.parts[0]);
            record.contradiction().unwrap_or_default()
        };
        assert_eq!(told(|_| ()), "");
        assert_eq!(told(|part| part.chunks = 0), "toy all of rust: there are 8 inputs in 0 chunks");
        assert_eq!(told(|part| part.inputs = 0), "toy all of rust: there are 0 inputs in 2 chunks");
        assert_eq!(told(|part| part.chunks = 1), "toy all of rust: there is no chunk 1");
        assert_eq!(
            told(|part| part.inputs = 7),
            "toy all of rust: with chunk 1 there are more inputs than 7"
        );
    }

    #[test]
    fn only_what_the_same_build_has_done_is_taken_over() {
        let own = record("p", "abc+", &[0]);
        for other in [record("q", "abc+", &[1]), record("q", "def", &[1])] {
            assert!(own.clone().add(other).unwrap_err().contains("another build"));
        }
        // The same clean commit was built on another machine.
        record("p", "abc", &[0]).add(record("q", "abc", &[1])).unwrap();
        let mut contradicts = record("p", "abc+", &[0]);
        contradicts.parts[0].done.insert(0, done("b", 1));
        assert!(own.clone().add(contradicts).unwrap_err().contains("do not say the same of chunk 0"));
        assert!(own.clone().add(record("p", "abc+", &[2])).unwrap_err().contains("no chunk 2"));
        for (inputs, wrong) in [(0, 0), (4, 5), (4, u64::MAX)] {
            let mut odd = record("p", "abc+", &[1]);
            odd.parts[0].done.insert(1, Done { inputs, ..done("a", wrong) });
            assert!(own.clone().add(odd).unwrap_err().contains("chunk 1 has"));
        }
        let mut many = record("p", "abc+", &[1]);
        many.parts[0].done.insert(1, Done { inputs: 5, ..done("a", 0) });
        assert!(own.clone().add(many).unwrap_err().contains("more inputs than 8"));
        let mut renamed = record("p", "abc+", &[1]);
        renamed.parts[0].inputs = 9;
        assert!(own.clone().add(renamed).unwrap_err().contains("no part toy all"));
    }
}
