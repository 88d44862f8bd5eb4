//! What a session is to do, and each of its targets.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oracle::Lane;
use oracle::report::{LaneReport, Measurement};
use oracle::verdict::Counts;

use super::fuzzer::Progress;
use crate::baseline::Baseline;
use crate::finding::SUBJECT;
use crate::fuzzing::Fuzzing;

/// What a session is to do.
#[derive(Clone)]
pub struct Session {
    /// The checkout and the subjects.
    pub fuzzing: Fuzzing,
    /// The targets; all of them if none is named.
    pub targets: Vec<String>,
    /// How long it lasts, explanations excepted.
    pub duration: Duration,
    /// The seed of libFuzzer.
    pub seed: u64,
    /// How many targets run at once.
    pub jobs: usize,
    /// Where findings and what is being worked on go.
    pub folder: PathBuf,
    /// The commit of the project; absent if git does not know it.
    pub commit: Option<String>,
}

/// One target in a session.
pub(super) struct Run {
    pub(super) name: &'static str,
    pub(super) folder: PathBuf,
    pub(super) progress: Progress,
    pub(super) seconds: f64,
    pub(super) starts: u32,
}

impl Run {
    /// Inputs are cases; one that is of no use is not supported.
    pub(super) fn lane(&self) -> LaneReport {
        let Progress { counts, deaths, .. } = &self.progress;
        let failing = counts.failing + deaths.len() as u64;
        LaneReport {
            cases: counts.runs + deaths.len() as u64,
            counts: Counts {
                agree: counts.useful,
                differ: failing,
                unsupported: counts.runs - counts.useful - counts.failing,
                ..Counts::default()
            },
            machine_seconds: self.progress.seconds,
            ..LaneReport::new(SUBJECT, Lane::of_target(self.name))
        }
    }

    pub(super) fn measurements(&self, baseline: &Baseline) -> Vec<Measurement> {
        let Progress { counts, edges, corpus, seconds, .. } = &self.progress;
        let floor = baseline.of(self.name);
        // A target that has not begun yet is not dead.
        let bound = |floor: Option<f64>| floor.filter(|_| counts.runs > 0 || self.starts > 0);
        let measure = |name: &str, value: f64, unit: &str, at_least: Option<f64>| Measurement {
            group: Lane::of_target(self.name).to_string(),
            name: name.into(),
            value,
            unit: unit.into(),
            at_most: None,
            at_least,
        };
        vec![
            measure("executions", counts.runs as f64 / seconds.max(1e-3), "1/s", None),
            measure("corpus", *corpus as f64, "inputs", None),
            measure("edges", *edges as f64, "", bound(floor.map(|floor| floor.edges))),
            measure("useful", counts.share(), "", bound(floor.map(|floor| floor.useful))),
        ]
    }

    /// Where inputs lie that showed something, and where libFuzzer put those that ended it.
    pub(super) fn inputs(&self) -> [PathBuf; 2] {
        ["found", "artifacts"].map(|it| self.folder.join(it))
    }
}

/// The files of a folder, by name.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = list().map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.sort();
    Ok(paths)
}
