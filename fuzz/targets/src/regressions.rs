//! Inputs on which a target has failed before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oracle::project::Project;

use crate::hexfile::HexFile;

/// The folder of regressions, in a checkout.
pub const FOLDER: &str = "fuzz/regressions";

/// The inputs on which a target has failed before, each with its file.
///
/// # Errors
/// What cannot be read, with its place.
pub fn of(project: &Project, target: &str) -> Result<Vec<(PathBuf, HexFile)>, String> {
    let folder = project.root().join(FOLDER).join(target);
    let paths = files(&folder, "hex").map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.into_iter().map(|path| HexFile::load(&path).map(|file| (path, file))).collect()
}

/// The files of a folder with this ending, by name; none if there is no folder.
///
/// # Errors
/// Those of the file system.
pub fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut found = entries.collect::<io::Result<Vec<PathBuf>>>()?;
    found.retain(|path| path.extension().is_some_and(|it| it == extension));
    found.sort();
    Ok(found)
}
