//! The native machine against the model, which is slow: of a fast target only some inputs are compared.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::panics;
use super::relation::relation;
use crate::campaign::locate::{Located, Pair, locate_one};
use crate::machine::{Answer, Failure, FailureKind, Machine, Role, run_checked};
use crate::machines::python;
use crate::subject::{Profile, Subject, agree, compare, machine_of, native};
use crate::target::{Bench, Complaint, ModelUse};

/// The native machine and the model of a subject.
pub struct Judge<S: Subject> {
    native: Option<Box<dyn Machine<S>>>,
    model: Option<Box<dyn Machine<S>>>,
    /// One in so many is compared.
    every: u32,
    seen: u32,
}

/// The model, if the subject has one.
fn model<S: Subject>(bench: &Bench) -> Option<Box<dyn Machine<S>>> {
    if bench.model == ModelUse::Never {
        return None;
    }
    machine_of(Role::Model).or_else(|| {
        // A judge that compares nothing would look like one that finds nothing.
        let project = bench.project.as_ref().expect("models are taken from a checkout");
        python::has_model::<S>(project).then(|| match python::model::<S>(project) {
            Ok(model) => Box::new(model) as Box<dyn Machine<S>>,
            Err(error) => panic!("the model of {} does not load: {error}", S::NAME),
        })
    })
}

impl<S: Subject> Judge<S> {
    /// A judge that is due for one in `every` inputs, the first one among them; for every one if the bench wants that.
    ///
    /// # Panics
    /// The model is to be asked, and does not load.
    pub fn new(bench: &Bench, every: u32) -> Self {
        let every = if bench.model == ModelUse::Always { 1 } else { every };
        Judge { native: native::<S>(), model: model::<S>(bench), every, seen: 0 }
    }

    /// Whether the next input is to be compared. Never if there are not both machines.
    pub fn is_due(&mut self) -> bool {
        let due = self.seen == 0;
        self.seen = (self.seen + 1) % self.every;
        due && self.model.is_some() && self.native.is_some()
    }

    /// What the model and the native machine say to some cases; nothing if there are not both.
    ///
    /// A native machine that panics has crashed, and is replaced.
    pub fn answers(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Pair<S>> {
        let (Some(native), Some(model)) = (&mut self.native, &mut self.model) else { return Vec::new() };
        let expected = run_checked(&mut **model, profile, cases);
        let got = catch_unwind(AssertUnwindSafe(|| run_checked(&mut **native, profile, cases)));
        let got = got.unwrap_or_else(|_| {
            self.native = crate::subject::native::<S>();
            let said = panics::last();
            let why = format!("panic at {}: {}", said.cause.topic, said.message);
            vec![Answer::broken(FailureKind::Crash, why); cases.len()]
        });
        expected.into_iter().zip(got).collect()
    }

    /// What both say to a case; `None` if there are not both.
    pub fn answer(&mut self, profile: Profile, case: &S::Case) -> Option<Pair<S>> {
        self.answers(profile, std::slice::from_ref(case)).pop()
    }

    /// Where the two part.
    pub fn locate(&mut self, profile: Profile, case: &S::Case) -> Option<Located<S>> {
        locate_one::<S>(case, &mut |cases| self.answers(profile, cases))
    }

    /// Compares the two, and gives the outcome if both agree on one.
    ///
    /// # Errors
    /// The first step that differs, or what one of them could not do.
    pub fn compare(&mut self, profile: Profile, case: &S::Case) -> Result<Option<S::Outcome>, Complaint> {
        match self.answer(profile, case) {
            Some((Answer::Outcome(expected), Answer::Outcome(got))) => {
                if agree::<S>(case, &expected, &got) {
                    return Ok(Some(got));
                }
                Err(self.difference(profile, case, &expected, &got))
            }
            Some((Answer::Broken(failure), _)) => Err(failed("model", failure)),
            Some((_, Answer::Broken(failure))) => Err(failed(S::topics(case)[0], failure)),
            // One of them does not implement it, or there are not both.
            Some(_) | None => Ok(None),
        }
    }

    /// A difference as a complaint about the first step that differs.
    fn difference(
        &mut self,
        profile: Profile,
        case: &S::Case,
        expected: &S::Outcome,
        got: &S::Outcome,
    ) -> Complaint {
        if let Some(located) = self.locate(profile, case)
            && let Some((Answer::Outcome(expected), Answer::Outcome(got))) =
                self.answer(profile, located.simplest())
        {
            return complaint::<S>(located.topic, located.simplest(), &expected, &got);
        }
        complaint::<S>(S::topics(case)[0], case, expected, got)
    }
}

fn complaint<S: Subject>(topic: &str, case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> Complaint {
    let differences = compare::<S>(case, expected, got);
    let values: Vec<String> = differences
        .iter()
        .map(|it| format!("{} is {}, not {}", it.path, it.got_text(), it.expected_text()))
        .collect();
    let (field, how) = match relation(&differences) {
        Some(relation) => (relation.field, relation.how),
        None => ("unsteady".into(), "no difference when it is run again".into()),
    };
    let complaint = Complaint::new(topic, field, format!("{how}: {}", values.join("; ")));
    Complaint { by_model: true, ..complaint }
}

fn failed(topic: &str, failure: Failure) -> Complaint {
    let kind = match failure.kind {
        FailureKind::Crash => "crash",
        FailureKind::Hang => "hang",
        FailureKind::Form => "form",
        FailureKind::Refusal => "refusal",
        FailureKind::Impossible => "impossible",
        FailureKind::Unsteady => "unsteady",
    };
    Complaint::new(topic, kind, failure.why)
}
