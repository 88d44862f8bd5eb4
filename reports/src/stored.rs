//! The stored result: reading and writing its folder.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use oracle::reading;
use oracle::report::{Report, SCHEMA, file_name};
use serde::Deserialize;

use crate::html::Past;
use crate::{github, history, html, junit};

/// The file of a result.
pub const RESULT_FILE: &str = "report.json";
/// The file that a run holds as long as it writes to a folder.
pub const LOCK_FILE: &str = ".lock";
/// The file that says that a run has begun in a folder, and has not ended with a result there.
pub const MARK_FILE: &str = ".running";

/// A result and the folder that it lies in.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The result.
    pub report: Report,
    /// Its folder.
    pub folder: PathBuf,
}

/// Reads a result: a folder with `report.json` in it, or the file.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(path: &Path) -> Result<Stored, String> {
    #[derive(Deserialize)]
    struct Version {
        schema: u32,
    }
    let file = if path.is_dir() { path.join(RESULT_FILE) } else { path.to_owned() };
    let folder = file.parent().unwrap_or(Path::new(""));
    if is_unfinished(folder) {
        return Err(format!("{}: a run has begun here and has not ended with a result", folder.display()));
    }
    let bad = |error: &dyn Display| format!("{}: {error}", file.display());
    let text = reading::text(&file).map_err(|error| bad(&error))?;
    let Version { schema } = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    if schema != SCHEMA {
        return Err(bad(&format!("is of schema {schema}, this program reads {SCHEMA}")));
    }
    let report: Report = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    if let Some(what) = report.contradiction() {
        return Err(bad(&format!("contradicts itself: {what}")));
    }
    Ok(Stored { report, folder: folder.to_owned() })
}

/// The results that a path means: its own, or, if it is a folder without one, those in the folders below it, by name.
///
/// # Errors
/// It cannot be read, or there is no result.
pub fn results_in(path: &Path) -> Result<Vec<PathBuf>, String> {
    let has_result = |folder: &Path| folder.join(RESULT_FILE).exists() || is_unfinished(folder);
    if !path.is_dir() || has_result(path) {
        return Ok(vec![path.to_owned()]);
    }
    let bad = |error: io::Error| format!("{}: {error}", path.display());
    let entries = fs::read_dir(path).map_err(bad)?;
    let below: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut below = below.map_err(bad)?;
    below.retain(|folder| folder.is_dir() && has_result(folder));
    below.sort();
    if below.is_empty() {
        return Err(format!("{}: there is no {RESULT_FILE}, and no folder with one", path.display()));
    }
    Ok(below)
}

/// Whether a run has begun in a folder, and has not ended with a result there.
pub fn is_unfinished(folder: &Path) -> bool {
    folder.join(MARK_FILE).exists()
}

/// Whether a run has ended in a folder, and its result is there.
pub fn has_ended(folder: &Path) -> bool {
    folder.join(RESULT_FILE).is_file() && !is_unfinished(folder)
}

/// Writes a result and what lies beside it: first `report.json`, then the vectors of its findings, `report.html` and
/// `junit.xml`. The page shows the history that lies in the folder, if there is one.
///
/// Nothing that cannot be written or read takes the result away: each such file is a warning in what is returned. Without
/// `report.json` the folder has no result: what an earlier run has left there is not read as this one's.
#[must_use]
pub fn write(report: &Report, folder: &Path) -> Vec<String> {
    let (result, page, xml) =
        (folder.join(RESULT_FILE), folder.join("report.html"), folder.join("junit.xml"));
    let mut warnings = Vec::new();
    let stored = replace(&result, || serde_json::to_string_pretty(report));
    let is_stored = stored.is_ok();
    warnings.extend(failure(&result, stored));
    for finding in report.findings.iter().filter(|finding| !finding.vector.is_empty()) {
        let written = write_vector(&finding.file, &finding.vector, folder);
        warnings.extend(failure(&folder.join(&finding.file), written));
    }
    let past = history::beside(folder).unwrap_or_else(|error| {
        warnings.push(error);
        Past::default()
    });
    let seen = report.seen_from_outside(folder);
    warnings.extend(failure(&page, replace(&page, || html::page(&seen, &past))));
    warnings.extend(failure(&xml, replace(&xml, || junit::xml(&seen))));
    let mark = folder.join(MARK_FILE);
    // The file that cannot be written has been told already.
    let _ = if is_stored { fs::remove_file(mark) } else { fs::write(mark, []) };
    warnings
}

/// Why a file could not be written, with its name; `None` if it was.
fn failure(file: &Path, written: Result<(), String>) -> Option<String> {
    written.err().map(|error| format!("{}: {error}", file.display()))
}

/// Puts a new file in the place of one, which is there, whole, until the new one is.
pub(crate) fn replace<E: Display>(
    file: &Path,
    text: impl FnOnce() -> Result<String, E>,
) -> Result<(), String> {
    let text = text().map_err(|error| error.to_string())?;
    let new = file.with_extension("new");
    let replace = || -> io::Result<()> {
        fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
        fs::write(&new, text)?;
        fs::rename(&new, file)
    };
    replace().map_err(|error| {
        // Half a file is of no use to anybody.
        let _ = fs::remove_file(&new);
        error.to_string()
    })
}

/// Writes a vector into the folder of the result, never anywhere else.
pub(crate) fn write_vector(file: &str, vector: &str, folder: &Path) -> Result<(), String> {
    let is_inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    if file.is_empty() || !is_inside {
        return Err("is not in the folder of the result".into());
    }
    let file = folder.join(file);
    let write = || -> io::Result<()> {
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(&file, vector)
    };
    write().map_err(|error| error.to_string())
}

/// Writes the issues of a result into a folder, a file each, with the title in its first line.
///
/// # Errors
/// Those of the file system, with the file.
pub fn write_issues(report: &Report, folder: &Path) -> Result<(), String> {
    for github::Issue { key, title, body } in github::issues(report) {
        let file = folder.join(format!("{}.md", file_name(&key, key.as_bytes())));
        let write = || -> io::Result<()> {
            fs::create_dir_all(folder)?;
            fs::write(&file, format!("{title}\n{body}"))
        };
        write().map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
