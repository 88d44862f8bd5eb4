//! Pages in Markdown that commands make.

use std::path::Path;

use oracle::report::Exit;

use crate::failure::Failure;

/// Writes a page to a file, or prints it if none is given.
///
/// # Errors
/// The file cannot be written.
pub fn put(page: &str, file: Option<&Path>) -> Result<Exit, Failure> {
    match file {
        None => print!("{page}"),
        Some(file) => std::fs::write(file, page)
            .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?,
    }
    Ok(Exit::Conformant)
}
