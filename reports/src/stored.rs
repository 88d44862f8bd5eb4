//! The stored result: reading and writing its folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oracle::report::{Report, SCHEMA, file_name};
use serde::Deserialize;

use crate::{github, history, html, junit};

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
    let file = if path.is_dir() { path.join("report.json") } else { path.to_owned() };
    let bad = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(&file).map_err(|error| bad(&error))?;
    let Version { schema } = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    if schema != SCHEMA {
        return Err(bad(&format!("is of schema {schema}, this program reads {SCHEMA}")));
    }
    let report = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    Ok(Stored { report, folder: file.parent().unwrap_or(Path::new("")).to_owned() })
}

/// Writes a result and the views that lie beside it: `report.json`, `report.html`, `junit.xml`, and the vectors of its
/// findings. The page shows the history that lies in the folder, if there is one.
///
/// # Errors
/// Those of the file system.
pub fn write(report: &Report, folder: &Path) -> io::Result<()> {
    let past = history::beside(folder).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    for finding in report.findings.iter().filter(|finding| !finding.vector.is_empty()) {
        let file = folder.join(&finding.file);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, &finding.vector)?;
    }
    fs::write(folder.join("report.json"), serde_json::to_string_pretty(report)?)?;
    let seen = report.seen_from_outside(folder);
    fs::write(folder.join("report.html"), html::page(&seen, &past).map_err(io::Error::other)?)?;
    fs::write(folder.join("junit.xml"), junit::xml(&seen).map_err(io::Error::other)?)
}

/// Writes the issues of a result into a folder, a file each, with the title in its first line.
///
/// # Errors
/// Those of the file system.
pub fn write_issues(report: &Report, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for github::Issue { key, title, body } in github::issues(report) {
        let name = file_name(&key, key.as_bytes());
        fs::write(folder.join(format!("{name}.md")), format!("{title}\n{body}"))?;
    }
    Ok(())
}
