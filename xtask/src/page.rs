//! What a command is asked for and prints: pages, lists, scripts.

use std::path::Path;

use oracle::report::Exit;

use crate::failure::Failure;

/// Writes a page to a file, or prints it if none is given.
///
/// # Errors
/// The file cannot be written, or the page not be printed.
pub fn put(page: &str, file: Option<&Path>) -> Result<Exit, Failure> {
    match file {
        None => print(page)?,
        Some(file) => std::fs::write(file, page).map_err(|error| Failure::file(file, error))?,
    }
    Ok(Exit::Conformant)
}

/// Prints what a command is asked for, as it is.
///
/// # Errors
/// It cannot be printed. That its reader has gone is no error.
pub fn print(text: &str) -> Result<(), Failure> {
    reports::put(text).map_err(Failure::usage)
}
