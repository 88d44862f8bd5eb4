//! Any YAML as a file of vectors of any subject: complaints have a place; what reads can be written and read again.

use std::path::Path;

use oracle::fuzz::mutation::{edgy, pick};
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use, native, seeds};
use oracle::machine::{Answer, Machine, run_one};
use oracle::project::Project;
use oracle::subject::{Profile, Subject, agree, step_count};
use oracle::suite::{Found, SuiteError, Vector, Written, complaints};

use crate::Subjects;

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

struct VectorFile {
    bodies: Vec<Box<dyn TextBody>>,
    /// Lines of vectors, which mutation puts in.
    lines: Vec<String>,
}

/// The target of these subjects.
pub fn create(subjects: Subjects<'_>, bench: &Bench) -> Box<dyn Target> {
    let bodies: Vec<_> = subjects.iter().map(|subject| subject.texts(bench)).collect();
    let files = bench.project.iter().flat_map(|project| bodies.iter().map(|body| body.files(project)));
    let texts = files.flat_map(Result::unwrap_or_default);
    let mut lines: Vec<String> =
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.sort();
    lines.dedup();
    Box::new(VectorFile { bodies, lines })
}

impl Target for VectorFile {
    fn useful_means(&self) -> &'static str {
        "it is a file of vectors"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let text = String::from_utf8_lossy(input);
        let mut useful = false;
        for body in &mut self.bodies {
            useful |= body.check(&text)?;
        }
        Ok(Use::from(useful))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let text = String::from_utf8_lossy(input).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = rng.usize(..=lines.len());
        match rng.u8(..8) {
            0 => return basic(input),
            1 if at < lines.len() => {
                lines.remove(at);
            }
            2 if at < lines.len() && !self.lines.is_empty() => lines[at].clone_from(pick(rng, &self.lines)),
            3..=6 if at < lines.len() => {
                let digit = lines[at].rfind(|c: char| c.is_ascii_digit());
                let value = edgy(rng).to_string();
                if let Some(start) = digit {
                    let value = if rng.bool() { &value[..1] } else { &value };
                    lines[at].replace_range(start..=start, value);
                }
            }
            _ if !self.lines.is_empty() => lines.insert(at, pick(rng, &self.lines).clone()),
            _ => return basic(input),
        }
        *input = lines.join("\n").into_bytes();
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let mut seeds = Vec::new();
        for body in &self.bodies {
            let files = body.files(project)?;
            seeds.extend(files.iter().flat_map(|text| single_vectors(text)).map(String::into_bytes));
        }
        Ok(seeds)
    }
}

/// Every vector of a file as a file of its own.
fn single_vectors(text: &str) -> Vec<String> {
    const START: &str = "\n  - name: ";
    let entries = text.split(START).skip(1);
    let file = |entry: &str| {
        let rule = entry.lines().find_map(|line| line.trim_start().strip_prefix("rule: "))?;
        Some(format!("rules:\n  {rule}: It holds.\nvectors:{START}{entry}"))
    };
    entries.filter_map(file).collect()
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
        let found = Found { name: "written", note: "a \"note\"", case, profile, outcome: &outcome };
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
