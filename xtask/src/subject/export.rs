//! The vectors of a subject as files for who cannot be a process.

use oracle::export;
use oracle::project::Project;
use oracle::subject::Subject;

use crate::failure::Failure;
use crate::loading;

/// Files by name; each says of which suite it is.
pub fn files<S: Subject>(project: &Project) -> Result<Vec<(String, String)>, Failure> {
    let suite = loading::suite::<S>(project)?;
    let rows = export::rows(&suite);
    if rows.rows.is_empty() {
        return Err(Failure::nothing(format!("{} has no vectors that could be exported", S::NAME)));
    }
    let version = export::version(&suite, project.commit().as_deref());
    let tables = S::tabulates().map(|tabulates| tabulates.files(&rows.rows, &version)).unwrap_or_default();
    let lines = (format!("{}.jsonl", S::NAME), export::json_lines(&rows, &version));
    Ok(std::iter::once(lines).chain(tables.into_iter().map(|(name, text)| (name.into(), text))).collect())
}
