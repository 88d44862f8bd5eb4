//! From inputs that show something wrong to findings: made small, grouped by cause, written so that anyone can replay them.
//!
//! Where the input stands for a case of a subject and the Python model has another outcome, the case becomes a vector
//! that every machine can run. What is wrong without two machines differing becomes a hex file for its target.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fastrand::Rng;
use oracle::Answer;
use oracle::explain::shrink;
use oracle::native::Native;
use oracle::report::{Finding, file_name};
use serde::{Deserialize, Serialize};
use vectors::Profile;
use vectors::hxe::Hxe;
use vectors::minivm::MiniVm;

use crate::harness::Harness;
use crate::hexfile::HexFile;
use crate::judge::{Effort, Judge, difference};
use crate::mutation;
use crate::simpler::simplest;
use crate::target::{Cause, Complaint, Meaning};
use crate::targets;

/// A finding and its cause, by which it is the same as another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explained {
    /// The cause.
    pub cause: Cause,
    /// The finding.
    pub finding: Finding,
}

/// The subject of a session's lanes: a target may be about several subjects, or about none.
pub const SUBJECT: &str = "fuzz";
/// Causes of a target that are explained; others show in the next session, when these are gone.
const EXPLAINED: usize = 12;
/// Inputs near one that shows something wrong, that are searched for one on which machines differ.
const SEARCHED: u32 = 400;

/// Explains inputs of one target.
pub struct Explainer<'e> {
    harness: Harness,
    /// The same without the model: much faster, for what the target's own laws show.
    alone: Harness,
    /// Where vectors and hex files go.
    failures: &'e Path,
    /// Where the inputs come from: seed, commit, date.
    provenance: &'e str,
    minivm: Judge<MiniVm>,
    hxe: Judge<Hxe>,
}

impl<'e> Explainer<'e> {
    /// An explainer for the target of this name.
    ///
    /// # Errors
    /// There is no such target.
    pub fn new(target: &str, failures: &'e Path, provenance: &'e str) -> Result<Self, String> {
        let create = targets::find(target).ok_or_else(|| format!("there is no target `{target}`"))?;
        Ok(Explainer {
            harness: Harness::new(create, Effort::Thorough),
            alone: Harness::new(create, Effort::Alone),
            failures,
            provenance,
            minivm: Judge::new(Effort::Thorough, 1),
            hxe: Judge::new(Effort::Thorough, 1),
        })
    }

    /// Tells a finding for each cause that the inputs show. Two may turn out to have one cause.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn explain(&mut self, inputs: &[Vec<u8>], tell: &mut dyn FnMut(&Explained)) -> Result<(), String> {
        let mut by_cause: BTreeMap<Cause, (Complaint, Vec<&Vec<u8>>)> = BTreeMap::new();
        for input in inputs {
            let complaint = self.harness.run(input).err().unwrap_or_else(|| {
                Complaint::new("unsteady", "does not show again", "the input alone is not enough")
            });
            by_cause.entry(complaint.cause.clone()).or_insert_with(|| (complaint, Vec::new())).1.push(input);
        }
        let by_model = |(complaint, _): &(Complaint, Vec<_>)| complaint.by_model;
        let (differing, broken): (Vec<_>, Vec<_>) = by_cause.into_values().partition(by_model);
        // Where the target's own laws are broken, that the model differs too is no second bug.
        let causes = if broken.is_empty() { differing } else { broken };
        for (complaint, inputs) in causes.into_iter().take(EXPLAINED) {
            tell(&self.explain_cause(&complaint, &inputs)?);
        }
        Ok(())
    }

    fn explain_cause(&mut self, complaint: &Complaint, inputs: &[&Vec<u8>]) -> Result<Explained, String> {
        let count = inputs.len() as u64;
        let shortest =
            inputs.iter().min_by_key(|input| input.len()).map_or(Vec::new(), |input| input.to_vec());
        let small = self.smallest(complaint, shortest);
        for input in std::iter::once(&small).chain(inputs.iter().copied()) {
            if let Some(explained) = self.as_case(input, count)? {
                return Ok(explained);
            }
        }
        if let Some(explained) = self.nearby(complaint, &small, count)? {
            return Ok(explained);
        }
        // What it says of the smallest input, which may be other values.
        let complaint = self.harness.run(&small).err().unwrap_or_else(|| complaint.clone());
        self.as_bytes(&complaint, &small, count)
    }

    fn smallest(&mut self, complaint: &Complaint, input: Vec<u8>) -> Vec<u8> {
        let shows = |harness: &mut Harness, input: &[u8]| {
            harness.run(input).is_err_and(|other| other.cause == complaint.cause)
        };
        let (harness, other) = if shows(&mut self.alone, &input) {
            (&mut self.alone, &self.harness)
        } else {
            (&mut self.harness, &self.alone)
        };
        simplest(input, &|input| other.target().simpler(input), &mut |input| shows(harness, input))
    }

    /// A case like the input on which machines differ: a wrong field shows only in an opcode that reads it.
    fn nearby(
        &mut self,
        complaint: &Complaint,
        input: &[u8],
        count: u64,
    ) -> Result<Option<Explained>, String> {
        if self.harness.target().meanings(input).is_empty() {
            return Ok(None);
        }
        let mut rng = Rng::with_seed(1);
        for _ in 0..SEARCHED {
            let mut other = input.to_vec();
            let mut bytes = rng.fork();
            self.harness.target().mutate(&mut other, &mut rng, &mut |it| mutation::bytes(&mut bytes, it));
            if self.harness.run(&other).is_err_and(|it| it.cause == complaint.cause)
                && let Some(explained) = self.as_case(&other, count)?
            {
                return Ok(Some(explained));
            }
        }
        Ok(None)
    }

    fn as_case(&mut self, input: &[u8], count: u64) -> Result<Option<Explained>, String> {
        let target = self.harness.target().name();
        let origin = Origin { target, failures: self.failures, provenance: self.provenance, count };
        for meaning in self.harness.target().meanings(input) {
            let explained = match meaning {
                Meaning::MiniVm(profile, case) => origin.explain(&mut self.minivm, profile, case)?,
                Meaning::Hxe(profile, case) => origin.explain(&mut self.hxe, profile, case)?,
            };
            if explained.is_some() {
                return Ok(explained);
            }
        }
        Ok(None)
    }

    fn as_bytes(&self, complaint: &Complaint, input: &[u8], count: u64) -> Result<Explained, String> {
        let target = self.harness.target();
        let listing = target.describe(input);
        let mut description = vec![complaint.cause.to_string()];
        description.extend(complaint.message.lines().chain(listing.lines()).take(40).map(str::to_owned));
        description.push(format!("found by {}", self.provenance));
        let file = HexFile { target: target.name().into(), description, bytes: input.to_vec() };
        let written =
            Written::write(self.failures, target.name(), &complaint.cause, input, "hex", |_| file.text())?;
        let failure = Some(format!("{}: {}", complaint.cause.field, complaint.message));
        let finding = Finding { failure, listing, ..written.finding(target.name(), &complaint.cause, count) };
        Ok(Explained { cause: complaint.cause.clone(), finding })
    }
}

