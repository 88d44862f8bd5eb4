//! What an installed program carries, for where there is no checkout: unpacked once for each content, and looked through
//! at every start, so that what is tested is what the program was made with.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use oracle::project::Project;

#[cfg(feature = "carried")]
include!(concat!(env!("OUT_DIR"), "/carried.rs"));

#[cfg(not(feature = "carried"))]
const FILES: &[(&str, &[u8])] = &[];
#[cfg(not(feature = "carried"))]
const DIGEST: &str = "";
#[cfg(not(feature = "carried"))]
const COMMIT: Option<&str> = None;

/// The checkout at hand, or else what this program carries.
///
/// # Errors
/// There is neither, or the files cannot be unpacked.
pub fn project_at_hand() -> Result<Project, String> {
    let checkout = Project::find().map(|checkout| checkout.run_by_program_of(COMMIT.map(str::to_owned)));
    checkout.or_else(|no_checkout| {
        if FILES.is_empty() {
            return Err(no_checkout);
        }
        Ok(Project::carried(unpacked(&cache()?)?, COMMIT.map(str::to_owned)))
    })
}

/// Where programs keep what they can make again.
fn cache() -> Result<PathBuf, String> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = named.or_else(|| Some(env::home_dir()?.join(".cache")));
    folder.map(|folder| folder.join("lockstep")).ok_or_else(|| {
        "there is no place to unpack vectors and models in: set XDG_CACHE_HOME to a folder".into()
    })
}

/// The files, in a folder of this cache that is named after what is in them.
fn unpacked(cache: &Path) -> Result<PathBuf, String> {
    let name = &DIGEST[..16];
    let folder = cache.join(name);
    if is_whole(&folder) {
        return Ok(folder);
    }
    let beside = |what: &str| cache.join(format!(".{what}-{name}-{}", process::id()));
    let (fresh, old) = (beside("fresh"), beside("old"));
    let replace = || {
        write_all(&fresh)?;
        // What is there is not what it should be, unless another process has just put it there.
        if fs::rename(&fresh, &folder).is_err() && !is_whole(&folder) {
            fs::rename(&folder, &old)?;
            fs::rename(&fresh, &folder)?;
        }
        Ok(())
    };
    let replaced: io::Result<()> = replace();
    let _ = (fs::remove_dir_all(&fresh), fs::remove_dir_all(&old));
    let why = |error: io::Error| {
        format!(
            "vectors and models cannot be unpacked in {}: {error} (XDG_CACHE_HOME names another place)",
            cache.display()
        )
    };
    replaced.map_err(why)?;
    Ok(folder)
}

fn write_all(folder: &Path) -> io::Result<()> {
    for (path, bytes) in FILES {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// Whether a folder holds every file as it is carried, and no other but what Python keeps.
fn is_whole(folder: &Path) -> bool {
    let is_right =
        |(path, bytes): &(&str, &[u8])| fs::read(folder.join(path)).is_ok_and(|read| read == *bytes);
    FILES.iter().all(is_right) && count(folder).is_ok_and(|count| count == FILES.len())
}

fn count(folder: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files += match entry.file_type()?.is_dir() {
            true if entry.file_name() == "__pycache__" => 0,
            true => count(&entry.path())?,
            false => 1,
        };
    }
    Ok(files)
}
