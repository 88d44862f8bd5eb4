//! Runs targets in a process of its own, built as tests are: with the checks that a release build leaves out.
//!
//! `fuzz-worker explain TARGET INPUTS FAILURES PROVENANCE` explains the inputs in a folder and prints a JSON line for
//! each finding. `fuzz-worker replay FILE` runs a hex file. `fuzz-worker seeds FOLDER` writes the seeds of all targets.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use fuzzing::Known;
use fuzzing::corpus::write_all_seeds;
use fuzzing::explain::Explainer;
use fuzzing::harness::{Harness, catch_panics};
use fuzzing::hexfile::HexFile;
use fuzzing::judge::Effort;
use oracle::report::Exit;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["explain", target, inputs, failures, provenance] => {
            explain(target, Path::new(inputs), Path::new(failures), provenance)
        }
        ["replay", file] => replay(Path::new(file)),
        ["seeds", folder] => seeds(Path::new(folder)),
        _ => Err("explain TARGET INPUTS FAILURES PROVENANCE, replay FILE, or seeds FOLDER".into()),
    };
    let exit = result.unwrap_or_else(|message| {
        eprintln!("error: {message}");
        Exit::Usage
    });
    ExitCode::from(exit as u8)
}

fn explain(target: &str, inputs: &Path, failures: &Path, provenance: &str) -> Result<Exit, String> {
    catch_panics();
    let mut paths = Vec::new();
    for entry in fs::read_dir(inputs).map_err(|error| format!("{}: {error}", inputs.display()))? {
        paths.push(entry.map_err(|error| error.to_string())?.path());
    }
    paths.sort();
    let read = |path| fs::read(path).map_err(|error| error.to_string());
    let inputs = paths.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut explainer = Explainer::new(target, failures, provenance)?;
    // Each at once: the next one may take too long.
    explainer.explain(&inputs, &mut |explained| println!("{}", serde_json::json!(explained)))?;
    Ok(Exit::Conformant)
}

fn seeds(folder: &Path) -> Result<Exit, String> {
    write_all_seeds(folder, &Known::load()?)?;
    Ok(Exit::Conformant)
}

fn replay(path: &Path) -> Result<Exit, String> {
    catch_panics();
    let file = HexFile::load(path)?;
    let mut harness = Harness::find(&file.target, Effort::Thorough)
        .ok_or_else(|| format!("{}: there is no target `{}`", path.display(), file.target))?;
    println!("{} {}\n{}", file.target, path.display(), harness.target().describe(&file.bytes));
    match harness.run(&file.bytes) {
        Ok(_) => {
            println!("nothing is wrong");
            Ok(Exit::Conformant)
        }
        Err(complaint) => {
            println!("{complaint}");
            Ok(Exit::Differs)
        }
    }
}
