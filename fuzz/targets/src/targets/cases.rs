//! Any case of any subject: the native machine gives an outcome that can be, keeps the laws of steps, and agrees with the
//! model.
//!
//! An input is a JSON object with the names of a subject and of one of its profiles, and a case as the machine protocol
//! has it. Mutation draws cases with the subject's generator, puts pieces of them into the case at hand, and changes
//! values.

use std::cell::RefCell;

use oracle::fuzz::mutation::{one_in, pick};
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Rng, Target, Use, native, seeds};
use oracle::machine::{Answer, Machine, run_one};
use oracle::project::Project;
use oracle::subject::{Draw, Subject, profile_of, step_count};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{json, laws};
use crate::Subjects;

/// An input.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input<C> {
    subject: String,
    profile: String,
    case: C,
}

/// What runs the cases of one subject.
pub trait CaseBody {
    /// Runs a case that is still text.
    ///
    /// # Errors
    /// What is wrong with the outcome.
    fn run(&mut self, profile: &str, case: &RawValue) -> Result<Use, Complaint>;

    /// The case with its names, if it is one.
    fn case(&self, profile: &str, case: &Value) -> Option<FuzzedCase>;

    /// A case that has just been drawn, in any profile; `None` if the subject has no generator.
    fn fresh(&self, rng: &mut Rng) -> Option<FuzzedCase>;

    /// Simpler cases, the boldest simplifications first.
    fn simpler(&self, case: &Value) -> Vec<Value>;

    /// The case for people.
    fn listing(&self, case: &Value) -> Option<String>;

    /// The cases of the vectors and some random ones.
    ///
    /// # Errors
    /// What cannot be read, with its place.
    fn seeds(&self, project: &Project) -> Result<Vec<FuzzedCase>, String>;
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
        pick(rng, &self.bodies).1.fresh(rng).map(Cases::write)
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

/// What runs the cases of subject `S`.
pub struct CasesOf<S: Subject> {
    native: Option<Box<dyn Machine<S>>>,
    judge: Judge<S>,
    draw: Option<RefCell<Draw<S>>>,
}

/// A case may ask for more steps. That is allowed, but takes too long.
const STEPS: u32 = 500;
/// Random cases among the seeds.
const SEEDS: u64 = 64;

impl<S: Subject> CasesOf<S> {
    /// What runs them.
    pub fn new(bench: &Bench) -> Self {
        let draw = S::generates().map(|generates| RefCell::new(generates.random(0)));
        CasesOf { native: native::<S>(), judge: Judge::new(bench, 32), draw }
    }

    fn read(case: &Value) -> Option<S::Case> {
        S::Case::deserialize(case).ok().filter(|case| S::check_case(case).is_ok())
    }
}

impl<S: Subject> CaseBody for CasesOf<S> {
    fn run(&mut self, profile: &str, case: &RawValue) -> Result<Use, Complaint> {
        let (Some(native), Ok(profile)) = (&mut self.native, profile_of::<S>(profile)) else {
            return Ok(Use::Useless);
        };
        let Ok(case) = serde_json::from_str::<S::Case>(case.get()) else { return Ok(Use::Useless) };
        if S::check_case(&case).is_err() || step_count::<S>(&case) > STEPS {
            return Ok(Use::Useless);
        }
        let outcome = match run_one::<S>(&mut **native, profile, &case) {
            Answer::Outcome(outcome) => outcome,
            Answer::Broken(failure) => {
                return Err(Complaint::new(S::topics(&case)[0], "rule", failure.why));
            }
            Answer::Unsupported(_) | Answer::NotRun(_) => return Ok(Use::Useless),
        };
        laws::check::<S>(&mut **native, profile, &case, &outcome)?;
        if self.judge.is_due() {
            self.judge.compare(profile, &case)?;
        }
        Ok(Use::Useful)
    }

    fn case(&self, profile: &str, case: &Value) -> Option<FuzzedCase> {
        let profile = profile_of::<S>(profile).ok()?;
        CasesOf::<S>::read(case).map(|case| FuzzedCase::of::<S>(profile, &case))
    }

    fn fresh(&self, rng: &mut Rng) -> Option<FuzzedCase> {
        let profile = *pick(rng, S::PROFILES);
        let (_, case) = self.draw.as_ref()?.borrow_mut()(rng.u64(..));
        Some(FuzzedCase::of::<S>(profile, &case))
    }

    fn simpler(&self, case: &Value) -> Vec<Value> {
        let of_subject = S::shrinks().zip(CasesOf::<S>::read(case)).map(|(it, case)| it.simpler(&case));
        let simpler = of_subject.into_iter().flatten().filter_map(|case| serde_json::to_value(case).ok());
        simpler.chain(json::simpler(case)).collect()
    }

    fn listing(&self, case: &Value) -> Option<String> {
        CasesOf::<S>::read(case).map(|case| S::listing(&case))
    }

    fn seeds(&self, project: &Project) -> Result<Vec<FuzzedCase>, String> {
        let vectors = seeds::suite::<S>(project)?.vectors.into_iter();
        let in_profiles = |case: S::Case| {
            let of = move |&profile| FuzzedCase::of::<S>(profile, &case);
            S::PROFILES.iter().map(of).collect::<Vec<_>>()
        };
        let written = vectors.map(|vector| vector.case).filter(|case| step_count::<S>(case) <= STEPS);
        let drawn = (0..SEEDS).map_while(|seed| self.fresh(&mut Rng::with_seed(seed)));
        Ok(written.flat_map(in_profiles).chain(drawn).collect())
    }
}
