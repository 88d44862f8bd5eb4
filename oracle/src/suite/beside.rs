//! Files beside a file of vectors, which vectors name.

use std::path::Path;

use serde_saphyr::Spanned;

use super::place::Problem;
use crate::reading;

/// What the file of this name in `folder` comes to: its text, read by `read`. A vector must not reach out of its folder.
///
/// # Errors
/// The name is that of something elsewhere, or the file cannot be read, or `read` refuses it; at the place of the name.
pub fn beside<T, E: ToString>(
    folder: &Path,
    file: &Spanned<String>,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Problem> {
    let complain = |why: String| Problem::at(file, format!("{}: {why}", file.value));
    if Path::new(&file.value).file_name().is_none_or(|name| name != file.value.as_str()) {
        return Err(complain("the name of a file beside this one is wanted".into()));
    }
    let text = reading::text(&folder.join(&file.value)).map_err(|error| complain(error.to_string()))?;
    read(&text).map_err(|error| complain(error.to_string()))
}
