//! Every vector, on every machine of ours that is always there, as a trial of its own.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use oracle::machine::run_one;
use oracle::machines::python;
use oracle::native::Native;
use oracle::{Answer, Machine};
use vectors::hxe::Hxe;
use vectors::minivm::MiniVm;
use vectors::{Profile, Suite, Vector};

type Shared<S> = Arc<Mutex<Box<dyn Machine<S> + Send>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match [trials::<MiniVm>(), trials::<Hxe>()].into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(trials) => libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code(),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The trials of a subject: every vector in every profile that it speaks of, on every machine.
fn trials<S: Native>() -> Result<Vec<Trial>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(S::NAME);
    let suite = Suite::<S>::load(&folder)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let model: Box<dyn Machine<S> + Send> = Box::new(python::model::<S>()?);
    let machines = [S::machine(), model].map(|machine| Arc::new(Mutex::new(machine)));
    let vectors = suite.vectors.into_iter().map(Arc::new);
    Ok(vectors.flat_map(|vector| trials_of(&vector, &machines)).collect())
}

fn trials_of<S: Native>(vector: &Arc<Vector<S>>, machines: &[Shared<S>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for profile in vector.expected.iter().map(|expectation| expectation.profile) {
        for machine in machines {
            let (vector, machine) = (Arc::clone(vector), Arc::clone(machine));
            let name = machine.lock().expect("no trial has panicked yet").name().to_owned();
            let title = format!("{}/{}/{profile}/{name}", S::NAME, vector.name);
            trials.push(Trial::test(title, move || check(&vector, profile, &machine)));
        }
    }
    trials
}

fn check<S: Native>(vector: &Vector<S>, profile: Profile, machine: &Shared<S>) -> Result<(), Failed> {
    let mut machine = machine.lock().map_err(|_| "another trial has panicked")?;
    let Answer::Outcome(got) = run_one(&mut **machine, profile, &vector.case) else {
        return Err("the machine has no outcome".into());
    };
    let expected = vector.expected_in(profile, &got).ok_or("no expectation")?;
    let differences = S::compare(&expected, &got);
    if differences.is_empty() {
        return Ok(());
    }
    let lines =
        differences.iter().map(|d| format!("  {}: expected {}, got {}\n", d.field, d.expected, d.got));
    let (text, place) = (lines.collect::<String>(), &vector.place);
    Err(format!("{place}\n{text}  replay: cargo xtask replay {} {}", place.file.display(), vector.name)
        .into())
}
