//! What runs the cases of one subject: the native machine gives an outcome that can be, keeps the laws of steps, and agrees
//! with the model.

use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Rng, Use, seeds};
use oracle::machine::{Answer, Machine, run_one};
use oracle::project::Project;
use oracle::random::pick;
use oracle::subject::{Draw, Subject, native, profile_of, step_count};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{json, laws};

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

/// What runs the cases of subject `S`.
pub struct CasesOf<S: Subject> {
    native: Option<Box<dyn Machine<S>>>,
    judge: Judge<S>,
    draw: Option<Draw<S>>,
}

/// A case may ask for more steps. That is allowed, but takes too long.
const STEPS: u32 = 500;
/// Random cases among the seeds.
const SEEDS: u64 = 64;

impl<S: Subject> CasesOf<S> {
    /// What runs them.
    pub fn new(bench: &Bench) -> Self {
        let draw = S::generates().map(|generates| generates.random(0));
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
            Answer::Outside(_) | Answer::Unsupported(_) | Answer::NotRun(_) => return Ok(Use::Useless),
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
        let profile = pick(rng, S::PROFILES);
        let (_, case) = self.draw.as_ref()?(rng.u64(..));
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
