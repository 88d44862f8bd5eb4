//! Comparing with the Python model, which is slow: of a fast target only some inputs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use oracle::explain::{Located, Pair, first_difference};
use oracle::native::Native;
use oracle::{Answer, Machine};
use vectors::Profile;

use crate::harness::take_panic;
use crate::relation::relation;
use crate::target::Complaint;

/// How much is done about an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The model is asked about none.
    Alone,
    /// The model is asked about some inputs.
    Sampled,
    /// The model is asked about every input.
    Thorough,
}

/// The native machine and the model of a subject.
pub struct Judge<S: Native> {
    rust: Box<dyn Machine<S>>,
    model: Option<Box<dyn Machine<S>>>,
    /// One in so many is compared.
    every: u32,
    seen: u32,
}

impl<S: Native> Judge<S> {
    /// A judge that, unless it is to be thorough, is due for one in `every` inputs, the first one among them.
    pub fn new(effort: Effort, every: u32) -> Self {
        let every = if effort == Effort::Thorough { 1 } else { every };
        let model = if effort == Effort::Alone { None } else { model::<S>() };
        Judge { rust: S::machine(), model, every, seen: 0 }
    }

    /// Whether the next input is to be compared. Never where there is no model.
    pub fn is_due(&mut self) -> bool {
        let due = self.seen == 0;
        self.seen = (self.seen + 1) % self.every;
        due && self.model.is_some()
    }

    /// What the model and the native machine say to a case.
    ///
    /// A native machine that panics is broken, and is replaced.
    pub fn answers(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Pair<S>> {
        let Some(model) = &mut self.model else { return Vec::new() };
        let expected = model.run(profile, cases);
        let rust = AssertUnwindSafe(&mut self.rust);
        let cases_too = AssertUnwindSafe(cases);
        let got = catch_unwind(move || { rust }.run(profile, { cases_too }.0));
        let got = got.unwrap_or_else(|_| {
            self.rust = S::machine();
            let why = take_panic();
            vec![Answer::Broken(format!("panic at {}: {}", why.cause.topic, why.message)); cases.len()]
        });
        expected.into_iter().zip(got).collect()
    }

    /// Both outcomes, where both are there.
    pub fn outcomes(&mut self, profile: Profile, case: &S::Case) -> Option<(S::Outcome, S::Outcome)> {
        match self.answers(profile, std::slice::from_ref(case)).pop()? {
            (Answer::Outcome(expected), Answer::Outcome(got)) => Some((expected, got)),
            _ => None,
        }
    }

    /// Where the two part.
    pub fn locate(&mut self, profile: Profile, case: &S::Case) -> Option<Located<S>> {
        first_difference::<S>(case, &mut |case| self.outcomes(profile, case))
    }

    /// Compares the two, and gives the outcome where both agree on one.
    ///
    /// # Errors
    /// The first step that differs, or what one of them could not do.
    pub fn compare(&mut self, profile: Profile, case: &S::Case) -> Result<Option<S::Outcome>, Complaint> {
        match self.answers(profile, std::slice::from_ref(case)).pop() {
            None => Ok(None),
            Some((Answer::Outcome(expected), Answer::Outcome(got))) if expected == got => Ok(Some(got)),
            Some((Answer::Outcome(expected), Answer::Outcome(got))) => {
                let alone = self.locate(profile, case).and_then(|located| located.alone);
                let (case, expected, got) = alone
                    .and_then(|alone| {
                        let (expected, got) = self.outcomes(profile, &alone)?;
                        Some((alone, expected, got))
                    })
                    .unwrap_or_else(|| (case.clone(), expected, got));
                Err(difference::<S>(&case, &expected, &got))
            }
            Some((Answer::Broken(why) | Answer::NotRun(why), _)) => {
                Err(Complaint::new("model", "broken", why))
            }
            Some((_, Answer::Broken(why) | Answer::NotRun(why))) => {
                Err(Complaint::new(S::topics(case)[0], "broken", why))
            }
            Some((Answer::Unsupported(_), _) | (_, Answer::Unsupported(_))) => Ok(None),
        }
    }
}

/// A difference as a complaint.
pub fn difference<S: Native>(case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> Complaint {
    let differences = S::compare(expected, got);
    // Of a loader, what the image is rejected for tells more than what kind of image it is.
    let error = differences.iter().find(|difference| difference.field == "error");
    let error = error.map(|error| if error.expected == "-" { &error.got } else { &error.expected });
    let topic = error.map_or(S::topics(case)[0], String::as_str);
    let relation = relation(&differences);
    let (mut field, how) =
        relation.map_or(("unequal".into(), String::new()), |found| (found.field, found.how));
    if error.is_some() {
        // To be rejected for another reason is as wrong as to be accepted.
        field = "result".into();
    }
    let values: Vec<String> =
        differences.iter().map(|d| format!("{} is {}, not {}", d.field, d.got, d.expected)).collect();
    let complaint = Complaint::new(topic, field, format!("{how}: {}", values.join("; ")));
    Complaint { by_model: true, ..complaint }
}

#[cfg(feature = "model")]
fn model<S: Native>() -> Option<Box<dyn Machine<S>>> {
    match oracle::machines::python::model::<S>() {
        Ok(model) => Some(Box::new(model)),
        // A judge that compares nothing would look like one that finds nothing.
        Err(error) => panic!("the Python model of {} does not load: {error}", S::NAME),
    }
}

#[cfg(not(feature = "model"))]
fn model<S: Native>() -> Option<Box<dyn Machine<S>>> {
    None
}
