//! The last result: what `ladder` and `conformance --rerun-failed` are about if nobody names one.

use std::path::{Path, PathBuf};

use oracle::project::Project;
use reports::stored::RESULT_FILE;

use crate::failure::Failure;

/// The folder of the result that was written last: of those of the port, if it has a folder of its own, else of the usual
/// ones.
///
/// # Errors
/// There is none yet.
pub fn last(project: &Project, own: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = |kind: &str| own.map_or_else(|| project.results(kind), |own| own.join(kind));
    let folders = ["", "quick", "selected"].map(folder);
    let written = |folder: &PathBuf| folder.join(RESULT_FILE).metadata().and_then(|it| it.modified()).ok();
    let newest = folders.into_iter().filter_map(|folder| Some((written(&folder)?, folder))).max();
    newest.map(|(_, folder)| folder).ok_or_else(|| {
        let command = format!("{} conformance --machine 'CMD ARGS'", oracle::called());
        Failure::nothing(format!("there is no result yet: run {command} first"))
    })
}
