//! Files that are named on the command line.

use std::path::Path;

/// The bytes of a file.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, String> {
    oracle::reading::bytes(file).map_err(|error| format!("{}: {error}", file.display()))
}
