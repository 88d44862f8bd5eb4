//! From inputs that show something wrong to findings: made small, grouped by cause, written so that anyone can replay them.
//!
//! If the input stands for a case of a subject and the model has another outcome, the case becomes a vector that every
//! machine can run. What is wrong without two machines differing becomes a hex file for its target.

use std::collections::BTreeMap;
use std::path::Path;

use oracle::fuzz::simpler::simplest;
use oracle::fuzz::{Cause, Complaint, FuzzedCase, ModelUse, Rng, mutation};
use oracle::report::Finding;

use crate::finding::{Explained, Kept, Source};
use crate::fuzzing::Fuzzing;
use crate::harness::Harness;
use crate::hexfile::HexFile;
use crate::subject::ExplainsCases;

/// Causes of a target that are explained; others show in the next session, when these are gone.
const EXPLAINED: usize = 12;
/// Inputs near one that shows something wrong, that are searched for one on which machines differ.
const SEARCHED: u32 = 400;

/// Explains inputs of one target.
pub struct Explainer<'e> {
    fuzzing: &'e Fuzzing,
    harness: Harness,
    /// The same without the model: much faster, for what the target's own laws show.
    alone: Harness,
    source: Source<'e>,
    /// What explains cases, by subject, made when a case of the subject comes up.
    of_cases: BTreeMap<&'static str, Box<dyn ExplainsCases>>,
}

impl<'e> Explainer<'e> {
    /// An explainer for the target of this name.
    ///
    /// # Errors
    /// There is no such target.
    pub fn new(
        fuzzing: &'e Fuzzing,
        target: &'e str,
        failures: &'e Path,
        provenance: &'e str,
    ) -> Result<Self, String> {
        Ok(Explainer {
            fuzzing,
            harness: Harness::find(fuzzing, target, ModelUse::Always)?,
            alone: Harness::find(fuzzing, target, ModelUse::Never)?,
            source: Source { target, failures, provenance },
            of_cases: BTreeMap::new(),
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
        // If the target's own laws are broken, that the model differs too is no second bug.
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

    /// A case like the input on which machines differ: a wrong field shows only in an instruction that reads it.
    fn nearby(
        &mut self,
        complaint: &Complaint,
        input: &[u8],
        count: u64,
    ) -> Result<Option<Explained>, String> {
        if self.harness.target().cases(input).is_empty() {
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
        for case in self.harness.target().cases(input) {
            let source = self.source;
            let Some(explainer) = self.of_case(&case) else { continue };
            if let Some(explained) = explainer.explain(source, &case, count)? {
                return Ok(Some(explained));
            }
        }
        Ok(None)
    }

    /// What explains this case; `None` if its subject is none of those that are fuzzed.
    fn of_case(&mut self, case: &FuzzedCase) -> Option<&mut Box<dyn ExplainsCases>> {
        let subject = *self.fuzzing.subjects.iter().find(|subject| subject.name() == case.subject)?;
        let bench = self.fuzzing.bench(ModelUse::Always);
        Some(self.of_cases.entry(case.subject).or_insert_with(|| subject.explainer(&bench)))
    }

    fn as_bytes(&self, complaint: &Complaint, input: &[u8], count: u64) -> Result<Explained, String> {
        let (target, cause) = (self.source.target, &complaint.cause);
        let listing = self.harness.target().describe(input);
        let mut description = vec![cause.to_string()];
        description.extend(complaint.message.lines().chain(listing.lines()).take(40).map(str::to_owned));
        description.push(format!("found by {}", self.source.provenance));
        let file = HexFile { target: target.into(), description, bytes: input.to_vec() };
        let kept = Kept::write(self.source.failures, target, cause, input, "hex", |_| file.text())?;
        let failure = Some(format!("{}: {}", cause.field, complaint.message));
        let finding = Finding { failure, listing, ..kept.finding(target, cause, count) };
        Ok(Explained { cause: cause.clone(), finding })
    }
}
