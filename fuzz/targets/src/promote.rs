//! From a finding to a regression: a vector that every machine runs from now on, or an input of a target.

use std::fs;
use std::path::{Path, PathBuf};

use vectors::hxe::Hxe;
use vectors::minivm::MiniVm;
use vectors::{Subject, Suite};

use crate::hexfile::HexFile;
use crate::targets;

/// Moves a file that a run has written to the regressions below `project`, under `name` or its own, and gives its new
/// place.
///
/// # Errors
/// What is wrong with the file or the name.
pub fn promote(file: &Path, name: Option<&str>, project: &Path) -> Result<PathBuf, String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = name.unwrap_or(stem);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("`{name}`: a name has lower-case letters, digits and hyphens"));
    }
    let (place, text) = match file.extension().and_then(|extension| extension.to_str()) {
        Some("hex") => input(file, name)?,
        Some("yaml") => vector::<MiniVm>(file, name).or_else(|first| {
            vector::<Hxe>(file, name)
                .map_err(|second| if in_folder(file, Hxe::NAME) { second } else { first })
        })?,
        _ => return Err(format!("{}: a .yaml or a .hex file is wanted", file.display())),
    };
    let place = project.join(place);
    if place.exists() {
        return Err(format!("{} is there already: choose another --name", place.display()));
    }
    let complain = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place.parent().unwrap_or(project)).map_err(complain)?;
    fs::write(&place, text).map_err(complain)?;
    fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(place)
}

fn in_folder(file: &Path, subject: &str) -> bool {
    file.to_str().is_some_and(|path| path.contains(subject))
}

fn input(file: &Path, name: &str) -> Result<(PathBuf, String), String> {
    let read = HexFile::load(file)?;
    if !targets::names().any(|target| target == read.target) {
        return Err(format!("{}: there is no target `{}`", file.display(), read.target));
    }
    Ok((Path::new("fuzz/regressions").join(&read.target).join(format!("{name}.hex")), read.text()))
}

fn vector<S: Subject>(file: &Path, name: &str) -> Result<(PathBuf, String), String> {
    let suite = Suite::<S>::load(file)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let [vector] = &suite.vectors[..] else {
        return Err(format!("{}: one vector is wanted, {} are there", file.display(), suite.vectors.len()));
    };
    let [expectation] = &vector.expected[..] else {
        return Err(format!("{}: it expects something in more than one profile", file.display()));
    };
    if expectation.open != S::Open::default() {
        return Err(format!(
            "{}: it leaves fields open, which only vectors written by hand do",
            file.display()
        ));
    }
    let place = Path::new("vectors").join(S::NAME).join("regressions").join(format!("{name}.yaml"));
    let text = S::write_vector(name, &vector.note, &vector.case, expectation.profile, &expectation.outcome);
    Ok((place, text))
}
