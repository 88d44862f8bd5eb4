//! A finding that is a vector, as a regression of its subject.

use std::path::{Path, PathBuf};

use oracle::project::Project;
use oracle::subject::{Profile, Subject};
use oracle::suite::{Found, OF_ORACLE, Suite, SuiteError, Vector, complaints};

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

/// The text of a file, read as a vector of subject `S`, as a regression of this name.
///
/// # Errors
/// It is no file of this subject, or holds something else than a finding.
pub fn vector<S: Subject>(
    project: &Project,
    text: &str,
    file: &Path,
    name: &str,
) -> Result<Promotion, Refusal> {
    let written = S::written().ok_or_else(|| Refusal::Unread(Vec::new()))?;
    let suite = written.read(text, file).map_err(Refusal::Unread)?;
    let no_finding = |why: &str| Err(Refusal::NoFinding(why.into()));
    let [vector] = &suite.vectors[..] else {
        return no_finding(&format!(
            "one vector is wanted, {} are there: what it takes several cases to show is no regression, but can be replayed",
            suite.vectors.len()
        ));
    };
    let folder = project.subject(S::NAME);
    let known = if folder.is_dir() { written.load(&folder) } else { Ok(Suite::default()) };
    let known = known.map_err(|errors| Refusal::NoFinding(complaints(&errors)))?;
    if known.vectors.iter().any(|vector| vector.name == name) {
        return no_finding(&format!("{} has a vector `{name}` already: choose another --name", S::NAME));
    }
    if vector.expected.iter().any(|expectation| expectation.partial.is_some()) {
        return no_finding("it leaves fields open, which only vectors written by hand do");
    }
    let Some(expectation) = vector.expected.first() else { return no_finding("it expects nothing") };
    let place = Path::new("vectors").join(S::NAME).join("regressions").join(format!("{name}.yaml"));
    let found = Found {
        name,
        rule: suite.rules.get(&vector.rule).map_or(OF_ORACLE, String::as_str),
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
        let is_one_thing = vector.expected.iter().all(|other| other.outcome == expectation.outcome);
        return match is_one_thing {
            true => no_finding(&format!(
                "it expects something in several profiles, and not all of them are derived from `{}`",
                expectation.profile
            )),
            false => no_finding("it expects different things in several profiles"),
        };
    }
    Ok(Promotion { place, text })
}

fn expectations<S: Subject>(vector: &Vector<S>) -> Vec<(Profile, &S::Outcome)> {
    vector.expected.iter().map(|expectation| (expectation.profile, &expectation.outcome)).collect()
}
