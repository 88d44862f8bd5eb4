//! Subject `hxe`: the loader of HXE images.

mod case;
mod outcome;
pub mod random;
mod simpler;
pub mod sweep;
mod vector;

use std::path::Path;

use ::minivm::hxe::Defect;

pub use case::Case;
pub use outcome::{Accepted, Binding, Command, Header, Mailbox, Outcome, Section, Value};
pub use vector::{Entry, Open};

use crate::subject::{Difference, Profile, Subject, TraceLine};
use crate::suite::{Problem, Vector};

/// The loader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hxe;

impl Subject for Hxe {
    const NAME: &'static str = "hxe";

    type Case = Case;
    type Outcome = Outcome;
    type Entry = Entry;
    type Open = Open;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn compare(expected: &Outcome, got: &Outcome) -> Vec<Difference> {
        outcome::differences(expected, got)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        vec![match case.image.get(4..6) {
            Some([0, 1]) => "version-1",
            Some([0, 2]) => "version-2",
            _ => "no-version",
        }]
    }

    fn all_topics() -> Vec<&'static str> {
        vec!["version-1", "version-2", "no-version"]
    }

    fn steps(_: &Case) -> u32 {
        1
    }

    fn first_steps(case: &Case, _: u32) -> Case {
        case.clone()
    }

    fn continue_from(_: &Case, _: &Outcome) -> Option<Case> {
        None
    }

    fn simpler(case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }

    fn sweep() -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(seed: u64) -> Box<dyn FnMut(u64) -> (&'static str, Case)> {
        let images = random::images();
        Box::new(move |index| ("image", crate::random::draw(&images, seed, index)))
    }

    fn starting_fields(case: &Case) -> Vec<(String, String)> {
        vec![("bytes".into(), case.image.len().to_string()), ("chunks".into(), format!("{:?}", case.chunks))]
    }

    fn fields(outcome: &Outcome) -> Vec<(String, String)> {
        outcome::fields(outcome)
    }

    fn traced(case: &Case) -> Case {
        case.clone()
    }

    fn trace(_: &Outcome) -> Vec<TraceLine> {
        Vec::new()
    }

    fn next_step(_: &Case, _: Option<&Outcome>) -> String {
        "load the image".into()
    }

    fn changes(_: &Case, before: Option<&Outcome>, after: &Outcome) -> Vec<(String, String)> {
        if before.is_none() { outcome::fields(after) } else { Vec::new() }
    }

    fn listing(case: &Case) -> String {
        vector::listing(case)
    }

    fn close(_: &Case, expected: &Outcome, open: &Open, got: &Outcome) -> Outcome {
        vector::close(expected, open, got)
    }

    fn resolve(entry: Entry, _: &Path) -> Result<Vector<Self>, Problem> {
        vector::resolve(entry)
    }

    fn write_vector(name: &str, note: &str, case: &Case, profile: Profile, expected: &Outcome) -> String {
        vector::write(name, note, case, profile, expected)
    }
}

/// The defect of this name.
fn defect_from_name(name: &str) -> Option<Defect> {
    Defect::ALL.iter().copied().find(|defect| defect.name() == name)
}
