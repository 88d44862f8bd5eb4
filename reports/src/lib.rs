//! What people and tools read of a campaign: made from its result alone, whatever ran it.

pub mod events;
pub mod fuzz;
pub mod image;
pub mod junit;
pub mod progress;
pub mod replay;
pub mod terminal;

use std::fs;
use std::io;
use std::path::Path;

use oracle::report::Report;

/// Writes the views of a result that lie beside it: `report.json`, `junit.xml`.
///
/// # Errors
/// Those of the file system.
pub fn write(report: &Report, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("report.json"), serde_json::to_string_pretty(report)?)?;
    fs::write(folder.join("junit.xml"), junit::xml(report).map_err(io::Error::other)?)
}
