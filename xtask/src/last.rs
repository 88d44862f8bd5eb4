//! The last result: what `ladder` and `conformance --rerun-failed` are about if nobody names one.

use std::path::{Path, PathBuf};

use oracle::project::Project;

use crate::failure::Failure;

/// The folder of the result that was written last: of the port, if it has one of its own, else in the usual folders.
///
/// # Errors
/// There is none yet.
pub fn last(project: &Project, own: Option<&Path>) -> Result<PathBuf, Failure> {
    let usual = || ["", "quick", "selected"].map(|name| project.results(name)).to_vec();
    let folders = own.map_or_else(usual, |own| vec![own.to_owned()]);
    let written = |folder: &PathBuf| folder.join("report.json").metadata().and_then(|it| it.modified()).ok();
    let newest = folders.into_iter().filter_map(|folder| Some((written(&folder)?, folder))).max();
    newest.map(|(_, folder)| folder).ok_or_else(|| {
        let command = format!("{} conformance --machine 'CMD ARGS'", oracle::called());
        Failure::nothing(format!("there is no result yet: run {command} first"))
    })
}
