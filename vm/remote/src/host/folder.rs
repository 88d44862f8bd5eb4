//! The folder that clients may read files of, and nothing outside it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::refusal::Refusal;

/// A folder whose files clients may name, relative to it or by their whole path.
#[derive(Clone, Debug)]
pub struct Folder {
    /// As it was given, made absolute.
    named: PathBuf,
    /// Without links.
    real: PathBuf,
}

impl Folder {
    /// A folder that exists.
    ///
    /// # Errors
    /// It does not, or cannot be entered.
    pub fn new(path: &Path) -> std::io::Result<Self> {
        let real = path.canonicalize()?;
        if !real.is_dir() {
            return Err(std::io::ErrorKind::NotADirectory.into());
        }
        Ok(Folder { named: std::path::absolute(path)?, real })
    }

    /// Where a file lies that a client names.
    ///
    /// # Errors
    /// It is outside the folder, by its name or by a link, or there is none.
    pub fn find(&self, name: &str) -> Result<PathBuf, Refusal> {
        let outside = || Refusal::Outside(name.to_owned());
        let path = self.named.join(name);
        // Judged by its name first: whether there is such a file outside must not be told.
        if path.components().any(|part| part == Component::ParentDir)
            || !(path.starts_with(&self.named) || path.starts_with(&self.real))
        {
            return Err(outside());
        }
        let real = path.canonicalize().map_err(|why| Refusal::File(name.to_owned(), why.to_string()))?;
        if real.starts_with(&self.real) { Ok(real) } else { Err(outside()) }
    }

    /// The bytes of a file, `limit` at most.
    ///
    /// # Errors
    /// As [`Folder::find`]; it is too long, no plain file, or cannot be read.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, Refusal> {
        let path = self.find(name)?;
        let complain = |why: String| Refusal::File(name.to_owned(), why);
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
