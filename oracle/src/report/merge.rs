//! Merging: results of parts of a run, in whatever order and on whatever machines they were made, as the one result that
//! the whole run would have had.

use std::collections::{BTreeMap, BTreeSet};

use super::{EXPLAINED, Finding, LaneReport, PointCases, Report, SEARCHED_PROGRAMS};
use crate::plan::order;

/// Merges results. Those of the same command over the same lanes are shards of one run, and all of them must be there;
/// those of different commands or lanes, e.g. from other machines, stand beside each other.
///
/// # Errors
/// Why they do not belong together: a shard twice or missing, another commit, seed or suite.
pub fn merge(reports: Vec<Report>) -> Result<Report, String> {
    let mut runs: Vec<(Vec<(String, String)>, Report)> = Vec::new();
    let commits: BTreeSet<_> = reports.iter().map(|report| &report.commit).collect();
    if commits.len() > 1 {
        let names: Vec<&str> = commits.iter().map(|commit| commit.as_deref().unwrap_or("none")).collect();
        return Err(format!("the results are of different commits: {}", names.join(", ")));
    }
    for report in reports {
        let lanes = report.lanes.iter().map(|lane| (lane.subject.clone(), lane.name.clone())).collect();
        match runs.iter_mut().find(|(known, run)| (known, &run.kind) == (&lanes, &report.kind)) {
            Some((_, run)) => run.add_shard(report)?,
            None => runs.push((lanes, report)),
        }
    }
    for (_, run) in &mut runs {
        let missing: Vec<String> =
            run.shards.missing().map(|part| format!("{part}/{}", run.shards.of)).collect();
        if !missing.is_empty() {
            return Err(format!("{}: shards are missing: {}", run.kind, missing.join(", ")));
        }
        run.shards = crate::plan::Shards::default();
    }
    let several = runs.iter().map(|(_, run)| &run.kind).collect::<BTreeSet<_>>().len() > 1;
    let whole =
        runs.into_iter().map(|(_, run)| run).reduce(Report::and).ok_or("there is nothing to merge")?;
    Ok(if several { Report { kind: "merged".into(), ..whole } } else { whole })
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
            ("opcodes", self.opcodes == other.opcodes),
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
        if self.coverage.len() != other.coverage.len() {
            return Err(format!("{}: the results are of different profiles", self.kind));
        }
        for (coverage, other) in self.coverage.iter_mut().zip(&other.coverage) {
            coverage.add(other)?;
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
    /// Joins those that look alike. Of the programs that a shard has searched only those count that the whole run
    /// would have searched too.
    fn of_one_run(findings: Vec<Finding>) -> Vec<Finding> {
        let mut searched: Vec<String> =
            findings.iter().flat_map(|finding| finding.programs.clone()).collect();
        searched.sort_by(|a, b| order(a).cmp(&order(b)));
        searched.truncate(SEARCHED_PROGRAMS);
        let mut joined: BTreeMap<(String, String), Finding> = BTreeMap::new();
        for mut finding in findings {
            let was = finding.programs.len();
            finding.programs.retain(|program| searched.contains(program));
            finding.count -= (was - finding.programs.len()) as u64;
            finding.in_program = finding.in_program.filter(|program| searched.contains(&program.case));
            if finding.count == 0 {
                continue;
            }
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
        let (mut first, second) =
            if self.position() <= other.position() { (self, other) } else { (other, self) };
        first.count = count;
        let programs = first.in_program.take().into_iter().chain(second.in_program);
        first.in_program = programs.min_by(|a, b| order(&a.case).cmp(&order(&b.case)));
        first.programs.extend(second.programs);
        first.programs.sort_by(|a, b| order(a).cmp(&order(b)));
        first
    }

    /// The order of a lane's findings in a report: the explained ones, the most frequent first, then the others.
    pub(crate) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.sort_by(|a, b| a.position().cmp(&b.position()));
        findings.iter_mut().skip(EXPLAINED).for_each(Finding::forget_explanation);
        findings.sort_by_key(|finding| (!finding.explained, std::cmp::Reverse(finding.count)));
        findings
    }

    fn forget_explanation(&mut self) {
        self.explained = false;
        self.failure = None;
        self.step = None;
        self.traces = None;
        self.resembles = None;
        for text in [&mut self.listing, &mut self.file, &mut self.vector, &mut self.replay] {
            text.clear();
        }
        for fields in [&mut self.before, &mut self.expected, &mut self.got] {
            fields.clear();
        }
        self.differences.clear();
    }
}

impl LaneReport {
    /// Adds the verdicts of another part of the same lane.
    fn add(&mut self, other: &LaneReport) -> Result<(), String> {
        if self.skipped_because.is_some() != other.skipped_because.is_some() {
            return Err(format!("lane {} has run in some shards only", self.name));
        }
        for (count, other) in [
            (&mut self.cases, other.cases),
            (&mut self.agree, other.agree),
            (&mut self.known, other.known),
            (&mut self.differ, other.differ),
            (&mut self.oracle_fault, other.oracle_fault),
            (&mut self.unsupported, other.unsupported),
            (&mut self.not_run, other.not_run),
            (&mut self.differing_programs, other.differing_programs),
        ] {
            *count += other;
        }
        for (row, count) in &other.known_by_row {
            *self.known_by_row.entry(row.clone()).or_default() += count;
        }
        for (name, group) in &other.groups {
            let own = self.groups.entry(name.clone()).or_default();
            own.cases += group.cases;
            own.failed += group.failed;
        }
        for (row, points) in &other.points {
            for (point, cases) in points {
                self.points.entry(row.clone()).or_default().entry(point.clone()).or_default().add(cases);
            }
        }
        self.machine_problem = self.machine_problem.take().or_else(|| other.machine_problem.clone());
        self.oracle_problem = self.oracle_problem.take().or_else(|| other.oracle_problem.clone());
        self.required |= other.required;
        self.machine_seconds += other.machine_seconds;
        self.oracle_seconds += other.oracle_seconds;
        Ok(())
    }
}

impl PointCases {
    fn add(&mut self, other: &PointCases) {
        self.cases += other.cases;
        self.known += other.known;
        self.failed += other.failed;
        self.passed_by += other.passed_by;
        other.examples.iter().for_each(|id| PointCases::keep(&mut self.examples, id));
        other.failures.iter().for_each(|id| PointCases::keep(&mut self.failures, id));
    }
}

/// Adds what is not there yet.
pub(super) fn union<T: PartialEq>(own: &mut Vec<T>, others: Vec<T>) {
    for other in others {
        if !own.contains(&other) {
            own.push(other);
        }
    }
}
