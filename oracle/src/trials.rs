//! Every vector of a subject, on each machine of ours that is always there, as a test of its own.
//!
//! A subject's `tests/vectors.rs` is one line: `fn main() -> ExitCode { oracle::trials::main::<S>() }`.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::called::{called, quoted};
use crate::machine::{Machine, run_one};
use crate::machines::python;
use crate::project::Project;
use crate::report;
use crate::subject::{Profile, Subject, agree, compare};
use crate::suite::{Vector, complaints};

/// The name of a machine, and what makes one: machines stay on the thread that they are used on.
type Maker<S> = (String, Arc<dyn Fn() -> Result<Box<dyn Machine<S>>, String> + Send + Sync>);

/// Runs the vectors as tests, as the command line says: `SUBJECT/VECTOR/PROFILE/MACHINE` is the name of each.
pub fn main<S: Subject>() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials::<S>() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn trials<S: Subject>() -> Result<Vec<Trial>, String> {
    let project = Project::find()?;
    let written = S::written().ok_or("the subject has no vectors")?;
    let suite = written.load(&project.subject(S::NAME)).map_err(|errors| complaints(&errors))?;
    let makers = makers::<S>(&project);
    let vectors = suite.vectors.into_iter().map(Arc::new);
    Ok(vectors.flat_map(|vector| trials_of(&vector, &makers)).collect())
}

/// The machines that are compiled in, and the model if the project has one.
fn makers<S: Subject>(project: &Project) -> Vec<Maker<S>> {
    let mut makers: Vec<Maker<S>> = Vec::new();
    for (index, (_, machine)) in S::machines().into_iter().enumerate() {
        let make = move || Ok(S::machines().swap_remove(index).1);
        makers.push((machine.name().to_owned(), Arc::new(make)));
    }
    if python::has_model::<S>(project) {
        let project = project.clone();
        let make = move || Ok(Box::new(python::model::<S>(&project)?) as Box<dyn Machine<S>>);
        makers.push(("python".into(), Arc::new(make)));
    }
    makers
}

fn trials_of<S: Subject>(vector: &Arc<Vector<S>>, makers: &[Maker<S>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for profile in vector.expected.iter().map(|expectation| expectation.profile) {
        for (name, make) in makers {
            let (vector, make) = (Arc::clone(vector), Arc::clone(make));
            let title = format!("{}/{}/{profile}/{name}", S::NAME, vector.name);
            trials.push(Trial::test(title, move || check(&vector, profile, &mut *make()?)));
        }
    }
    trials
}

fn check<S: Subject>(
    vector: &Vector<S>,
    profile: Profile,
    machine: &mut dyn Machine<S>,
) -> Result<(), Failed> {
    let answer = run_one(machine, profile, &vector.case);
    let Some(got) = answer.outcome() else {
        return Err(format!("no outcome: {}", answer.reason().unwrap_or_default()).into());
    };
    let expected = vector.expected_in(profile).ok_or("no expectation")?.of(got);
    if agree::<S>(&vector.case, &expected, got) {
        return Ok(());
    }
    let lines = compare::<S>(&vector.case, &expected, got).into_iter().map(|difference| {
        let (expected, got) = (difference.expected_text(), difference.got_text());
        format!("  {}: expected {expected}, got {got}\n", difference.path)
    });
    let (lines, path) = (lines.collect::<String>(), quoted(&vector.place.file.display().to_string()));
    let (file, line) = (report::file_of(vector), vector.place.line);
    let replay = format!("{} replay {path} {}", called(), vector.name);
    Err(format!("{file}:{line}\n{lines}  replay: {replay}").into())
}
