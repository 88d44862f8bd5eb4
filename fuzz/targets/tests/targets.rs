//! Every target on stable: its seeds, inputs mutated from them with a fixed seed, and what was found before.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fuzzing::harness::{Harness, catch_panics};
use fuzzing::judge::Effort;
use fuzzing::known::{files, regressions, root};
use fuzzing::{Known, Rng, Use, mutation, targets};
use libtest_mimic::{Arguments, Failed, Trial};

/// The seed of all mutations.
const SEED: u64 = 1;
/// Inputs made from the seeds of a target.
const MUTATIONS: u32 = 4000;
/// How many of them must be of use at least, of a thousand: less would be a target that rots.
const USEFUL: u32 = 100;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let known = match Known::load() {
        Ok(known) => Arc::new(known),
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    catch_panics();
    let mut trials = vec![
        Trial::test("fuzz/every_target_has_a_binary", every_target_has_a_binary),
        Trial::test("fuzz/every_file_has_a_target", every_file_has_a_target),
    ];
    for name in targets::names() {
        let for_seeds = Arc::clone(&known);
        let for_mutations = Arc::clone(&known);
        trials.push(Trial::test(format!("fuzz/{name}/seeds"), move || seeds(name, &for_seeds)));
        trials.push(Trial::test(format!("fuzz/{name}/mutations"), move || mutations(name, &for_mutations)));
        trials.push(Trial::test(format!("fuzz/{name}/regressions"), move || past_findings(name)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn every_target_has_a_binary() -> Result<(), Failed> {
    let paths = files(&root().join("fuzz/src/bin"), "rs")?;
    let binaries: Vec<_> = paths.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    let names: Vec<&str> = targets::names().collect();
    if binaries == names { Ok(()) } else { Err(format!("binaries {binaries:?}, targets {names:?}").into()) }
}

/// Regressions and options of anything else would never be used.
fn every_file_has_a_target() -> Result<(), Failed> {
    for folder in ["fuzz/regressions", "fuzz/options"] {
        for entry in std::fs::read_dir(root().join(folder))? {
            let path = entry?.path();
            if !targets::names().any(|name| path.file_stem().is_some_and(|stem| stem == name)) {
                return Err(format!("{}: there is no such target", path.display()).into());
            }
        }
    }
    Ok(())
}

fn harness(name: &str, effort: Effort) -> Result<Harness, Failed> {
    Harness::find(name, effort).ok_or_else(|| "there is no such target".into())
}

fn seeds(name: &str, known: &Known) -> Result<(), Failed> {
    let mut harness = harness(name, Effort::Sampled)?;
    let seeds = harness.target().seeds(known);
    let mut useful = 0;
    for seed in &seeds {
        useful += u32::from(run(&mut harness, seed)? == Use::Useful);
    }
    enough(useful, seeds.len() as u32)
}

fn mutations(name: &str, known: &Known) -> Result<(), Failed> {
    let mut harness = harness(name, Effort::Sampled)?;
    let seeds = harness.target().seeds(known);
    let mut rng = Rng::with_seed(SEED);
    let mut useful = 0;
    for _ in 0..MUTATIONS {
        let mut input = mutation::pick(&mut rng, &seeds).clone();
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
fn past_findings(name: &str) -> Result<(), Failed> {
    let mut harness = harness(name, Effort::Thorough)?;
    for (path, file) in regressions(harness.target())? {
        let wrong_folder = || -> Failed { format!("{}: target {}", path.display(), file.target).into() };
        if file.target != name {
            return Err(wrong_folder());
        }
        run(&mut harness, &file.bytes).map_err(|failed| -> Failed {
            let shown: &Path = &path;
            format!("{}: {}", shown.display(), failed.message().unwrap_or_default()).into()
        })?;
    }
    Ok(())
}
