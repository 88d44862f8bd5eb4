//! From a finding to a regression: a vector that every machine runs from now on, or an input of a target.

use std::fs;
use std::path::{Path, PathBuf};

use oracle::subject::{Profile, Subject};
use oracle::suite::{Found, SuiteError, Vector, complaints};

use crate::hexfile::HexFile;
use crate::{Fuzzing, regressions};

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its place in the checkout.
    pub place: PathBuf,
    /// Its text.
    pub text: String,
}

/// Why a file does not become a regression of a subject.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// It does not read as one of this subject.
    Unread(Vec<SuiteError>),
    /// It does, but is no finding. Why.
    NoFinding(String),
}

/// Moves a file that a run has written to the regressions of the checkout, under `name` or its own, and gives its new
/// place.
///
/// # Errors
/// What is wrong with the file or the name.
pub fn promote(fuzzing: &Fuzzing, file: &Path, name: Option<&str>) -> Result<PathBuf, String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = name.unwrap_or(stem);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("`{name}`: a name has lower-case letters, digits and hyphens"));
    }
    let Promotion { place, text } = match file.extension().and_then(|extension| extension.to_str()) {
        Some("hex") => input(fuzzing, file, name)?,
        Some("yaml") => of_any_subject(fuzzing, file, name)?,
        _ => return Err(format!("{}: a .yaml or a .hex file is wanted", file.display())),
    };
    let root = fuzzing.project.root();
    let place = root.join(place);
    if place.exists() {
        return Err(format!("{} is there already: choose another --name", place.display()));
    }
    let complain = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place.parent().unwrap_or(root)).map_err(complain)?;
    fs::write(&place, text).map_err(complain)?;
    fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(place)
}

fn input(fuzzing: &Fuzzing, file: &Path, name: &str) -> Result<Promotion, String> {
    let read = HexFile::load(file)?;
    let (target, _) = fuzzing.find(&read.target).map_err(|error| format!("{}: {error}", file.display()))?;
    let place = Path::new(regressions::FOLDER).join(target).join(format!("{name}.hex"));
    Ok(Promotion { place, text: read.text() })
}

/// The file as a regression of the first subject that can read it. If none can, the complaints are those of the one that
/// got furthest.
fn of_any_subject(fuzzing: &Fuzzing, file: &Path, name: &str) -> Result<Promotion, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut furthest: Vec<SuiteError> = Vec::new();
    for subject in &fuzzing.subjects {
        match subject.promote(&text, file, name) {
            Ok(promotion) => return Ok(promotion),
            Err(Refusal::NoFinding(why)) => return Err(format!("{}: {why}", file.display())),
            Err(Refusal::Unread(errors)) => {
                let place = |errors: &[SuiteError]| errors.first().map(|error| error.place.clone());
                if furthest.is_empty() || place(&errors) > place(&furthest) {
                    furthest = errors;
                }
            }
        }
    }
    Err(complaints(&furthest))
}

/// The text of a file, read as a vector of subject `S`, as a regression of this name.
///
/// # Errors
/// It is no file of this subject, or holds something else than a finding.
pub fn vector<S: Subject>(text: &str, file: &Path, name: &str) -> Result<Promotion, Refusal> {
    let written = S::written().ok_or_else(|| Refusal::Unread(Vec::new()))?;
    let suite = written.read(text, file).map_err(Refusal::Unread)?;
    let no_finding = |why: &str| Err(Refusal::NoFinding(why.into()));
    let [vector] = &suite.vectors[..] else {
        return no_finding(&format!("one vector is wanted, {} are there", suite.vectors.len()));
    };
    if vector.expected.iter().any(|expectation| expectation.partial.is_some()) {
        return no_finding("it leaves fields open, which only vectors written by hand do");
    }
    let Some(expectation) = vector.expected.first() else { return no_finding("it expects nothing") };
    let place = Path::new("vectors").join(S::NAME).join("regressions").join(format!("{name}.yaml"));
    let found = Found {
        name,
        note: &vector.note,
        case: &vector.case,
        profile: expectation.profile,
        outcome: &expectation.outcome,
    };
    let text = written.write(&[found]);
    // What is expected in a profile is expected in those that are derived from it too, but not in others.
    let again = written.read(&text, file).map_err(Refusal::Unread)?;
    let says_the_same =
        again.vectors.first().is_some_and(|again| expectations(again) == expectations(vector));
    if !says_the_same {
        return no_finding("it expects different things in several profiles");
    }
    Ok(Promotion { place, text })
}

fn expectations<S: Subject>(vector: &Vector<S>) -> Vec<(Profile, &S::Outcome)> {
    vector.expected.iter().map(|expectation| (expectation.profile, &expectation.outcome)).collect()
}
