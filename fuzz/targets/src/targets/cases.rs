//! Any case of any subject: the native machine gives an outcome that can be, keeps the laws of steps, and agrees with the
//! model.
//!
//! An input is a JSON object with the names of a subject and of one of its profiles, and a case as the machine protocol
//! has it. Mutation draws cases with the subject's generator, puts pieces of them into the case at hand, and changes
//! values.

use oracle::fuzz::{Bench, Complaint, FuzzedCase, Rng, Target, Use};
use oracle::project::Project;
use oracle::random::one_in;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::subject::{CaseBody, Subjects, json};

/// An input.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input<C> {
    subject: String,
    profile: String,
    case: C,
}

struct Cases {
    /// By the subject's name.
    bodies: Vec<(&'static str, Box<dyn CaseBody>)>,
}

/// The target of these subjects, of which there is at least one.
pub fn create(subjects: Subjects<'_>, bench: &Bench) -> Box<dyn Target> {
    Box::new(Cases { bodies: subjects.iter().map(|it| (it.name(), it.cases(bench))).collect() })
}

impl Cases {
    fn position(&self, subject: &str) -> Option<usize> {
        self.bodies.iter().position(|(known, _)| *known == subject)
    }

    /// What a fuzzed case looks like as an input.
    fn write(case: FuzzedCase) -> Vec<u8> {
        let FuzzedCase { subject, profile, case } = case;
        serde_json::to_vec(&Input { subject: subject.into(), profile: profile.into(), case })
            .unwrap_or_default()
    }

    fn read(&self, input: &[u8]) -> Option<(&dyn CaseBody, Input<Value>)> {
        let input: Input<Value> = serde_json::from_slice(input).ok()?;
        Some((&*self.bodies[self.position(&input.subject)?].1, input))
    }

    fn fresh(&self, rng: &mut Rng) -> Option<Vec<u8>> {
        self.bodies[rng.usize(..self.bodies.len())].1.fresh(rng).map(Cases::write)
    }
}

impl Target for Cases {
    fn useful_means(&self) -> &'static str {
        "the case has an outcome"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let Ok(input) = serde_json::from_slice::<Input<&RawValue>>(input) else { return Ok(Use::Useless) };
        match self.position(&input.subject) {
            Some(at) => self.bodies[at].1.run(&input.profile, input.case),
            None => Ok(Use::Useless),
        }
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        if one_in(rng, 20) {
            return basic(input);
        }
        let Some((body, mut read)) = self.read(input).filter(|_| !one_in(rng, 50)) else {
            match self.fresh(rng) {
                Some(fresh) => *input = fresh,
                None => basic(input),
            }
            return;
        };
        let fresh = if one_in(rng, 4) { body.fresh(rng) } else { None };
        match fresh {
            Some(fresh) => json::splice(&mut read.case, &fresh.case, rng),
            None => json::change(&mut read.case, rng),
        }
        *input = serde_json::to_vec(&read).unwrap_or_default();
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let mut seeds = Vec::new();
        for (_, body) in &self.bodies {
            seeds.extend(body.seeds(project)?.into_iter().map(Cases::write));
        }
        Ok(seeds)
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        let Some((body, read)) = self.read(input) else { return oracle::fuzz::simpler::bytes(input) };
        let Input { subject, profile, case } = read;
        let write = |case| {
            let (subject, profile) = (subject.clone(), profile.clone());
            serde_json::to_vec(&Input { subject, profile, case }).unwrap_or_default()
        };
        body.simpler(&case).into_iter().map(write).collect()
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        self.read(input)
            .and_then(|(body, input)| body.case(&input.profile, &input.case))
            .into_iter()
            .collect()
    }

    fn describe(&self, input: &[u8]) -> String {
        let described = self.read(input).and_then(|(body, input)| {
            Some(format!("{}, profile {}\n{}", input.subject, input.profile, body.listing(&input.case)?))
        });
        described.unwrap_or_else(|| String::from_utf8_lossy(input).into_owned())
    }
}
