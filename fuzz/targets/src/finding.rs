//! Findings of fuzz targets, and the files that show them.

use std::fs;
use std::path::Path;

use oracle::fuzz::Cause;
use oracle::report::{Finding, file_name};
use oracle::{Lane, Origin, called, quoted};
use serde::{Deserialize, Serialize};

/// The subject of a session's lanes: a target may be about several subjects, or about none.
pub const SUBJECT: &str = "fuzz";

/// A finding and its cause, by which it is the same as another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explained {
    /// The cause.
    pub cause: Cause,
    /// The finding.
    pub finding: Finding,
}

/// Where a finding comes from, and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// The target.
    pub target: &'s str,
    /// Where vectors and hex files go.
    pub failures: &'s Path,
    /// Where the inputs come from: seed, commit, date.
    pub provenance: &'s str,
}

/// A file that shows a finding.
pub struct Kept {
    name: String,
    /// The file, in the folder of the result.
    file: String,
    text: String,
}

impl Kept {
    /// Writes a file into the folder of failures, under a name that is the same for the same input. `text` is given
    /// the name.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(
        failures: &Path,
        target: &str,
        cause: &Cause,
        input: &[u8],
        kind: &str,
        text: impl FnOnce(&str) -> String,
    ) -> Result<Self, String> {
        let name = file_name(&format!("{target}-{}-{}", cause.topic, cause.field), input);
        let (path, text) = (failures.join(format!("{name}.{kind}")), text(&name));
        fs::create_dir_all(failures)
            .and_then(|()| fs::write(&path, &text))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Kept { file: format!("failures/{name}.{kind}"), name, text })
    }

    /// What is known of a finding from its cause and its file alone.
    pub fn finding(self, target: &str, cause: &Cause, count: u64) -> Finding {
        Finding {
            lane: Lane::of_target(target),
            subject: SUBJECT.into(),
            topic: cause.topic.clone(),
            aspect: cause.field.clone(),
            count,
            origin: Origin::Found { name: self.name },
            explained: true,
            alone: true,
            replay: format!("{} replay {}", called(), quoted(&self.file)),
            file: self.file,
            vector: self.text,
            ..Finding::default()
        }
    }
}
