//! Every target on stable: its seeds, inputs mutated from them with a fixed seed, and what was found before.

use std::path::Path;
use std::process::ExitCode;

use fuzz_targets::baseline::Baseline;
use fuzz_targets::harness::Harness;
use fuzz_targets::{Fuzzing, regressions};
use libtest_mimic::{Arguments, Failed, Trial};
use oracle::fuzz::{ModelUse, Rng, Use, mutation, panics};
use oracle::project::Project;
use oracle::random::pick;

/// What the list of subjects is made of here.
mod subject {
    pub use fuzz_targets::{FuzzedSubject as AnySubject, Of};
}

#[path = "../../../xtask/src/subjects.rs"]
mod subjects;

/// The seed of all mutations.
const SEED: u64 = 1;
/// Inputs made from the seeds of a target.
const MUTATIONS: u32 = 4000;
/// How many of them must be of use at least, of a thousand: less would be a target that rots.
const USEFUL: u32 = 100;

/// What a trial does.
type Test = Box<dyn FnOnce(&Fuzzing) -> Result<(), Failed> + Send>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let project = match Project::find() {
        Ok(project) => project,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let fuzzing = Fuzzing { project, subjects: subjects::ALL.to_vec() };
    panics::keep();
    let mut trials = Vec::new();
    let mut trial = |name: String, test: Test| {
        let fuzzing = fuzzing.clone();
        trials.push(Trial::test(name, move || test(&fuzzing)));
    };
    trial("fuzz/every_target_has_a_binary".into(), Box::new(every_target_has_a_binary));
    trial("fuzz/every_file_has_a_target".into(), Box::new(every_file_has_a_target));
    trial("fuzz/every_target_has_a_baseline".into(), Box::new(every_target_has_a_baseline));
    for name in fuzzing.names() {
        trial(format!("fuzz/{name}/seeds"), Box::new(move |fuzzing| seeds(fuzzing, name)));
        trial(format!("fuzz/{name}/mutations"), Box::new(move |fuzzing| mutations(fuzzing, name)));
        trial(format!("fuzz/{name}/regressions"), Box::new(move |fuzzing| past_findings(fuzzing, name)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn every_target_has_a_binary(fuzzing: &Fuzzing) -> Result<(), Failed> {
    let paths = regressions::files(&fuzzing.project.root().join("fuzz/src/bin"), "rs")?;
    let binaries: Vec<_> = paths.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    let names = fuzzing.names();
    if binaries == names { Ok(()) } else { Err(format!("binaries {binaries:?}, targets {names:?}").into()) }
}

/// Regressions and options of anything else would never be used.
fn every_file_has_a_target(fuzzing: &Fuzzing) -> Result<(), Failed> {
    for folder in [regressions::FOLDER, "fuzz/options"] {
        for entry in std::fs::read_dir(fuzzing.project.root().join(folder))? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            fuzzing.find(stem).map(drop).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

/// A target without a floor can die unnoticed.
fn every_target_has_a_baseline(fuzzing: &Fuzzing) -> Result<(), Failed> {
    let baseline = Baseline::load(&fuzzing.project)?;
    if baseline.names() != fuzzing.names() {
        return Err(format!("floors {:?}, targets {:?}", baseline.names(), fuzzing.names()).into());
    }
    let dead = fuzzing.names().into_iter().find(|name| {
        baseline
            .of(name)
            .is_none_or(|floor| !(floor.useful > 0.0 && floor.useful <= 1.0 && floor.edges > 0.0))
    });
    dead.map_or(Ok(()), |name| Err(format!("{name}: no floor").into()))
}

fn seeds(fuzzing: &Fuzzing, name: &str) -> Result<(), Failed> {
    let mut harness = Harness::find(fuzzing, name, ModelUse::Sampled)?;
    let seeds = harness.target().seeds(&fuzzing.project)?;
    let mut useful = 0;
    for seed in &seeds {
        useful += u32::from(run(&mut harness, seed)? == Use::Useful);
    }
    enough(useful, seeds.len() as u32)
}

fn mutations(fuzzing: &Fuzzing, name: &str) -> Result<(), Failed> {
    let mut harness = Harness::find(fuzzing, name, ModelUse::Sampled)?;
    let seeds = harness.target().seeds(&fuzzing.project)?;
    let mut rng = Rng::with_seed(SEED);
    let mut useful = 0;
    for _ in 0..MUTATIONS {
        let mut input = pick(&mut rng, &seeds);
        for _ in 0..rng.u8(1..6) {
            let mut bytes = rng.fork();
            harness.target().mutate(&mut input, &mut rng, &mut |it| mutation::bytes(&mut bytes, it));
        }
        useful += u32::from(run(&mut harness, &input)? == Use::Useful);
    }
    enough(useful, MUTATIONS)
}

fn run(harness: &mut Harness, input: &[u8]) -> Result<Use, Failed> {
    harness
        .run(input)
        .map_err(|complaint| format!("{complaint}\n{}", harness.target().describe(input)).into())
}

fn enough(useful: u32, of: u32) -> Result<(), Failed> {
    let share = 1000 * u64::from(useful) / u64::from(of.max(1));
    if share >= USEFUL.into() {
        Ok(())
    } else {
        Err(format!("only {useful} of {of} inputs are of use").into())
    }
}

/// Regressions with the target's name.
fn past_findings(fuzzing: &Fuzzing, name: &str) -> Result<(), Failed> {
    let mut harness = Harness::find(fuzzing, name, ModelUse::Always)?;
    for (path, file) in regressions::of(&fuzzing.project, name)? {
        if file.target != name {
            return Err(format!("{}: target {}", path.display(), file.target).into());
        }
        run(&mut harness, &file.bytes).map_err(|failed| -> Failed {
            let shown: &Path = &path;
            format!("{}: {}", shown.display(), failed.message().unwrap_or_default()).into()
        })?;
    }
    Ok(())
}
