//! Floors of targets: what each has come to before. A target that comes to less no longer reaches the code that it tests,
//! so that it finds nothing proves nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use oracle::project::Project;
use oracle::report::Report;
use serde::Deserialize;

/// Where it stands, in the project's folder.
const FILE: &str = "fuzz/baseline.yaml";
/// How much of what was recorded must be reached. Compilers count edges differently, a short run covers fewer, and the
/// share of use falls while a corpus grows; a dead fuzzer comes to next to nothing.
const MARGIN: f64 = 0.5;

/// The floors of all targets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline(BTreeMap<String, Floor>);

/// What a target must reach.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The share of inputs that are of use.
    pub useful: f64,
    /// Edges covered.
    pub edges: f64,
}

impl Baseline {
    /// What is recorded; nothing if there is no file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn load(project: &Project) -> Result<Self, String> {
        let path = project.root().join(FILE);
        if !path.exists() {
            return Ok(Baseline::default());
        }
        let text = fs::read_to_string(path).map_err(|error| format!("{FILE}: {error}"))?;
        serde_saphyr::from_str(&text).map(Baseline).map_err(|error| format!("{FILE}: {error}"))
    }

    /// The targets that have a floor, by name.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// The floor of a target, if one is recorded.
    pub fn of(&self, target: &str) -> Option<&Floor> {
        self.0.get(target)
    }

    /// Takes what the targets of a session have come to, less a margin, for their floors.
    pub fn take(&mut self, report: &Report) {
        for lane in &report.lanes {
            let group = lane.lane.to_string();
            let value = |name: &str| {
                let found = report.measurements.iter().find(|it| it.group == group && it.name == name);
                found.map(|measurement| measurement.value * MARGIN)
            };
            if let (Some(useful), Some(edges)) = (value("useful"), value("edges")) {
                self.0.insert(lane.lane.machine.clone(), Floor { useful, edges });
            }
        }
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# What each target must reach: its share of useful inputs, and edges covered. Below it a run ends with status 7.\n\
             # `cargo xtask fuzz --record` writes it: half of what it saw.\n",
        );
        for (name, Floor { useful, edges }) in &self.0 {
            let _ = writeln!(text, "{name}: {{useful: {useful:.3}, edges: {edges:.0}}}");
        }
        text
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, project: &Project) -> Result<(), String> {
        fs::write(project.root().join(FILE), self.text()).map_err(|error| format!("{FILE}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_again() {
        let floor = Floor { useful: 0.125, edges: 700.0 };
        let baseline = Baseline(BTreeMap::from([("decoder".to_owned(), floor)]));
        let read: BTreeMap<String, Floor> = serde_saphyr::from_str(&baseline.text()).expect("it reads");
        assert_eq!(Baseline(read), baseline);
    }
}
