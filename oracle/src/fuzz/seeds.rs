//! What seeds are made from: the vectors and programs of a checkout.

use std::fs;
use std::path::Path;

use crate::project::Project;
use crate::subject::Subject;
use crate::suite::{Suite, complaints};

/// The vectors of a subject; none if they are not written.
///
/// # Errors
/// What is wrong with them, with its place.
pub fn suite<S: Subject>(project: &Project) -> Result<Suite<S>, String> {
    match S::written() {
        Some(written) => written.load(&project.subject(S::NAME)).map_err(|errors| complaints(&errors)),
        None => Ok(Suite::default()),
    }
}

/// The texts of the files with this ending in a folder and in those below it, by path.
///
/// # Errors
/// What cannot be read.
pub fn texts(folder: &Path, extension: &str) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| error.to_string())?;
        if entry.path().extension().is_some_and(|it| it == extension) {
            let text = fs::read_to_string(entry.path());
            texts.push(text.map_err(|error| format!("{}: {error}", entry.path().display()))?);
        }
    }
    Ok(texts)
}
