//! What the project knows already: vectors, programs, and inputs that once showed a bug.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vectors::hxe::Hxe;
use vectors::minivm::MiniVm;
use vectors::suite::SuiteError;
use vectors::{Subject, Suite};

use crate::hexfile::HexFile;
use crate::target::{Known, Target};

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies in the project's folder")
}

/// Where Cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

impl Known {
    /// Everything below the project's folder.
    ///
    /// # Errors
    /// What cannot be read, with its place.
    pub fn load() -> Result<Self, String> {
        let minivm = suite::<MiniVm>()?;
        let images = suite::<Hxe>()?;
        let folder = root().join("vectors");
        Ok(Known {
            cases: minivm.vectors.into_iter().map(|vector| vector.case).collect(),
            images: images.vectors.into_iter().map(|vector| vector.case).collect(),
            programs: texts(&folder.join("minivm"), "mvasm")?,
            vector_files: [MiniVm::NAME, Hxe::NAME]
                .into_iter()
                .map(|subject| texts(&folder.join(subject), "yaml"))
                .collect::<Result<Vec<_>, _>>()?
                .concat(),
        })
    }
}

fn suite<S: Subject>() -> Result<Suite<S>, String> {
    let complaints =
        |errors: Vec<SuiteError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    Suite::load(&root().join("vectors").join(S::NAME)).map_err(complaints)
}

fn texts(folder: &Path, extension: &str) -> Result<Vec<String>, String> {
    let read =
        |path: PathBuf| fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()));
    files(folder, extension)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .into_iter()
        .map(read)
        .collect()
}

/// The files of a folder and of those below it, by name; none where there is no folder.
///
/// # Errors
/// Those of the file system.
pub fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The inputs on which a target has failed before.
///
/// # Errors
/// What cannot be read, with its place.
pub fn regressions(target: &dyn Target) -> Result<Vec<(PathBuf, HexFile)>, String> {
    let folder = root().join("fuzz/regressions").join(target.name());
    let paths = files(&folder, "hex").map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.into_iter().map(|path| HexFile::load(&path).map(|file| (path, file))).collect()
}
