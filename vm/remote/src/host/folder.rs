//! The folder that clients may read files of, and nothing outside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::refusal::Refusal;

/// A folder whose files clients may name.
#[derive(Clone, Debug)]
pub struct Folder(Place);

#[derive(Clone, Debug)]
enum Place {
    /// On disk: as it was given, made absolute; and without links.
    Disk { named: PathBuf, real: PathBuf },
    /// In memory: files by their names.
    Memory(BTreeMap<String, Vec<u8>>),
}

impl Folder {
    /// A folder that exists. Clients name files relative to it, or by their whole path.
    ///
    /// # Errors
    /// It does not exist, or cannot be entered.
    pub fn new(path: &Path) -> std::io::Result<Self> {
        let real = path.canonicalize()?;
        if !real.is_dir() {
            return Err(std::io::ErrorKind::NotADirectory.into());
        }
        Ok(Folder(Place::Disk { named: std::path::absolute(path)?, real }))
    }

    /// A folder that is nowhere but in memory, with files by their names.
    pub fn of_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Folder(Place::Memory(files.into_iter().collect()))
    }

    /// The bytes of a file, `limit` at most.
    ///
    /// # Errors
    /// It is outside the folder, by its name or by a link; there is none; it is too long, no plain file, or cannot be
    /// read.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, Refusal> {
        let complain = |why: String| Refusal::File(name.to_owned(), why);
        let (named, real) = match &self.0 {
            Place::Disk { named, real } => (named, real),
            Place::Memory(files) => {
                return files.get(name).cloned().ok_or_else(|| complain("no such file".to_owned()));
            }
        };
        let path = find(name, named, real)?;
        let about = fs::metadata(&path).map_err(|why| complain(why.to_string()))?;
        if !about.is_file() {
            return Err(complain("no plain file".to_owned()));
        }
        if about.len() > limit {
            return Err(complain(format!("longer than {limit} bytes")));
        }
        fs::read(&path).map_err(|why| complain(why.to_string()))
    }
}

/// Where a file lies that a client names.
fn find(name: &str, named: &Path, real: &Path) -> Result<PathBuf, Refusal> {
    let outside = || Refusal::Outside(name.to_owned());
    let path = named.join(name);
    // Judged by its name first: whether there is such a file outside must not be told.
    if path.components().any(|part| part == Component::ParentDir)
        || !(path.starts_with(named) || path.starts_with(real))
    {
        return Err(outside());
    }
    let found = path.canonicalize().map_err(|why| Refusal::File(name.to_owned(), why.to_string()))?;
    if found.starts_with(real) { Ok(found) } else { Err(outside()) }
}
