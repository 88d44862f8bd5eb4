//! From a finding to a regression: a vector that every machine runs from now on, or an input of a target.

use std::fs;
use std::path::{Path, PathBuf};

use oracle::reading;
use oracle::suite::{SuiteError, check_name, complaints};

use crate::fuzzing::Fuzzing;
use crate::hexfile::HexFile;
use crate::regressions;
use crate::subject::{Promotion, Refusal};

/// Moves a file that a run has written to the regressions of the checkout, under `name` or its own, and gives its new
/// place.
///
/// # Errors
/// What is wrong with the file or the name.
pub fn promote(fuzzing: &Fuzzing, file: &Path, name: Option<&str>) -> Result<PathBuf, String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = name.unwrap_or(stem);
    check_name(name)?;
    let Promotion { place, text } = match file.extension().and_then(|extension| extension.to_str()) {
        Some("hex") => input(fuzzing, file, name)?,
        Some("yaml") => of_any_subject(fuzzing, file, name)?,
        _ => return Err(format!("{}: a .yaml or a .hex file is wanted", file.display())),
    };
    let root = fuzzing.project.root();
    let place = root.join(place);
    if place.exists() {
        return Err(format!("{} is there already: choose another --name", place.display()));
    }
    let complain = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place.parent().unwrap_or(root)).map_err(complain)?;
    fs::write(&place, text).map_err(complain)?;
    fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(place)
}

fn input(fuzzing: &Fuzzing, file: &Path, name: &str) -> Result<Promotion, String> {
    let read = HexFile::load(file)?;
    let (target, _) = fuzzing.find(&read.target).map_err(|error| format!("{}: {error}", file.display()))?;
    let place = Path::new(regressions::FOLDER).join(target).join(format!("{name}.hex"));
    Ok(Promotion { place, text: read.text() })
}

/// The file as a regression of the first subject that can read it. If none can, the complaints are those of the one that
/// got furthest.
fn of_any_subject(fuzzing: &Fuzzing, file: &Path, name: &str) -> Result<Promotion, String> {
    let text = reading::text(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut furthest: Vec<SuiteError> = Vec::new();
    for subject in &fuzzing.subjects {
        match subject.promote(&fuzzing.project, &text, file, name) {
            Ok(promotion) => return Ok(promotion),
            Err(Refusal::NoFinding(why)) => return Err(format!("{}: {why}", file.display())),
            Err(Refusal::Unread(errors)) => {
                let place = |errors: &[SuiteError]| errors.first().map(|error| error.place.clone());
                if furthest.is_empty() || place(&errors) > place(&furthest) {
                    furthest = errors;
                }
            }
        }
    }
    Err(complaints(&furthest))
}
