//! Machines in Python: the models of this project and the reference.
//!
//! Both offer a function `run_batch(profile, cases)` that takes and gives the dictionaries of the machine protocol. A
//! model is the package `SUBJECT_model` in `oracle/python`; the reference is a checkout behind the adapter `upstream` in
//! the same folder. They run in processes of `python3`, so that this program needs nothing of Python to be built or to
//! start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::workers::{Crew, Workers};
use crate::cores::Cores;
use crate::machine::Machine;
use crate::project::Project;
use crate::subject::Subject;

/// The interpreter.
const PYTHON: &str = "python3";
/// What a worker runs, in the folder of the Python code.
const WORKER: &str = "lockstep_model/worker.py";

/// Whether the project has a model of the subject.
pub fn has_model<S: Subject>(project: &Project) -> bool {
    model_folder::<S>(project).is_dir()
}

/// Where the model of the subject lies, if there is one.
pub fn model_folder<S: Subject>(project: &Project) -> PathBuf {
    project.python().join(format!("{}_model", S::NAME))
}

/// Whether the project has an adapter that runs the subject on its reference.
pub fn has_reference<S: Subject>(project: &Project) -> bool {
    project.python().join("upstream").join(format!("{}.py", S::NAME)).is_file()
}

/// Processes that run the models, or the reference in a checkout: as many at once as there is room for.
pub fn workers(project: &Project, checkout: Option<&Path>, cores: Cores) -> Workers {
    let words = [PathBuf::from(PYTHON), project.python().join(WORKER)];
    let words = words.iter().map(PathBuf::as_path).chain(checkout);
    Workers::new(words.map(|word| word.display().to_string()).collect(), cores)
}

/// Machine `python`: the model of the subject, in processes that all who ask in this one share.
///
/// # Errors
/// Python cannot be started, or its own message if the model does not load.
pub fn model<S: Subject>(project: &Project) -> Result<Crew, String> {
    static SHARED: Mutex<Option<HashMap<PathBuf, Workers>>> = Mutex::new(None);
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let of_project = shared.get_or_insert_default().entry(project.root().to_owned());
    let workers = of_project.or_insert_with(|| workers(project, None, Cores::default())).clone();
    drop(shared);
    loaded::<S>(workers.model::<S>())
}

/// Machine `upstream`: the reference, loaded from a checkout. It runs the first profile.
///
/// # Errors
/// Python cannot be started, or its own message if `checkout` is none of the reference.
pub fn upstream<S: Subject>(project: &Project, checkout: &Path) -> Result<Crew, String> {
    loaded::<S>(workers(project, Some(checkout), Cores::new(1)).upstream::<S>(checkout))
}

fn loaded<S: Subject>(mut crew: Crew) -> Result<Crew, String> {
    Machine::<S>::load(&mut crew)?;
    Ok(crew)
}
