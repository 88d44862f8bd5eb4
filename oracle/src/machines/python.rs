//! Machines in Python, embedded: the models of this project and the reference.
//!
//! Both offer a function `run_batch(profile, cases)` that takes and gives the dictionaries of the machine protocol. A
//! model is the package `SUBJECT_model` in `oracle/python`; the reference is a checkout behind the adapter `upstream` in
//! the same folder.

use std::ffi::CStr;
use std::fmt::Display;
use std::path::Path;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::machine::{Answer, FailureKind, Machine};
use crate::project::{Project, commit_of};
use crate::subject::{Profile, Subject};

/// A function `run_batch` in the embedded interpreter.
pub struct Embedded {
    name: &'static str,
    version: String,
    profiles: &'static [Profile],
    run_batch: Py<PyAny>,
}

/// Whether the project has a model of the subject.
pub fn has_model<S: Subject>(project: &Project) -> bool {
    project.python().join(format!("{}_model", S::NAME)).is_dir()
}

/// Machine `python`: the model of the subject.
///
/// # Errors
/// Python cannot be started, or its own message if the model does not load.
pub fn model<S: Subject>(project: &Project) -> Result<Embedded, String> {
    attach(project, |py| {
        let run_batch = py.import(format!("{}_model", S::NAME))?.getattr("run_batch")?.unbind();
        let version = env!("CARGO_PKG_VERSION").into();
        Ok(Embedded { name: "python", version, profiles: S::PROFILES, run_batch })
    })
}

/// Whether the project has an adapter that runs the subject on its reference.
pub fn has_reference<S: Subject>(project: &Project) -> bool {
    project.python().join("upstream").join(format!("{}.py", S::NAME)).is_file()
}

/// Machine `upstream`: the reference, loaded from a checkout. It runs the first profile.
///
/// # Errors
/// Python cannot be started, or its own message if `checkout` is none of the reference.
pub fn upstream<S: Subject>(project: &Project, checkout: &Path) -> Result<Embedded, String> {
    let version = commit_of(checkout).unwrap_or_else(|| "no commit that git can name".into());
    attach(project, |py| {
        let run_batch = py.import("upstream")?.call_method1("load", (checkout, S::NAME))?.unbind();
        Ok(Embedded { name: "upstream", version, profiles: &S::PROFILES[..1], run_batch })
    })
}

fn attach<T>(project: &Project, load: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T, String> {
    static START: OnceLock<Result<(), String>> = OnceLock::new();
    START.get_or_init(start).clone()?;
    Python::attach(|py| {
        // Python takes a text here; what else lies in the list it passes over.
        let packages = project.python().into_os_string();
        let path = py.import("sys")?.getattr("path")?.cast_into::<PyList>()?;
        if !path.contains(&packages)? {
            path.insert(0, packages)?;
        }
        load(py)
    })
    .map_err(|error| error.to_string())
}

/// Starts the interpreter, once for the process. Python's usual way of starting ends the process if its library is not
/// where the environment says it is; this one reports it.
fn start() -> Result<(), String> {
    // SAFETY: this runs once, before anything else of Python is used in this process. `config` is initialised by
    // `PyConfig_InitPythonConfig` before it is read, and cleared once, after its last use. A status holds pointers to
    // static text only. After a successful start this thread holds the interpreter's lock and gives it up, so that any
    // thread can attach.
    unsafe {
        if ffi::Py_IsInitialized() != 0 {
            return Ok(());
        }
        let mut config = std::mem::MaybeUninit::<ffi::PyConfig>::zeroed();
        ffi::PyConfig_InitPythonConfig(config.as_mut_ptr());
        let mut config = config.assume_init();
        config.install_signal_handlers = 0;
        config.parse_argv = 0;
        let status = ffi::Py_InitializeFromConfig(&config);
        ffi::PyConfig_Clear(&mut config);
        if ffi::PyStatus_Exception(status) != 0 {
            let why =
                if status.err_msg.is_null() { c"no reason given" } else { CStr::from_ptr(status.err_msg) };
            return Err(format!("Python does not start: {}", why.to_string_lossy()));
        }
        ffi::PyEval_SaveThread();
    }
    Ok(())
}

/// Serves as a worker on the standard streams until the input ends: see [`workers`](super::workers). `checkout` is that of
/// the reference; without one the models are run.
///
/// # Errors
/// Python cannot be started, or its own message if it cannot serve.
pub fn serve(project: &Project, checkout: Option<&Path>) -> Result<(), String> {
    attach(project, |py| {
        py.import("lockstep_model.worker")?.call_method1("serve", (checkout,))?;
        Ok(())
    })
}

/// One entry of what `run_batch` gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "O: DeserializeOwned", rename_all = "lowercase")]
pub(super) enum Entry<O> {
    Outcome(O),
    Unsupported(String),
    Error(String),
    Raised(String),
}

impl<O: DeserializeOwned> Entry<O> {
    /// What an entry comes to that is still JSON.
    pub(super) fn answer(entry: &RawValue) -> Answer<O> {
        Entry::read(serde_json::from_str(entry.get()))
    }

    fn read(entry: Result<Self, impl Display>) -> Answer<O> {
        match entry {
            Ok(Entry::Outcome(outcome)) => Answer::Outcome(outcome),
            Ok(Entry::Unsupported(why)) => Answer::Unsupported(why),
            Ok(Entry::Error(why)) => {
                Answer::broken(FailureKind::Refusal, format!("calls the case bad: {why}"))
            }
            Ok(Entry::Raised(why)) => Answer::broken(FailureKind::Crash, why),
            Err(error) => Answer::broken(FailureKind::Form, format!("answers rubbish: {error}")),
        }
    }
}

impl<S: Subject> Machine<S> for Embedded {
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
        let raised = |why| Answer::broken(FailureKind::Crash, why);
        Python::attach(|py| match self.call::<S>(py, profile, cases) {
            Ok(answers) => answers,
            // One case spoils the call: find it by running each alone.
            Err(_) if cases.len() > 1 => {
                let one = |case| self.call::<S>(py, profile, std::slice::from_ref(case));
                cases.iter().flat_map(|case| one(case).unwrap_or_else(|why| vec![raised(why)])).collect()
            }
            Err(why) => cases.iter().map(|_| raised(why.clone())).collect(),
        })
    }
}

impl Embedded {
    fn call<S: Subject>(
        &self,
        py: Python<'_>,
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
        let answer = |entry: Bound<'_, PyAny>| Entry::read(pythonize::depythonize(&entry));
        Ok(entries.iter().map(answer).collect())
    }
}
