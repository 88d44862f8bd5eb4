//! The inputs that fuzzing starts from: seeds made from the project's vectors and programs, and what it found since.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crc::{CRC_32_ISO_HDLC, Crc};
use oracle::fuzz::ModelUse;
use oracle::project::Project;

use crate::build::Tools;
use crate::fuzzing::Fuzzing;
use crate::regressions;

/// The corpus of a target.
pub fn folder(project: &Project, target: &str) -> PathBuf {
    project.root().join("fuzz/corpus").join(target)
}

/// Writes the seeds of a target into its corpus.
///
/// # Errors
/// There is no such target, or what cannot be read or written.
pub fn write_seeds(fuzzing: &Fuzzing, target: &str) -> Result<(), String> {
    let (_, make) = fuzzing.find(target)?;
    let seeds = make(&fuzzing.bench(ModelUse::Never)).seeds(&fuzzing.project)?;
    write_inputs(&folder(&fuzzing.project, target), seeds)
}

/// Writes the seeds of every target, into a folder for each below `place`.
///
/// # Errors
/// What cannot be read or written.
pub fn write_all_seeds(fuzzing: &Fuzzing, place: &Path) -> Result<(), String> {
    let bench = fuzzing.bench(ModelUse::Never);
    for (name, make) in fuzzing.targets() {
        write_inputs(&place.join(name), make(&bench).seeds(&fuzzing.project)?)?;
    }
    Ok(())
}

fn write_inputs(folder: &Path, inputs: Vec<Vec<u8>>) -> Result<(), String> {
    let complain = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(complain)?;
    for input in inputs {
        let name = format!("seed-{:08x}", Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&input));
        fs::write(folder.join(name), input).map_err(complain)?;
    }
    Ok(())
}

/// A corpus before and after it was minimised, in inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimised {
    /// The target.
    pub target: &'static str,
    /// Seeds, regressions and what was there.
    pub before: usize,
    /// Those that are needed to cover the same.
    pub after: usize,
}

/// Merges a target's seeds, regressions and corpus, and keeps the fewest inputs that cover the same.
///
/// # Errors
/// What cannot be read, written or run.
pub fn minimise(fuzzing: &Fuzzing, tools: &Tools, name: &'static str) -> Result<Minimised, String> {
    let old = folder(&fuzzing.project, name);
    write_seeds(fuzzing, name)?;
    let past = regressions::of(&fuzzing.project, name)?.into_iter().map(|(_, file)| file.bytes).collect();
    write_inputs(&old, past)?;
    let new = old.with_extension("merged");
    let complain = |error: std::io::Error| format!("{}: {error}", new.display());
    let _ = fs::remove_dir_all(&new);
    fs::create_dir_all(&new).map_err(complain)?;
    let mut merge = Command::new(tools.binary(name));
    merge.arg("-merge=1").arg(&new).arg(&old).stdout(Stdio::null()).stderr(Stdio::null());
    let status = merge.status().map_err(complain)?;
    if !status.success() {
        return Err(format!("{name}: an input of the corpus fails: run `cargo xtask fuzz {name}`"));
    }
    let number = |folder: &Path| fs::read_dir(folder).map(Iterator::count).map_err(complain);
    let (before, after) = (number(&old)?, number(&new)?);
    fs::remove_dir_all(&old).and_then(|()| fs::rename(&new, &old)).map_err(complain)?;
    Ok(Minimised { target: name, before, after })
}
