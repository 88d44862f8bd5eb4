//! Runs targets in a process of its own, built as tests are: with the checks that a release build leaves out.
//!
//! `explain TARGET INPUTS FAILURES PROVENANCE` explains the inputs in a folder and prints a JSON line for each finding.
//! `replay FILE` runs a hex file. `seeds FOLDER` writes the seeds of all targets.

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use oracle::fuzz::{ModelUse, panics};
use oracle::project::Project;
use oracle::report::Exit;

use crate::corpus::write_all_seeds;
use crate::explain::Explainer;
use crate::fuzzing::Fuzzing;
use crate::harness::Harness;
use crate::hexfile::HexFile;
use crate::subject::Subjects;

/// Does what the command line of this process asks for.
pub fn run(subjects: Subjects<'_>) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = Project::find().and_then(|project| {
        let fuzzing = Fuzzing { project, subjects: subjects.to_vec() };
        match arguments[..] {
            ["explain", target, inputs, failures, provenance] => {
                explain(&fuzzing, target, Path::new(inputs), Path::new(failures), provenance)
            }
            ["replay", file] => replay(&fuzzing, Path::new(file)),
            ["seeds", folder] => write_all_seeds(&fuzzing, Path::new(folder)).map(|()| Exit::Conformant),
            _ => Err("explain TARGET INPUTS FAILURES PROVENANCE, replay FILE, or seeds FOLDER".into()),
        }
    });
    let exit = result.unwrap_or_else(|message| {
        eprintln!("error: {message}");
        Exit::Usage
    });
    ExitCode::from(exit as u8)
}

fn explain(
    fuzzing: &Fuzzing,
    target: &str,
    inputs: &Path,
    failures: &Path,
    provenance: &str,
) -> Result<Exit, String> {
    panics::keep();
    let mut paths = Vec::new();
    for entry in fs::read_dir(inputs).map_err(|error| format!("{}: {error}", inputs.display()))? {
        paths.push(entry.map_err(|error| error.to_string())?.path());
    }
    paths.sort();
    let read = |path| fs::read(path).map_err(|error| error.to_string());
    let inputs = paths.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut explainer = Explainer::new(fuzzing, target, failures, provenance)?;
    // Each at once: the next one may take too long.
    explainer.explain(&inputs, &mut |explained| println!("{}", serde_json::json!(explained)))?;
    Ok(Exit::Conformant)
}

fn replay(fuzzing: &Fuzzing, path: &Path) -> Result<Exit, String> {
    panics::keep();
    let file = HexFile::load(path)?;
    let mut harness = Harness::find(fuzzing, &file.target, ModelUse::Always)
        .map_err(|error| format!("{}: {error}", path.display()))?;
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