/// Where a case comes from.
struct Origin<'o> {
    target: &'o str,
    failures: &'o Path,
    provenance: &'o str,
    count: u64,
}

impl Origin<'_> {
    /// The finding of a case on which the model and the native machine differ; nothing where they do not.
    fn explain<S: Native>(
        &self,
        judge: &mut Judge<S>,
        profile: Profile,
        case: S::Case,
    ) -> Result<Option<Explained>, String> {
        let Some(cause) = judge.compare(profile, &case).err() else { return Ok(None) };
        let located = judge.locate(profile, &case);
        let step = located.as_ref().map(|located| located.step);
        let start = located.map_or(case, |located| located.alone.unwrap_or(located.case));
        let small = shrink::<S>(start, &mut |batch| {
            batch
                .iter()
                .position(|case| judge.compare(profile, case).is_err_and(|it| it.cause == cause.cause))
        });
        let Some((Answer::Outcome(expected), got)) =
            judge.answers(profile, std::slice::from_ref(&small)).pop()
        else {
            return Ok(None);
        };
        let (complaint, got) = match got {
            // It depends on what was run before.
            Answer::Outcome(got) if got == expected => return Ok(None),
            Answer::Outcome(got) => (difference::<S>(&small, &expected, &got), Some(got)),
            _ => (cause, None),
        };
        let Complaint { cause, message, .. } = complaint;
        let bytes = serde_json::to_vec(&small).unwrap_or_default();
        let how = message.split(':').next().unwrap_or_default();
        let note = format!("{cause}: {how}. Found by {}.", self.provenance);
        let vector = |name: &str| S::write_vector(name, &note, &small, profile, &expected);
        let written = Written::write(self.failures, self.target, &cause, &bytes, "yaml", vector)?;
        let finding = Finding {
            profile,
            failure: got.is_none().then_some(message),
            step,
            listing: S::listing(&small),
            differences: got.as_ref().map_or(Vec::new(), |got| S::compare(&expected, got)),
            before: S::starting_fields(&small),
            expected: S::fields(&expected),
            got: got.as_ref().map_or(Vec::new(), S::fields),
            ..written.finding(self.target, &cause, self.count)
        };
        Ok(Some(Explained { cause, finding }))
    }
}

/// A file that shows a finding.
pub struct Written {
    name: String,
    /// The file, in the folder of the result.
    file: String,
    text: String,
}

impl Written {
    /// Writes a file into the folder of failures, under a name that is the same for the same input. `text` is given
    /// the name.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(
        failures: &Path,
        target: &str,
        cause: &Cause,
        input: &[u8],
        kind: &str,
        text: impl FnOnce(&str) -> String,
    ) -> Result<Self, String> {
        let name = file_name(&format!("{target}-{}-{}", cause.topic, cause.field), input);
        let (path, text) = (failures.join(format!("{name}.{kind}")), text(&name));
        fs::create_dir_all(failures)
            .and_then(|()| fs::write(&path, &text))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Written { file: format!("failures/{name}.{kind}"), name, text })
    }

    /// What is known of a finding from its cause and its file alone.
    pub fn finding(self, target: &str, cause: &Cause, count: u64) -> Finding {
        Finding {
            lane: target.into(),
            subject: SUBJECT.into(),
            topic: cause.topic.clone(),
            aspect: cause.field.clone(),
            count,
            case: self.name,
            explained: true,
            replay: format!("cargo xtask replay {}", self.file),
            file: self.file,
            vector: self.text,
            ..Finding::default()
        }
    }
}
