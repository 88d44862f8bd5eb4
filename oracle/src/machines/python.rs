//! Machines `python` and `upstream`: code in Python, embedded.
//!
//! Both offer a function `run_batch(profile, cases)` that takes and gives the dictionaries of the machine protocol.
//! `python` is our model, `oracle/python/SUBJECT_model`; `upstream` is a checkout of the reference, behind our adapter
//! `oracle/python/upstream`.

use std::path::Path;
use std::process::Command;

use pyo3::prelude::*;
use pyo3::types::PyList;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use vectors::{Profile, Subject};

use crate::machine::{Answer, Machine};

/// Where our Python code lies.
const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// The commit of the reference that the facts, and so the ledger, were taken from.
pub const REFERENCE_COMMIT: &str = "e374da88f4dd470bad2d8ec6a2a14f1ce367e40e";

/// A function `run_batch` in the embedded interpreter.
pub struct Python {
    name: &'static str,
    version: String,
    profiles: &'static [Profile],
    run_batch: Py<PyAny>,
}

/// Machine `python`: our model of subject `S`.
///
/// # Errors
/// Python's own message, where the model does not load.
pub fn model<S: Subject>() -> Result<Python, String> {
    attach(|py| {
        let run_batch = py.import(format!("{}_model", S::NAME))?.getattr("run_batch")?.unbind();
        Ok(Python {
            name: "python",
            version: env!("CARGO_PKG_VERSION").into(),
            profiles: &Profile::ALL,
            run_batch,
        })
    })
}

/// Machine `upstream`: the reference, loaded from a checkout.
///
/// # Errors
/// Python's own message, where `checkout` is none of the reference.
pub fn upstream<S: Subject>(checkout: &Path) -> Result<Python, String> {
    attach(|py| {
        let run_batch = py.import("upstream")?.call_method1("load", (checkout, S::NAME))?.unbind();
        Ok(Python { name: "upstream", version: head(checkout), profiles: &[Profile::Reference], run_batch })
    })
}

/// What should be known about a checkout before its answers are believed; nothing where all is well.
pub fn upstream_warning(checkout: &Path) -> Option<String> {
    let head = head(checkout);
    (head != REFERENCE_COMMIT)
        .then(|| format!("{} is at {head}, the facts are those of {REFERENCE_COMMIT}", checkout.display()))
}

/// The commit that a checkout is at.
fn head(checkout: &Path) -> String {
    match Command::new("git").arg("-C").arg(checkout).args(["rev-parse", "HEAD"]).output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "no commit that git can name".to_owned(),
    }
}

fn attach<T>(load: impl FnOnce(Python3<'_>) -> PyResult<T>) -> Result<T, String> {
    Python3::attach(|py| {
        let path = py.import("sys")?.getattr("path")?.cast_into::<PyList>()?;
        if !path.contains(PACKAGES)? {
            path.insert(0, PACKAGES)?;
        }
        load(py)
    })
    .map_err(|error| error.to_string())
}

use pyo3::Python as Python3;

/// One entry of what `run_batch` gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "O: DeserializeOwned", rename_all = "lowercase")]
enum Entry<O> {
    Outcome(O),
    Unsupported(String),
    Error(String),
}

impl<S: Subject> Machine<S> for Python {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn profiles(&self) -> &[Profile] {
        self.profiles
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        Python3::attach(|py| match self.call::<S>(py, profile, cases) {
            Ok(answers) => answers,
            // One case spoils the call: find it by running each alone.
            Err(_) if cases.len() > 1 => {
                let one = |case| self.call::<S>(py, profile, std::slice::from_ref(case));
                cases
                    .iter()
                    .flat_map(|case| one(case).unwrap_or_else(|error| vec![Answer::Broken(error)]))
                    .collect()
            }
            Err(error) => cases.iter().map(|_| Answer::Broken(error.clone())).collect(),
        })
    }
}

impl Python {
    fn call<S: Subject>(
        &self,
        py: Python3<'_>,
        profile: Profile,
        cases: &[S::Case],
    ) -> Result<Vec<Answer<S::Outcome>>, String> {
        let argument = pythonize::pythonize(py, cases).map_err(|error| error.to_string())?;
        let entries =
            self.run_batch.call1(py, (profile.name(), argument)).map_err(|error| error.to_string())?;
        let entries = entries.bind(py).cast::<PyList>().map_err(|error| error.to_string())?;
        if entries.len() != cases.len() {
            return Err(format!("{} answers to {} cases", entries.len(), cases.len()));
        }
        Ok(entries
            .iter()
            .map(|entry| match pythonize::depythonize(&entry) {
                Ok(Entry::Outcome(outcome)) => Answer::Outcome(outcome),
                Ok(Entry::Unsupported(why)) => Answer::Unsupported(why),
                Ok(Entry::Error(why)) => Answer::Broken(format!("calls the case bad: {why}")),
                Err(error) => Answer::Broken(format!("answers rubbish: {error}")),
            })
            .collect())
    }
}
