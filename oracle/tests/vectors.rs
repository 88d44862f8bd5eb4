//! Every vector, on every machine of ours that is always there, as a trial of its own.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use oracle::machine::run_one;
use oracle::machines::{python, rust::Rust};
use oracle::{Answer, Machine};
use vectors::minivm::MiniVm;
use vectors::{Profile, Subject, Suite, Vector};

type Shared = Arc<Mutex<Box<dyn Machine<MiniVm> + Send>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/minivm");
    let suite = match Suite::<MiniVm>::load(&folder) {
        Ok(suite) => suite,
        Err(errors) => {
            errors.iter().for_each(|error| eprintln!("{error}"));
            return ExitCode::FAILURE;
        }
    };
    let model = python::model::<MiniVm>().expect("the model loads");
    let machines: [Shared; 2] =
        [Arc::new(Mutex::new(Box::new(Rust::default()))), Arc::new(Mutex::new(Box::new(model)))];
    let vectors = suite.vectors.into_iter().map(Arc::new);
    let trials = vectors.flat_map(|vector| trials(&vector, &machines)).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(vector: &Arc<Vector<MiniVm>>, machines: &[Shared]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for profile in vector.expected.iter().map(|expectation| expectation.profile) {
        for machine in machines {
            let (vector, machine) = (Arc::clone(vector), Arc::clone(machine));
            let name = machine.lock().expect("no trial has panicked yet").name().to_owned();
            let title = format!("minivm/{}/{profile}/{name}", vector.name);
            trials.push(Trial::test(title, move || check(&vector, profile, &machine)));
        }
    }
    trials
}

fn check(vector: &Vector<MiniVm>, profile: Profile, machine: &Shared) -> Result<(), Failed> {
    let mut machine = machine.lock().map_err(|_| "another trial has panicked")?;
    let Answer::Outcome(got) = run_one(&mut **machine, profile, &vector.case) else {
        return Err("the machine has no outcome".into());
    };
    let expected = vector.expected_in(profile, &got).ok_or("no expectation")?;
    let differences = MiniVm::compare(&expected, &got);
    if differences.is_empty() {
        return Ok(());
    }
    let lines =
        differences.iter().map(|d| format!("  {}: expected {}, got {}\n", d.field, d.expected, d.got));
    let (text, place) = (lines.collect::<String>(), &vector.place);
    Err(format!("{place}\n{text}  replay: cargo xtask replay {} {}", place.file.display(), vector.name)
        .into())
}
