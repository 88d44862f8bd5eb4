//! What reads the vectors of one subject: complaints have a place; what reads can be written and read again.

use std::path::Path;

use oracle::fuzz::{Bench, Complaint, seeds};
use oracle::machine::{Answer, Machine, run_one};
use oracle::project::Project;
use oracle::subject::{Profile, Subject, agree, native, step_count};
use oracle::suite::{Found, OF_ORACLE, SuiteError, Vector, Written, complaints};

/// What reads the vectors of one subject.
pub trait TextBody {
    /// Whether the text is a file of vectors of the subject.
    ///
    /// # Errors
    /// What is wrong with how it is read or written again.
    fn check(&mut self, text: &str) -> Result<bool, Complaint>;

    /// The files of its vectors.
    ///
    /// # Errors
    /// What cannot be read.
    fn files(&self, project: &Project) -> Result<Vec<String>, String>;
}

/// What reads the vectors of subject `S`.
pub struct TextsOf<S: Subject> {
    native: Option<Box<dyn Machine<S>>>,
}

/// Steps that a vector is run for, to have an outcome that it can be written with.
const STEPS: u32 = 500;

impl<S: Subject> TextsOf<S> {
    /// What reads them.
    pub fn new(_: &Bench) -> Self {
        TextsOf { native: native::<S>() }
    }
}

impl<S: Subject> TextBody for TextsOf<S> {
    fn check(&mut self, text: &str) -> Result<bool, Complaint> {
        let Some(written) = S::written() else { return Ok(false) };
        let suite = match written.read(text, Path::new("input.yaml")) {
            Ok(suite) => suite,
            Err(errors) => return check_complaints(text, &errors).map(|()| false),
        };
        for vector in &suite.vectors {
            for profile in vector.expected.iter().map(|expectation| expectation.profile) {
                self.check_writing(written, vector, profile)?;
            }
        }
        Ok(!suite.vectors.is_empty())
    }

    fn files(&self, project: &Project) -> Result<Vec<String>, String> {
        match S::written() {
            Some(_) => seeds::texts(&project.subject(S::NAME), "yaml"),
            None => Ok(Vec::new()),
        }
    }
}

impl<S: Subject> TextsOf<S> {
    /// A case, written with what comes out of it, reads as the same case, and what comes out is what it expects.
    fn check_writing(
        &mut self,
        written: &dyn Written<S>,
        vector: &Vector<S>,
        profile: Profile,
    ) -> Result<(), Complaint> {
        let case = &vector.case;
        let Some(native) = self.native.as_mut().filter(|_| step_count::<S>(case) <= STEPS) else {
            return Ok(());
        };
        let Answer::Outcome(outcome) = run_one::<S>(&mut **native, profile, case) else { return Ok(()) };
        let found =
            Found { name: "written", rule: OF_ORACLE, note: "a \"note\"", case, profile, outcome: &outcome };
        let text = written.write(&[found]);
        let read = written.read(&text, Path::new("written.yaml")).map_err(|errors| {
            Complaint::new("written", "unreadable", format!("{}\n{text}", complaints(&errors)))
        })?;
        let Some(vector) = read.vectors.first() else {
            return Err(Complaint::new("written", "nothing", text));
        };
        let expected = vector.expected_in(profile);
        let agrees = expected.is_some_and(|expected| agree::<S>(case, &expected.outcome, &outcome));
        Complaint::unless(agrees, "written", "expectation", || text.clone())?;
        // Cases may be written in several ways, e.g. bytes that are 0 anyway left out: what counts is what comes out.
        let again = run_one::<S>(&mut **native, profile, &vector.case);
        Complaint::unless(again == Answer::Outcome(outcome), "written", "case", || text)
    }
}

/// Every complaint says something, and of a place that is there.
fn check_complaints(text: &str, errors: &[SuiteError]) -> Result<(), Complaint> {
    Complaint::unless(!errors.is_empty(), "complaint", "missing", String::new)?;
    // Lines as YAML counts them; where the text ends there may be one more.
    let lines = text.split(['\n', '\r']).count() + 1;
    errors.iter().try_for_each(|error| {
        let has_place = error.place.line <= lines && !error.message.is_empty();
        Complaint::unless(has_place, "complaint", "place", || error.to_string())
    })
}
