//! Merging: results of parts of a run, in whatever order and on whatever machines they were made, as the one result that
//! the whole run would have had.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::result::{Report, union};
use crate::lane::Lane;
use crate::plan::Shards;

/// Merges results. Those of the same command over the same lanes are shards of one run, and all of them must be there;
/// those of different commands or lanes, e.g. from other machines, stand beside each other.
///
/// # Errors
/// Why they do not belong together: a shard twice or missing, another commit, seed or suite.
pub fn merge(reports: Vec<Report>) -> Result<Report, String> {
    let mut runs: Vec<(Vec<(String, Lane)>, Report)> = Vec::new();
    let commits: BTreeSet<_> = reports.iter().map(|report| &report.commit).collect();
    if commits.len() > 1 {
        let names: Vec<&str> = commits.iter().map(|commit| commit.as_deref().unwrap_or("none")).collect();
        return Err(format!("the results are of different commits: {}", names.join(", ")));
    }
    for report in reports {
        let lanes = report.lanes.iter().map(|lane| (lane.subject.clone(), lane.lane.clone())).collect();
        match runs.iter_mut().find(|(known, run)| (known, &run.kind) == (&lanes, &report.kind)) {
            Some((_, run)) => run.add_shard(report)?,
            None => runs.push((lanes, report)),
        }
    }
    for (_, run) in &mut runs {
        if !run.shards.are_all() {
            return Err(format!("{}: shards are missing: {}", run.kind, missing(&run.shards)));
        }
        run.shards = Shards::default();
    }
    let several = runs.iter().map(|(_, run)| &run.kind).collect::<BTreeSet<_>>().len() > 1;
    let whole =
        runs.into_iter().map(|(_, run)| run).reduce(Report::and).ok_or("there is nothing to merge")?;
    Ok(if several { Report { kind: "merged".into(), ..whole } } else { whole })
}

/// The shards that are not there; of many the first few, because a file can claim any number.
fn missing(shards: &Shards) -> String {
    const NAMED: usize = 8;
    let mut missing = shards.missing().map(|part| format!("{part}/{}", shards.of));
    let named: Vec<String> = missing.by_ref().take(NAMED).collect();
    let more = if missing.next().is_some() { ", …" } else { "" };
    format!("{}{more}", named.join(", "))
}

impl Report {
    /// Adds another shard of the same run.
    fn add_shard(&mut self, other: Report) -> Result<(), String> {
        let twice: Vec<String> = self
            .shards
            .parts
            .intersection(&other.shards.parts)
            .map(|part| format!("{part}/{}", self.shards.of))
            .collect();
        let same = [
            ("schemas", self.schema == other.schema),
            ("seeds", self.seed == other.seed),
            ("numbers of random cases", self.random_cases == other.random_cases),
            ("parts of the sweep", self.sweep_stride == other.sweep_stride),
            ("topics", self.topics == other.topics),
            ("selections", self.is_whole == other.is_whole),
            ("numbers of shards", self.shards.of == other.shards.of),
            ("suites", self.suites.iter().map(|suite| &suite.hash).eq(other.suites.iter().map(|s| &s.hash))),
            ("versions of machines", self.machines == other.machines),
            ("ledgers", self.ledger == other.ledger),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            return Err(format!("{}: the results are of different {what}", self.kind));
        }
        if !twice.is_empty() {
            return Err(format!("{}: shards are there twice: {}", self.kind, twice.join(", ")));
        }
        self.shards.parts.extend(other.shards.parts);
        for (suite, other) in self.suites.iter_mut().zip(other.suites) {
            suite.cases.add_sum(other.cases);
        }
        for (lane, other) in self.lanes.iter_mut().zip(&other.lanes) {
            lane.add(other)?;
        }
        if self.coverage != other.coverage {
            return Err(format!("{}: the results are of different coverage points", self.kind));
        }
        self.findings.extend(other.findings);
        self.findings = self.merged_findings();
        for measurement in other.measurements {
            if !self.measurements.contains(&measurement) {
                self.measurements.push(measurement);
            }
        }
        self.parts.extend(other.parts);
        union(&mut self.warnings, other.warnings);
        self.interrupted |= other.interrupted;
        // Shards run at the same time.
        self.seconds = self.seconds.max(other.seconds);
        Ok(())
    }

    /// The findings as they would be had their cases been found in one run.
    fn merged_findings(&mut self) -> Vec<Finding> {
        let mut merged = Vec::new();
        for lane in &self.lanes {
            let of_lane: Vec<Finding> =
                self.findings.iter().filter(|finding| finding.is_of(lane)).cloned().collect();
            merged.extend(Finding::in_order(Finding::of_one_run(of_lane)));
        }
        merged
    }
}

impl Finding {
    /// Joins those that look alike.
    fn of_one_run(findings: Vec<Finding>) -> Vec<Finding> {
        let mut joined: BTreeMap<(String, String), Finding> = BTreeMap::new();
        for finding in findings {
            let look = (finding.topic.clone(), finding.aspect.clone());
            match joined.remove(&look) {
                None => joined.insert(look, finding),
                Some(known) => joined.insert(look, known.joined(finding)),
            };
        }
        joined.into_values().collect()
    }

    fn joined(self, other: Finding) -> Finding {
        let count = self.count + other.count;
        let (mut first, second) = if self.origin <= other.origin { (self, other) } else { (other, self) };
        first.count = count;
        let longer = first.in_case.take().into_iter().chain(second.in_case);
        first.in_case = longer.min_by(|a, b| a.origin.cmp(&b.origin));
        first
    }
}
